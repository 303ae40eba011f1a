/**
 * The first of the two times that a chain file is read: its headers alone are
 * checked, as any others, and their work is summed up. So a file whose chain
 * could not win costs no memory, as with peers' headers (presync.ts), and the
 * bodies are read only up to where the headers are good.
 */
import { extend, type BlockEntry } from '../core/block-index.ts';
import type { Chain } from '../core/chain.ts';
import { decodeOrUndefined } from '../core/codec.ts';
import { hashToId } from '../core/hash.ts';
import { HEADER_BYTES, headerCodec, headerId } from '../core/header.ts';
import type { ArchiveHead } from './archive-format.ts';
import type { ArchiveProblem } from './archive-report.ts';
import { tailOf } from './presync.ts';

/** What the rules never look at again is let go once in so many headers. */
const CUT_INTERVAL = 1_000;

export class ArchiveSurvey {
  readonly #chain: Chain;
  readonly #head: ArchiveHead;
  readonly #nowSeconds: number;
  #end: BlockEntry | undefined;

  constructor(chain: Chain, head: ArchiveHead, nowSeconds: number) {
    this.#chain = chain;
    this.#head = head;
    this.#nowSeconds = nowSeconds;
  }

  /** The last good header of the file; undefined before the first. What is not in the index is in nothing else. */
  get end(): BlockEntry | undefined {
    return this.#end;
  }

  /** `bytes`: those of the whole block at `height`, the next one. */
  add(height: number, bytes: Uint8Array): ArchiveProblem | undefined {
    const header = decodeOrUndefined(headerCodec, bytes.subarray(0, HEADER_BYTES));
    if (header === undefined) return { code: 'damaged', height };
    const { index, params } = this.#chain;
    const parentId = hashToId(header.prevHash);
    const parent = this.#end?.id === parentId ? this.#end : this.#end ? undefined : index.get(parentId);
    if (parent?.height !== height - 1) {
      return this.#end === undefined && height > 1
        ? { code: 'gap', height }
        : { code: 'broken-rule', height, rule: 'unknown-parent' };
    }
    const known = index.get(headerId(header));
    const next = known ?? extend(params, parent, header, this.#nowSeconds);
    if (typeof next === 'string') return { code: 'broken-rule', height, rule: next };
    if (next.invalid) return { code: 'broken-rule', height, rule: next.invalid };
    this.#end = known === undefined && height % CUT_INTERVAL === 0 ? tailOf(next) : next;
    return undefined;
  }

  /** After the last one: does the file end where its head says? */
  finish(): ArchiveProblem | undefined {
    const { firstHeight, tipHeight, tipId } = this.#head;
    const endId = this.#end?.id ?? (firstHeight === 1 && tipHeight === 0 ? this.#chain.index.genesis.id : '');
    return endId === tipId ? undefined : { code: 'damaged-end' };
  }
}
