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

  constructor(parts: OwnTransactionsParts) {
    this.#parts = parts;
  }

  has(id: TxId): boolean {
    return this.#ids.has(id);
  }

  /** Those that no active block has, in the order of writing, and so of nonces. */
  get pending(): Transaction[] {
    // By id: the mempool itself may hold thousands of others'.
    return [...this.#ids].flatMap((id) => this.#parts.mempool.get(id) ?? []);
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

  /** A new one, or one that was pending before a restart. */
  submit(tx: Transaction, nowMs: number): Composed {
    const id = transactionId(tx);
    // Before it is added: the mempool's change tells what is pending of our own.
    this.#ids.add(id);
    const result = this.#parts.add(tx, nowMs);
    if (result.kind === 'accepted') return { ok: true, tx };
    this.#ids.delete(id);
    return { ok: false, code: result.code };
  }
}
