import { get, getMany, type UseStore } from 'idb-keyval';
import { concatBytes } from '@noble/hashes/utils.js';
import { HEADER_BYTES } from '../core/header.ts';
import { HEADERS_PER_CHUNK, headersAt } from './records.ts';

/** The active headers in their packed chunks, and the last chunk at hand, which nearly every block rewrites. */
export interface HeaderChunks {
  /**
   * All headers from height 1 to `height`, an array a chunk; undefined if one can't be read. Later writes go on from
   * there.
   */
  load(height: number): Promise<Uint8Array[] | undefined>;
  /**
   * The entries that put `headers` (80 bytes each, packed) above `forkHeight`. To be called once per change, in
   * order, and only for changes that are then stored.
   * @throws Error if the headers below, in the same chunk, can't be read back.
   */
  entries(forkHeight: number, headers: Uint8Array): Promise<[string, Uint8Array][]>;
}

const CHUNK_BYTES = HEADERS_PER_CHUNK * HEADER_BYTES;

export function createHeaderChunks(store: UseStore): HeaderChunks {
  let last = { chunk: 0, bytes: new Uint8Array() };

  /** The first `byteCount` bytes of a chunk, as it is stored. */
  async function head(chunk: number, byteCount: number): Promise<Uint8Array> {
    if (byteCount === 0) return new Uint8Array();
    const record = headersAt(chunk);
    // A reorg that crosses into an older chunk is rare enough to be read.
    const bytes = last.chunk === chunk ? last.bytes : record.read(await get(record.key, store));
    if (bytes === undefined || bytes.length < byteCount) throw new Error('stored headers are damaged');
    return bytes.subarray(0, byteCount);
  }

  return {
    async load(height) {
      const records = Array.from({ length: Math.ceil(height / HEADERS_PER_CHUNK) }, (_, chunk) =>
        headersAt(chunk),
      );
      const stored: unknown[] = await getMany(
        records.map(({ key }) => key),
        store,
      );
      const chunks: Uint8Array[] = [];
      const read = await Promise.all(records.map((record, chunk) => record.readSoon(stored[chunk])));
      for (const [chunk, bytes] of read.entries()) {
        const wanted = Math.min(CHUNK_BYTES, height * HEADER_BYTES - chunk * CHUNK_BYTES);
        if (bytes === undefined || bytes.length < wanted) return undefined;
        chunks.push(bytes.subarray(0, wanted));
      }
      const tail = chunks.at(-1);
      if (tail !== undefined) last = { chunk: chunks.length - 1, bytes: Uint8Array.from(tail) };
      return chunks;
    },
    async entries(forkHeight, headers) {
      const first = Math.floor(forkHeight / HEADERS_PER_CHUNK);
      const kept = await head(first, (forkHeight % HEADERS_PER_CHUNK) * HEADER_BYTES);
      const all = concatBytes(kept, headers);
      const entries: [string, Uint8Array][] = [];
      for (let start = 0; start < all.length; start += CHUNK_BYTES) {
        const chunk = first + start / CHUNK_BYTES;
        const bytes = all.slice(start, start + CHUNK_BYTES);
        entries.push(headersAt(chunk).entry(bytes));
        last = { chunk, bytes };
      }
      return entries;
    },
  };
}
