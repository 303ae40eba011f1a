/**
 * Verifies the stored chain in full, from genesis to the tip, while the node
 * goes on: every block is read again from the database, judged as a peer's
 * would be (web/node/replay.ts) and compared with what the node follows; at
 * the tip the ledger has to be the one in use. A start trusts checksums
 * instead, and is therefore as short for a long chain.
 *
 * What is not as it should be is stored anew: a block from memory or from a
 * peer, everything else from the chain that was just verified.
 */
import type { Block } from '../core/block.ts';
import { saysNothingOfHeader } from '../core/block-form.ts';
import { headerBytes, type BlockEntry } from '../core/block-index.ts';
import type { Chain } from '../core/chain.ts';
import { equalBytes } from '../core/hash.ts';
import { headerId } from '../core/header.ts';
import { Ledger, type AccountChange, type AccountState } from '../core/ledger.ts';
import { joinHeaders } from '../core/packed-headers.ts';
import type { RuleCode } from '../core/rules.ts';
import type { CheckProblem, CheckReply } from '../node/check-report.ts';
import type { Verifier } from '../node/ports.ts';
import { Replay } from '../node/replay.ts';
import type { ChainStore } from '../store/chain-store.ts';
import { range, type LoadedChain, type StoredParts } from '../store/stored-chain.ts';
import { lookAhead } from './look-ahead.ts';
import { turn } from './turn.ts';

/** Read at once: at most 4 MiB. */
const READ_BLOCKS = 64;
/** Verified at once, in some 30 ms where JavaScript has to do it: the peers' messages wait no longer. */
const STEP_TRANSACTIONS = 64;
/** Progress is told once in so many blocks. */
const PIECE_BLOCKS = 256;

export interface CheckContext {
  readonly chain: Chain;
  readonly store: Pick<
    ChainStore,
    'settled' | 'isStoring' | 'readParts' | 'loadAgain' | 'repair' | 'rewrite'
  >;
  readonly verifier: Verifier;
  /** The body of an active block, from a peer; undefined if none gives it. */
  readonly fetchLost: (entry: BlockEntry) => Promise<Block | undefined>;
}

/** An active block, and what the database has of it. */
interface Stored extends StoredParts {
  readonly entry: BlockEntry;
}

type Done = Extract<CheckReply, { readonly kind: 'done' }>;

export class ChainCheck {
  readonly #context: CheckContext;
  readonly #chain: Chain;
  #replay: Replay;
  #repaired = 0;
  #firstRepaired: number | undefined;
  #isIndexRewritten = false;
  #stopped = false;

  constructor(context: CheckContext) {
    this.#context = context;
    this.#chain = context.chain;
    this.#replay = new Replay(context.chain);
  }

  /** What was stored anew by then stays so. */
  stop(): void {
    this.#stopped = true;
  }

  /** Goes on for a while. To be called again after it has answered. */
  async next(): Promise<CheckReply> {
    const from = this.#replay.end.height;
    while (this.#replay.end.height >= from && this.#replay.end.height < from + PIECE_BLOCKS) {
      const done = await this.#step();
      if (this.#stopped) return { kind: 'stopped' };
      if (done) return done;
    }
    return { kind: 'next', progress: { done: this.#replay.end.height, total: this.#chain.tip.height } };
  }

  async #step(): Promise<Done | undefined> {
    const { store } = this.#context;
    // A reorg from below it: near the tip, with all to be read again, and rare enough for that.
    if (this.#chain.activeAt(this.#replay.end.height)?.id !== this.#replay.end.id)
      this.#replay = new Replay(this.#chain);
    const { height } = this.#replay.end;
    await store.settled();
    if (!store.isStoring) return this.#done({ code: 'not-stored' });
    if (height === this.#chain.tip.height) return this.#finish();

    const last = Math.min(height + READ_BLOCKS, this.#chain.tip.height);
    const entries = range(height + 1, last).map((at) => this.#chain.activeAt(at) as BlockEntry);
    const parts = await answered(store.readParts(height + 1, last));
    if (parts === undefined) return this.#done({ code: 'unreadable' });
    for (const group of inGroups(entries.map((entry, n) => ({ entry, ...(parts[n] as StoredParts) })))) {
      const blocks = group.flatMap(({ block }) => block ?? []);
      await lookAhead(this.#context.verifier, this.#replay.signatures, blocks);
      await turn();
      // After a reorg what was read may be of either branch.
      if (this.#stopped || !this.#chain.isActive(entries.at(-1) as BlockEntry)) return undefined;
      for (const stored of group) {
        const result = this.#verify(stored);
        if (typeof result === 'object' && stored.changes && sameChanges(result, stored.changes)) continue;
        // It takes its time: what comes next is read again.
        return this.#mend(stored, result);
      }
    }
    return undefined;
  }

  /** What the stored block does to the ledger, or the rule that it breaks; undefined if it is none, or another one. */
  #verify({ entry, block }: Stored): readonly AccountChange[] | RuleCode | undefined {
    return block && headerId(block.header) === entry.id ? this.#replay.add(block) : undefined;
  }

  async #mend(
    { entry, block }: Stored,
    result: ReturnType<Replay['add']> | undefined,
  ): Promise<Done | undefined> {
    if (block && typeof result === 'object') return this.#store(entry, block, result);
    const { id, height } = entry;
    // Another body would have another id.
    if (typeof result === 'string' && !saysNothingOfHeader(result)) return this.#broken(height, result);
    const body = this.#chain.body(id) ?? (await this.#context.fetchLost(entry));
    if (this.#stopped || !this.#chain.isActive(entry)) return undefined;
    if (body === undefined) return this.#done({ code: 'lost', height });
    const changes = this.#replay.add(body);
    return typeof changes === 'string' ? this.#broken(height, changes) : this.#store(entry, body, changes);
  }

  async #store(
    { id, height }: BlockEntry,
    block: Block,
    changes: readonly AccountChange[],
  ): Promise<undefined> {
    if (!(await this.#context.store.repair(height, { id, block, changes }))) return;
    this.#repaired++;
    this.#firstRepaired ??= height;
  }

  /** All blocks are good. */
  async #finish(): Promise<Done | undefined> {
    const { store } = this.#context;
    const { tip } = this.#chain;
    const loaded = await answered(store.loadAgain());
    if (loaded === undefined) return this.#done({ code: 'unreadable' });
    // Otherwise it may have been written meanwhile, and there are more blocks to look at.
    if (this.#chain.tip !== tip) return undefined;
    const { ledger } = this.#replay;
    const isLedgerGood = this.#chain.ledger.hash() === ledger.hash();
    if (!isLedgerGood) this.#chain.ledger = new Ledger(ledger.accounts());
    if (isLedgerGood && this.#isIndexGood(loaded)) return this.#done(undefined);
    this.#isIndexRewritten = await store.rewrite(() => ({
      headers: this.#activeHeaders(),
      accounts: this.#chain.ledger.accounts(),
    }));
    return this.#isIndexRewritten ? this.#done(undefined) : undefined;
  }

  /** Is this what a start should find? */
  #isIndexGood(loaded: LoadedChain): boolean {
    const { tip } = this.#chain;
    if (loaded.kind === 'empty') return tip.height === 0;
    if (loaded.kind === 'damaged' || loaded.tipId !== tip.id) return false;
    if (new Ledger(loaded.accounts).hash() !== this.#replay.ledger.hash()) return false;
    return equalBytes(joinHeaders(loaded.headers), this.#activeHeaders());
  }

  #activeHeaders(): Uint8Array {
    const entries = range(1, this.#chain.tip.height).map((at) => this.#chain.activeAt(at) as BlockEntry);
    return joinHeaders(entries.map(headerBytes));
  }

  #broken(height: number, rule: RuleCode): Done {
    return this.#done({ code: 'broken-rule', height, rule });
  }

  #done(problem: CheckProblem | undefined): Done {
    const outcome = {
      goodUpTo: this.#replay.end.height,
      repaired: this.#repaired,
      firstRepaired: this.#firstRepaired,
      isIndexRewritten: this.#isIndexRewritten,
      problem,
    };
    return { kind: 'done', outcome };
  }
}

/** Undefined if the database is gone, or refuses. */
function answered<T>(question: Promise<T>): Promise<T | undefined> {
  return question.catch(() => undefined);
}

/** In order, so that each is verified in one go. */
function inGroups(all: readonly Stored[]): Stored[][] {
  const groups: Stored[][] = [];
  let transactions = Infinity;
  for (const stored of all) {
    if (transactions >= STEP_TRANSACTIONS) {
      groups.push([]);
      transactions = 0;
    }
    groups.at(-1)?.push(stored);
    transactions += stored.block?.transactions.length ?? 0;
  }
  return groups;
}

/** Both list the accounts as the block touches them. */
function sameChanges(a: readonly AccountChange[], b: readonly AccountChange[]): boolean {
  const same = (x: AccountState | undefined, y: AccountState | undefined): boolean =>
    x?.balance === y?.balance && x?.nonce === y?.nonce;
  return (
    a.length === b.length &&
    a.every((change, n) => {
      const other = b[n] as AccountChange;
      return (
        change.account === other.account &&
        same(change.before, other.before) &&
        same(change.after, other.after)
      );
    })
  );
}
