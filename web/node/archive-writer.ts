/** Writes a chain file piece by piece (archive-format.ts); nothing of it is kept but the running digest. */
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { blockCodec, type Block } from '../core/block.ts';
import { encodeCount, encodeHead, lengthCodec, type ArchiveHead } from './archive-format.ts';

export class ArchiveWriter {
  readonly #digest = sha256.create();
  #count = 0;

  head(head: ArchiveHead): Uint8Array {
    return this.#digested(encodeHead(head));
  }

  /** The next block upwards. */
  block(block: Block): Uint8Array {
    this.#count++;
    const bytes = blockCodec.encode(block);
    return this.#digested(concatBytes(lengthCodec.encode(bytes.length), bytes));
  }

  end(): Uint8Array {
    return concatBytes(this.#digested(encodeCount(this.#count)), this.#digest.digest());
  }

  #digested(bytes: Uint8Array): Uint8Array {
    this.#digest.update(bytes);
    return bytes;
  }
}
