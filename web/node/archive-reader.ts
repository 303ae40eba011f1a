/**
 * Reads a chain file (archive-format.ts) from pieces of any size. Keeps no
 * more of it than the part of a record that a piece ends in. What is wrong
 * with the file is a value; whether its blocks are good is for the chain to say.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { decodeOrUndefined } from '../core/codec.ts';
import { equalBytes } from '../core/hash.ts';
import {
  checkPrefix,
  decodeEnd,
  decodeHead,
  DIGEST_BYTES,
  END_BYTES,
  HEAD_BYTES,
  lengthCodec,
  PREFIX_BYTES,
  type ArchiveHead,
} from './archive-format.ts';
import type { ArchiveProblem } from './archive-report.ts';

export type ArchivePart =
  | { readonly kind: 'head'; readonly head: ArchiveHead }
  /** `bytes` are the block's, and a view: good until the next piece comes. */
  | { readonly kind: 'block'; readonly height: number; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  /** Nothing comes after it. */
  | { readonly kind: 'problem'; readonly problem: ArchiveProblem };

export class ArchiveReader {
  readonly #digest = sha256.create();
  #head: ArchiveHead | undefined;
  #nextHeight = 0;
  /** Read and in no part yet. */
  #rest: Uint8Array = new Uint8Array();
  #ended = false;

  /** All parts that are complete with these bytes. `isLast`: the file has no more. */
  *read(bytes: Uint8Array, isLast: boolean): Generator<ArchivePart, void, undefined> {
    this.#rest = this.#rest.length === 0 ? bytes : concatBytes(this.#rest, bytes);
    while (!this.#ended) {
      const part = this.#next();
      if (part === undefined) break;
      if (part.kind === 'problem' || part.kind === 'end') this.#ended = true;
      yield part;
      if (part.kind === 'problem') return;
    }
    if (this.#ended) {
      if (this.#rest.length > 0) yield problem({ code: 'damaged-end' });
    } else if (isLast) {
      this.#ended = true;
      yield problem(this.#truncated());
    } else {
      // A copy: what it is a view of belongs to the caller again.
      this.#rest = this.#rest.slice();
    }
  }

  /** Undefined: more bytes are needed. */
  #next(): ArchivePart | undefined {
    if (this.#head === undefined) return this.#readHead();
    const { tipHeight } = this.#head;
    const height = this.#nextHeight;
    const [first] = this.#rest;
    if (first === undefined) return undefined;
    const prefixBytes = lengthBytes(first);
    if (this.#rest.length < prefixBytes) return undefined;
    const length = decodeOrUndefined(lengthCodec, this.#rest.subarray(0, prefixBytes));
    if (length === 0 && height > tipHeight) return this.#readEnd();
    if (length === undefined || length === 0 || height > tipHeight)
      return problem(height > tipHeight ? { code: 'damaged-end' } : { code: 'damaged', height });
    if (this.#rest.length < prefixBytes + length) return undefined;
    const bytes = this.#take(prefixBytes + length).subarray(prefixBytes);
    this.#nextHeight++;
    return { kind: 'block', height, bytes };
  }

  #readHead(): ArchivePart | undefined {
    if (this.#rest.length < PREFIX_BYTES) return undefined;
    const wrong = checkPrefix(this.#rest.subarray(0, PREFIX_BYTES));
    if (wrong) return problem({ code: wrong });
    if (this.#rest.length < HEAD_BYTES) return undefined;
    const head = decodeHead(this.#take(HEAD_BYTES));
    if (head === undefined) return problem({ code: 'damaged-head' });
    this.#head = head;
    this.#nextHeight = head.firstHeight;
    return { kind: 'head', head };
  }

  #readEnd(): ArchivePart | undefined {
    const covered = 1 + END_BYTES - DIGEST_BYTES;
    if (this.#rest.length < 1 + END_BYTES) return undefined;
    this.#digest.update(this.#rest.subarray(0, covered));
    const { count, digest } = decodeEnd(this.#rest.subarray(1, 1 + END_BYTES));
    this.#rest = this.#rest.subarray(1 + END_BYTES);
    const written = this.#nextHeight - (this.#head as ArchiveHead).firstHeight;
    const isWhole = count === written && equalBytes(digest, this.#digest.digest());
    return isWhole ? { kind: 'end' } : problem({ code: 'damaged-end' });
  }

  #take(byteCount: number): Uint8Array {
    const bytes = this.#rest.subarray(0, byteCount);
    this.#digest.update(bytes);
    this.#rest = this.#rest.subarray(byteCount);
    return bytes;
  }

  #truncated(): ArchiveProblem {
    // What is too short to tell may be anything.
    if (this.#head === undefined)
      return { code: this.#rest.length < PREFIX_BYTES ? 'not-an-archive' : 'damaged-head' };
    return this.#nextHeight > this.#head.tipHeight
      ? { code: 'damaged-end' }
      : { code: 'truncated', height: this.#nextHeight };
  }
}

function problem(what: ArchiveProblem): ArchivePart {
  return { kind: 'problem', problem: what };
}

/** Bytes of a CompactSize that begins so. The codec refuses what is longer than these. */
function lengthBytes(first: number): number {
  return first < 0xfd ? 1 : first === 0xfd ? 3 : 5;
}
