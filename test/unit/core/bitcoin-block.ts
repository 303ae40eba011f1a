/** Just enough of Bitcoin's block format to get at the hashes that its merkle trees are made of. */
import { compactSize } from '../../../web/core/codec.ts';
import { HEADER_BYTES, headerCodec, type Header } from '../../../web/core/header.ts';
import { sha256d } from '../../../web/core/hash.ts';

export interface BitcoinBlock {
  readonly header: Header;
  /** Transaction hashes as they stand in the merkle tree: without witnesses. */
  readonly txids: readonly Uint8Array[];
  /** Hashes of the whole transactions, which BIP152 makes its short ids of. */
  readonly wtxids: readonly Uint8Array[];
}

class Reader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  skip(count: number): void {
    this.at += count;
  }

  size(): number {
    const first = this.#bytes[this.at] as number;
    const length = first < 0xfd ? 1 : first === 0xfd ? 3 : 5;
    const value = compactSize.decode(this.#bytes.subarray(this.at, this.at + length));
    this.at += length;
    return value;
  }

  since(start: number): Uint8Array {
    return this.#bytes.subarray(start, this.at);
  }

  /** A marker of zero inputs and a flag: the transaction carries witnesses (BIP144). */
  hasWitness(): boolean {
    return this.#bytes[this.at] === 0;
  }

  ended(): boolean {
    return this.at === this.#bytes.length;
  }
}

export function parseBitcoinBlock(bytes: Uint8Array): BitcoinBlock {
  const reader = new Reader(bytes, HEADER_BYTES);
  const txids: Uint8Array[] = [];
  const wtxids: Uint8Array[] = [];
  for (let left = reader.size(); left > 0; left--) {
    const { txid, wtxid } = readTransaction(reader);
    txids.push(txid);
    wtxids.push(wtxid);
  }
  if (!reader.ended()) throw new Error(`bytes after the last transaction, at ${reader.at}`);
  return { header: headerCodec.decode(bytes.subarray(0, HEADER_BYTES)), txids, wtxids };
}

function readTransaction(reader: Reader): { txid: Uint8Array; wtxid: Uint8Array } {
  const start = reader.at;
  reader.skip(4);
  const version = reader.since(start);
  const witness = reader.hasWitness();
  if (witness) reader.skip(2);
  const body = reader.at;
  const inputs = reader.size();
  for (let i = 0; i < inputs; i++) {
    reader.skip(36);
    reader.skip(reader.size());
    reader.skip(4);
  }
  for (let left = reader.size(); left > 0; left--) {
    reader.skip(8);
    reader.skip(reader.size());
  }
  const plain = reader.since(body);
  if (witness) {
    for (let i = 0; i < inputs; i++)
      for (let left = reader.size(); left > 0; left--) reader.skip(reader.size());
  }
  const lockTime = reader.at;
  reader.skip(4);
  return {
    txid: sha256d(Buffer.concat([version, plain, reader.since(lockTime)])),
    wtxid: sha256d(reader.since(start)),
  };
}
