/**
 * An invitation or its answer as a line of text, which people carry between two tabs when no server does.
 *
 * Text: `tabchain1.` base64url(letter) `.`, where
 * letter = kind u8 (1 invitation, 2 answer) | id 16 | nonce 24 | sealed | first 4 bytes of sha256(all before).
 * sealed = XChaCha20-Poly1305 of the content under the room's key, bound to room, kind and id: only who holds the
 * room's link can write or read it.
 *
 * The checksum is for people: it tells a text that was cut or mistyped from one of another room.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import * as P from 'micro-packed';
import { decodeOrUndefined } from '../core/codec.ts';
import type { PeerAddress } from '../node/address.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { descriptionCodec, type Description } from './invitation-sdp.ts';
import type { SealRoom } from './seal.ts';

const DOMAIN = 'tabchain/invitation/v1';
const VERSION = '1';
const NONCE_BYTES = 24;
const CHECKSUM_BYTES = 4;
/** Ten addresses of the longest form make 960; what is longer is not ours. */
const MAX_LETTER_CHARS = 2_000;

export type InvitationKind = 'invitation' | 'answer';

export interface InvitationLetter {
  readonly kind: InvitationKind;
  /** 16 random bytes in hex, drawn by the inviter. An answer has its invitation's, and so has the link. */
  readonly id: string;
  /** By the writer's clock. */
  readonly madeAtSeconds: number;
  /** Who wrote it. A claim: the handshake on the link proves the key. */
  readonly from: PeerAddress;
  readonly description: Description;
}

/**
 * Why a text can't be used: it has no letter in it, one of another version, or one that was cut or altered on the
 * way; it is for another room; or it is the other one of the two.
 */
export type TextProblem = 'no-letter' | 'other-version' | 'damaged' | 'other-room' | 'wrong-kind';

export type ReadResult =
  | { readonly ok: true; readonly letter: InvitationLetter }
  | { readonly ok: false; readonly problem: TextProblem };

const kindCodec = P.map(P.U8, { invitation: 1, answer: 2 }) as P.CoderType<InvitationKind>;
const envelopeCodec = P.struct({
  kind: kindCodec,
  id: P.hex(16),
  nonce: P.bytes(NONCE_BYTES),
  sealed: P.bytes(null),
});
const contentCodec = P.struct({
  madeAtSeconds: P.U32LE,
  from: P.struct({ key: P.hex(32), session: P.hex(8) }),
  description: descriptionCodec,
});

/** `random(n)` gives n unpredictable bytes. */
export function writeLetter(
  room: SealRoom,
  { kind, id, ...content }: InvitationLetter,
  random: (bytes: number) => Uint8Array,
): string {
  const nonce = random(NONCE_BYTES);
  const sealed = cipherOf(room, kind, id, nonce).encrypt(contentCodec.encode(content));
  const bytes = envelopeCodec.encode({ kind, id, nonce, sealed });
  const base64 = encodeBase64(concatBytes(bytes, checksumOf(bytes)));
  return `tabchain${VERSION}.${base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}.`;
}

/**
 * Finds the letter in what somebody pasted: a whole message with a link and greetings around it, wrapped or quoted
 * with `>` by a mail program. The last dot may be missing, if nothing follows. Never throws.
 */
export function readLetter(room: SealRoom, text: string, wanted: InvitationKind): ReadResult {
  let problem: TextProblem = 'no-letter';
  for (const [, version, chars = ''] of text.matchAll(/tabchain(\d+)\s*\.([\w\-\s>\u00ad\u200b]*)/g)) {
    const result =
      version === VERSION ? openLetter(room, chars.replaceAll(/[^\w-]/g, ''), wanted) : 'other-version';
    if (typeof result === 'object') return { ok: true, letter: result };
    problem = result;
  }
  return { ok: false, problem };
}

function openLetter(room: SealRoom, chars: string, wanted: InvitationKind): InvitationLetter | TextProblem {
  if (chars.length > MAX_LETTER_CHARS) return 'damaged';
  const padding = '='.repeat(-chars.length & 3);
  const bytes = decodeBase64(chars.replaceAll('-', '+').replaceAll('_', '/') + padding);
  if (bytes === undefined || bytes.length <= CHECKSUM_BYTES) return 'damaged';
  const body = bytes.subarray(0, -CHECKSUM_BYTES);
  const isWhole = checksumOf(body).every((byte, i) => byte === bytes[body.length + i]);
  const envelope = isWhole ? decodeOrUndefined(envelopeCodec, body) : undefined;
  if (envelope === undefined) return 'damaged';
  const { kind, id, nonce, sealed } = envelope;
  let plain: Uint8Array;
  try {
    plain = cipherOf(room, kind, id, nonce).decrypt(sealed);
  } catch {
    return 'other-room';
  }
  const content = decodeOrUndefined(contentCodec, plain);
  // Sealed by a holder of the link, and still not what this program writes.
  if (content === undefined) return 'other-version';
  return kind === wanted ? { kind, id, ...content } : 'wrong-kind';
}

/** The parts before the last have a fixed length, so nothing can move from one into the next. */
function cipherOf({ roomId, sealKey }: SealRoom, kind: InvitationKind, id: string, nonce: Uint8Array) {
  return xchacha20poly1305(sealKey, nonce, utf8ToBytes(DOMAIN + roomId + id + kind));
}

function checksumOf(bytes: Uint8Array): Uint8Array {
  return sha256(bytes).subarray(0, CHECKSUM_BYTES);
}
