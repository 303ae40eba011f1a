/**
 * Takes the blocks of a chain file into the node. Nothing in it is believed:
 * it is read twice, first for its headers (web/node/archive-survey.ts), then,
 * if its chain beats ours, for its blocks, which are judged like a peer's. The
 * page gives a piece of the file each time it is asked for one, so that no
 * more of it is in memory; between two steps the node does its other work.
 */
import { blockCodec, type Block } from '../core/block.ts';
import type { BlockEntry } from '../core/block-index.ts';
import type { BlockResult, Chain } from '../core/chain.ts';
import { decodeOrUndefined } from '../core/codec.ts';
import { HEADER_BYTES } from '../core/header.ts';
import { hashToId, sha256d } from '../core/hash.ts';
import type { ArchiveHead } from '../node/archive-format.ts';
import { ArchiveReader } from '../node/archive-reader.ts';
import type { ArchiveProblem, ImportReply, ImportVerdict } from '../node/archive-report.ts';
import { ArchiveSurvey } from '../node/archive-survey.ts';
import type { Verifier } from '../node/ports.ts';
import { lookAhead } from './look-ahead.ts';
import { turn } from './turn.ts';

/** Some 20 ms: the peers' messages wait no longer, and hear of no more than some fifty new tips a second. */
const STEP_BLOCKS = 64;
/** Four full blocks. */
const STEP_BYTES = 256 * 1024;
const STEP_HEADERS = 512;
/** The store is at most so far behind. */
const UNSTORED_BLOCKS = 512;
/** A deep reorg reads the old branch back before it goes on. */
const READ_BACK_POLL_MS = 20;

export interface ImportContext {
  readonly chain: Chain;
  /** The node's (web/node/intake.ts). */
  readonly takeFromFile: (blocks: readonly Block[]) => readonly BlockResult[];
  /** Does a reorg wait for the store? */
  readonly isReadingBack: () => boolean;
  readonly verifier: Verifier;
  /** Resolves when all that the chain has committed is stored. */
  readonly settled: () => Promise<void>;
  readonly nowMs: () => number;
}

export class ChainImport {
  readonly #context: ImportContext;
  readonly #chain: Chain;
  #reader = new ArchiveReader();
  #head: ArchiveHead | undefined;
  #survey: ArchiveSurvey | undefined;
  /** Where reading had to end, and the height up to which the headers are good. */
  #problem: ArchiveProblem | undefined;
  #goodUpTo = 0;
  #step: 'headers' | 'blocks' = 'headers';
  #done = 0;
  /** The last block that the node has, of those read so far. */
  #last: BlockEntry | undefined;
  /** Those that it had not had. */
  readonly #accepted: BlockEntry[] = [];
  #unstored = 0;
  #stopped = false;

  constructor(context: ImportContext) {
    this.#context = context;
    this.#chain = context.chain;
  }

  /** What was taken stays. */
  stop(): void {
    this.#stopped = true;
  }

  /** The file's next bytes. To be called again after it has answered. `isLast`: the file has no more. */
  async take(bytes: Uint8Array, isLast: boolean): Promise<ImportReply> {
    if (this.#stopped) return { kind: 'stopped' };
    const isOver =
      this.#step === 'headers'
        ? await this.#takeHeaders(bytes, isLast)
        : await this.#takeBlocks(bytes, isLast);
    if (this.#stopped) return { kind: 'stopped' };
    if (!isOver) return this.#wanted('next');
    if (this.#step === 'blocks') return this.#finish();
    const verdict = this.#judge();
    if (verdict !== 'better') return this.#outcome(verdict);
    this.#step = 'blocks';
    this.#reader = new ArchiveReader();
    this.#done = 0;
    return this.#wanted('rewind');
  }

  #wanted(kind: 'next' | 'rewind'): ImportReply {
    const { firstHeight, tipHeight } = this.#head ?? { firstHeight: 1, tipHeight: 0 };
    const upTo = this.#step === 'headers' ? tipHeight : this.#goodUpTo;
    return { kind, step: this.#step, progress: { done: this.#done, total: upTo - firstHeight + 1 } };
  }

  // The first time.

  async #takeHeaders(bytes: Uint8Array, isLast: boolean): Promise<boolean> {
    for (const part of this.#reader.read(bytes, isLast)) {
      switch (part.kind) {
        case 'head':
          this.#problem = this.#checkHead(part.head);
          break;
        case 'block':
          this.#problem = this.#survey?.add(part.height, part.bytes);
          if (this.#problem) break;
          this.#done++;
          if (this.#done % STEP_HEADERS === 0) await turn();
          break;
        case 'end':
          this.#problem = this.#survey?.finish();
          return true;
        case 'problem':
          this.#problem = part.problem;
      }
      if (this.#problem || this.#stopped) return true;
    }
    return false;
  }

  #checkHead(head: ArchiveHead): ArchiveProblem | undefined {
    const chain = this.#chain;
    if (head.network !== chain.params.network) return { code: 'other-network' };
    if (head.genesisId !== chain.index.genesis.id) return { code: 'other-room' };
    this.#head = head;
    this.#survey = new ArchiveSurvey(chain, head, this.#context.nowMs() / 1000);
    return undefined;
  }

  /** Is what is good of it worth reading? */
  #judge(): ImportVerdict | 'better' | undefined {
    const end = this.#survey?.end;
    if (end === undefined) return this.#head?.tipHeight === 0 && !this.#problem ? 'known' : undefined;
    this.#goodUpTo = end.height;
    if (this.#chain.isActive(end)) return 'known';
    return end.work > this.#chain.tip.work ? 'better' : 'weaker';
  }

  // The second time.

  async #takeBlocks(bytes: Uint8Array, isLast: boolean): Promise<boolean> {
    let batch: Candidate[] = [];
    let batchBytes = 0;
    for (const part of this.#reader.read(bytes, isLast)) {
      if (part.kind === 'head') continue;
      // The file has changed between the two times.
      if (part.kind !== 'block') return this.#flush(batch, true);
      const { height } = part;
      const block = this.#wantedBlock(part.bytes);
      if (block === 'damaged') {
        this.#problem = { code: 'damaged', height };
        return this.#flush(batch, true);
      }
      if (block !== undefined) batch.push({ height, block });
      batchBytes += part.bytes.length;
      this.#done = height + 1 - (this.#head as ArchiveHead).firstHeight;
      const isOver = height >= this.#goodUpTo;
      if (!isOver && batch.length < STEP_BLOCKS && batchBytes < STEP_BYTES) continue;
      if (await this.#flush(batch, isOver)) return true;
      batch = [];
      batchBytes = 0;
    }
    return this.#flush(batch, isLast);
  }

  /** Undefined: the node has it. */
  #wantedBlock(bytes: Uint8Array): Block | 'damaged' | undefined {
    const entry = this.#chain.index.get(hashToId(sha256d(bytes.subarray(0, HEADER_BYTES))));
    if (entry && this.#chain.hasBody(entry)) {
      this.#last = entry;
      return undefined;
    }
    return decodeOrUndefined(blockCodec, bytes) ?? 'damaged';
  }

  /** Gives the node these blocks. True if the import is over: by itself (`isOver`) or because one is refused. */
  async #flush(batch: readonly Candidate[], isOver: boolean): Promise<boolean> {
    const { takeFromFile, settled, verifier } = this.#context;
    if (batch.length === 0 || this.#stopped) return isOver || this.#stopped;
    await lookAhead(
      verifier,
      this.#chain.signatures,
      batch.map(({ block }) => block),
    );
    const results = takeFromFile(batch.map(({ block }) => block));
    for (const [i, result] of results.entries()) {
      const { height } = batch[i] as Candidate;
      if (result.kind === 'refused') {
        this.#problem = { code: 'broken-rule', height, rule: result.code };
        return true;
      }
      this.#last = result.entry;
      if (result.kind === 'accepted') this.#accepted.push(result.entry);
    }
    if (this.#last?.invalid) return true;
    this.#unstored += batch.length;
    if (this.#unstored >= UNSTORED_BLOCKS) {
      this.#unstored = 0;
      await settled();
    }
    await turn();
    return isOver;
  }

  async #finish(): Promise<ImportReply> {
    while (this.#context.isReadingBack())
      await new Promise((resolve) => setTimeout(resolve, READ_BACK_POLL_MS));
    const broken = lowestInvalid(this.#last);
    if (broken?.invalid) this.#problem = { code: 'broken-rule', height: broken.height, rule: broken.invalid };
    const last = broken ? broken.parent : this.#last;
    const isActive = last !== undefined && this.#chain.isActive(last);
    const added = this.#accepted.filter((entry) => this.#chain.isActive(entry)).length;
    this.#goodUpTo = last?.height ?? 0;
    return this.#outcome(!isActive ? 'weaker' : added > 0 ? 'joined' : 'known', added);
  }

  #outcome(verdict: ImportVerdict | undefined, added = 0): ImportReply {
    return { kind: 'done', outcome: { verdict, added, upTo: this.#goodUpTo, problem: this.#problem } };
  }
}

interface Candidate {
  readonly height: number;
  readonly block: Block;
}

/** The lowest block of this branch that is known to break a rule, if any does. */
function lowestInvalid(end: BlockEntry | undefined): BlockEntry | undefined {
  let lowest: BlockEntry | undefined;
  for (let entry = end; entry?.invalid; entry = entry.parent) lowest = entry;
  return lowest;
}
