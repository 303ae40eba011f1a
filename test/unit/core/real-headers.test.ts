import { bytesToHex } from '@noble/hashes/utils.js';
import { expect, test } from 'vitest';
import { BlockIndex, headerOf, medianTimePast } from '../../../web/core/block-index.ts';
import { decodeOrUndefined } from '../../../web/core/codec.ts';
import { HEADER_BYTES, headerCodec, headerId, type Header } from '../../../web/core/header.ts';
import { ROOM, type Params } from '../../../web/core/params.ts';
import { workOfTarget } from '../../../web/core/target.ts';
import { describeVectors, vectorBytes, vectorCases } from '../../vectors.ts';

// Bitcoin kept its easiest target up to height 32,255, so that its first
// headers obey our index with retargeting off.
const BITCOIN: Params = { ...ROOM, powLimitBits: 0x1d00ffff, retarget: false };
const COUNT = 10_237;
const TOTAL_WORK = 0x27fd27fd27fdn;

describeVectors("Bitcoin's first headers", () => {
  const bytes = vectorBytes('headers/mainnet_0_10236.bin');
  const rawHeaders = Array.from({ length: bytes.length / HEADER_BYTES }, (_, i) =>
    bytes.subarray(i * HEADER_BYTES, (i + 1) * HEADER_BYTES),
  );
  const headers = rawHeaders.map((raw) => headerCodec.decode(raw));

  const indexOf = (count: number): BlockIndex => {
    const index = new BlockIndex(BITCOIN, headers[0] as Header);
    for (let i = 1; i < count; i++) {
      if (!index.restore(rawHeaders[i] as Uint8Array)) throw new Error(`header ${i} is refused`);
    }
    return index;
  };

  test('are all there', () => {
    expect(headers).toHaveLength(COUNT);
  });

  test('re-encode to the same bytes', () => {
    const changed = headers.findIndex(
      (header, i) => bytesToHex(headerCodec.encode(header)) !== bytesToHex(rawHeaders[i] as Uint8Array),
    );
    expect(changed).toBe(-1);
  });

  test('link, meet their targets and sum to the known work', () => {
    const index = indexOf(COUNT);
    expect(index.bestHeader.height).toBe(COUNT - 1);
    // Our index does not count the genesis block: a room's is given, not worked for.
    expect(index.bestHeader.work + workOfTarget(0xffffn << 208n)).toBe(TOTAL_WORK);
    expect(headerOf(index.bestHeader)).toEqual(headers[COUNT - 1]);
  });

  test('each come after the median time of the eleven before them, though 49 go back in time', () => {
    const index = indexOf(COUNT);
    let backward = 0;
    for (let height = 1; height < COUNT; height++) {
      const entry = index.bestHeaderAt(height);
      if (!entry?.parent) throw new Error(`no header at ${height}`);
      if (entry.time <= medianTimePast(entry.parent)) throw new Error(`header ${height} is too old`);
      if (entry.time < entry.parent.time) backward++;
    }
    expect(backward).toBe(49);
  });

  test('are refused with any one bit flipped', () => {
    const sampled = [1, 2, 2016, 4032, 5000, 9999, COUNT - 1];
    const index = indexOf(COUNT);
    const taken: string[] = [];
    for (const height of sampled) {
      for (let bit = 0; bit < HEADER_BYTES * 8; bit++) {
        const flipped = (rawHeaders[height] as Uint8Array).slice();
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        if (index.restore(flipped)) taken.push(`${height}, bit ${bit}`);
      }
    }
    expect(taken).toEqual([]);
    expect(index.size).toBe(COUNT);
  });

  test.each([0, 79, 81])('%i bytes are no header', (length) => {
    expect(decodeOrUndefined(headerCodec, bytes.subarray(0, length))).toBeUndefined();
  });
});

interface NamedHeader {
  readonly height: number;
  readonly header_hex: string;
  readonly hash: string;
}

describeVectors('Headers that everybody knows', () => {
  const named = vectorCases<NamedHeader>('headers/named.json');
  test.each(named)('$height has its id', ({ header_hex, hash }) => {
    const bytes = Uint8Array.from(Buffer.from(header_hex, 'hex'));
    expect(headerId(headerCodec.decode(bytes))).toBe(hash);
  });
});
