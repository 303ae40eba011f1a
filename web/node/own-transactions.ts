/** What this node's own user writes: signed with the node's key, handed in, and known again while no block has it. */
import type { Chain } from '../core/chain.ts';
import { NOBODY, type AccountId, type TxId } from '../core/hash.ts';
import type { Mempool, MempoolResult } from '../core/mempool.ts';
import type { PolicyCode, RuleCode } from '../core/rules.ts';
import { signTransaction, transactionId, type Transaction } from '../core/transaction.ts';
import { draftProblem, type Draft, type DraftProblem } from './draft.ts';

export type ComposeCode = DraftProblem | RuleCode | PolicyCode;
export type Composed =
  { readonly ok: true; readonly tx: Transaction } | { readonly ok: false; readonly code: ComposeCode };

export interface OwnTransactionsParts {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly account: AccountId;
  /** Ed25519, 32 bytes. */
  readonly secretKey: Uint8Array;
  /** Takes it into the mempool, if the rules allow, and tells the peers. */
  add(tx: Transaction, nowMs: number): MempoolResult;
}

export class OwnTransactions {
  readonly #parts: OwnTransactionsParts;
  readonly #ids = new Set<TxId>();
  /** Came back from a lost branch, and the mempool has no place for them yet; in the order of their nonces. */
  readonly #held: Transaction[] = [];

  constructor(parts: OwnTransactionsParts) {
    this.#parts = parts;
  }

  has(id: TxId): boolean {
    return this.#ids.has(id);
  }

  /** Those that no active block has, in the order of writing, and so of nonces. */
  get pending(): Transaction[] {
    // By id: the mempool itself may hold thousands of others'.
    const inMempool = [...this.#ids].flatMap((id) => this.#parts.mempool.get(id) ?? []);
    return [...inMempool, ...this.#held];
  }

  /** Its block is no longer active, and the mempool does not take it: too much came back at once. */
  hold(tx: Transaction): void {
    this.#ids.add(transactionId(tx));
    this.#held.push(tx);
  }

  /** When there may be place again. */
  retry(nowMs: number): void {
    // In the order of their nonces: where one has no place, the next has none.
    for (let tx = this.#held.shift(); tx; tx = this.#held.shift()) {
      const result = this.#parts.add(tx, nowMs);
      if (result.kind === 'accepted' || !isForNow(result.code)) continue;
      this.#held.unshift(tx);
      return;
    }
  }

  /** Nonce of the next one, pending ones counted. */
  get nextNonce(): number {
    const { account, chain, mempool } = this.#parts;
    const state = chain.ledger.get(account);
    return state.nonce + mempool.run(account, state).length;
  }

  compose(draft: Draft, nowMs: number): Composed {
    const problem = draftProblem(draft);
    if (problem) return { ok: false, code: problem };
    const { chain, secretKey } = this.#parts;
    const { memo, recipient = NOBODY, amount, fee } = draft;
    const fields = { nonce: this.nextNonce, recipient, amount, fee, memo };
    return this.submit(signTransaction(chain.genesisHash, secretKey, fields), nowMs);
  }

  submit(tx: Transaction, nowMs: number): Composed {
    const id = transactionId(tx);
    // Before it is added: the mempool's change tells what is pending of our own.
    this.#ids.add(id);
    const result = this.#parts.add(tx, nowMs);
    if (result.kind === 'accepted') return { ok: true, tx };
    this.#ids.delete(id);
    return { ok: false, code: result.code };
  }

  /** One that was pending before a restart. */
  restore(tx: Transaction, nowMs: number): void {
    const composed = this.submit(tx, nowMs);
    if (!composed.ok && isForNow(composed.code)) this.hold(tx);
  }
}

/** Is it refused only because there is no place? */
export function isForNow(code: ComposeCode): boolean {
  return code === 'sender-limit' || code === 'gap-limit' || code === 'mempool-full' || code === 'nonce-gap';
}
