/**
 * A chain as one file (PROTOCOL.md, "Chain file"): a head, the blocks by
 * height, each behind its length, and an end by which a file that was cut off
 * is known. It holds what every node of the room has, and no secret: neither
 * the room's nor anybody's key.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import * as P from 'micro-packed';
import { compactSize, decodeOrUndefined, idCodec, sizeUpTo } from '../core/codec.ts';
import { equalBytes, HASH_BYTES, type BlockId } from '../core/hash.ts';
import { ROOM, type Network } from '../core/params.ts';

/** PNG's way: a byte no text begins with, the name, and line ends that a transfer "as text" would change. */
const MAGIC = Uint8Array.of(0x89, ...utf8ToBytes('tabchain'), 0x0d, 0x0a, 0x1a, 0x0a);
/** A change of the file's form is another number. */
const FORMAT = 1;
/** The head is believed before the file's end is seen: of another room, say. A flipped bit in it must not say so. */
const HEAD_CHECKSUM_BYTES = 4;
/** SHA-256. */
export const DIGEST_BYTES = 32;
/** A block as the rules allow it; checked before anything of that size is kept. */
export const MAX_RECORD_BYTES = ROOM.maxBlockBytes;

export interface ArchiveHead {
  readonly network: Network;
  readonly genesisId: BlockId;
  /** Height of the first block in the file: 1, unless who wrote it had lost what was before. */
  readonly firstHeight: number;
  /** Height and id of the last one. */
  readonly tipHeight: number;
  readonly tipId: BlockId;
}

export interface ArchiveEnd {
  readonly count: number;
  /** SHA-256 of all bytes before it. */
  readonly digest: Uint8Array;
}

const networkCodec = P.map(P.U8, { room: 0, regtest: 1 }) as P.CoderType<Network>;

/** Every version of the format begins like this. */
const prefixCodec = P.struct({ magic: P.magicBytes(MAGIC), format: P.U8 });
const fieldsCodec: P.CoderType<ArchiveHead> = P.validate(
  P.struct({
    network: networkCodec,
    genesisId: idCodec,
    firstHeight: P.U32LE,
    tipHeight: P.U32LE,
    tipId: idCodec,
  }),
  (head) => {
    if (head.firstHeight < 1 || head.firstHeight > head.tipHeight + 1)
      throw new Error('heights out of order');
    return head;
  },
);

/** Bytes of one block. A length of 0 is the mark of the end. */
export const lengthCodec: P.CoderType<number> = sizeUpTo(MAX_RECORD_BYTES);
const countCodec: P.CoderType<number> = P.U32LE;
const endCodec: P.CoderType<ArchiveEnd> = P.struct({ count: countCodec, digest: P.bytes(DIGEST_BYTES) });

export const PREFIX_BYTES = MAGIC.length + 1;
const FIELDS_BYTES = 1 + HASH_BYTES + 4 + 4 + HASH_BYTES;
export const HEAD_BYTES = PREFIX_BYTES + FIELDS_BYTES + HEAD_CHECKSUM_BYTES;
/** After the mark. */
export const END_BYTES = 4 + DIGEST_BYTES;

/** With its checksum. */
export function encodeHead(head: ArchiveHead): Uint8Array {
  const prefix = prefixCodec.encode({ format: FORMAT });
  const bytes = concatBytes(prefix, fieldsCodec.encode(head));
  return concatBytes(bytes, headChecksum(bytes));
}

/** `bytes`: PREFIX_BYTES of them. */
export function checkPrefix(bytes: Uint8Array): 'not-an-archive' | 'other-format' | undefined {
  if (!equalBytes(bytes.subarray(0, MAGIC.length), MAGIC)) return 'not-an-archive';
  return bytes[MAGIC.length] === FORMAT ? undefined : 'other-format';
}

/** `bytes`: HEAD_BYTES of them, whose prefix was checked. Undefined if they are damaged. */
export function decodeHead(bytes: Uint8Array): ArchiveHead | undefined {
  const checked = bytes.subarray(0, HEAD_BYTES - HEAD_CHECKSUM_BYTES);
  if (!equalBytes(headChecksum(checked), bytes.subarray(checked.length))) return undefined;
  return decodeOrUndefined(fieldsCodec, checked.subarray(PREFIX_BYTES));
}

/** The mark of the end and the count: what the digest covers last. */
export function encodeCount(count: number): Uint8Array {
  return concatBytes(compactSize.encode(0), countCodec.encode(count));
}

/** `bytes`: END_BYTES of them. */
export function decodeEnd(bytes: Uint8Array): ArchiveEnd {
  return endCodec.decode(bytes);
}

function headChecksum(bytes: Uint8Array): Uint8Array {
  return sha256(bytes).subarray(0, HEAD_CHECKSUM_BYTES);
}
