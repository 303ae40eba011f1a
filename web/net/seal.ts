import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { isPayload, MAX_PAYLOAD_CHARS } from '../../signaling/protocol.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { parseEnvelope, type SignalEnvelope } from './envelope.ts';
import type { Room } from './room.ts';

/**
 * Seals what passes through the signaling server or through peers, so that they can neither read nor alter an
 * offer, nor pass one off as another peer's: XChaCha20-Poly1305 under the room's key, bound to room, sender and
 * recipient. Peers hold that key too: against them the binding and the signature of a relayed signal remain.
 *
 * Wire: nonce 24 | ciphertext | tag 16; in base64 towards the server. It does not stop a replay to the same
 * recipient: a `linkId` that was used does.
 */
const DOMAIN = 'tabchain/signal/v1';
/** XChaCha20's nonce: long enough to be drawn at random under one key for ever. */
const NONCE_BYTES = 24;
const TAG_BYTES = 16;

/** Who a payload is from and to: peer ids that the server gave, or both addresses (web/node/address.ts). */
export interface Route {
  readonly from: string;
  readonly to: string;
}

export type SealRoom = Pick<Room, 'roomId' | 'sealKey'>;

/** For a relayed signal. `random(n)` gives n unpredictable bytes. */
export function sealBytes(
  room: SealRoom,
  route: Route,
  envelope: SignalEnvelope,
  random: (bytes: number) => Uint8Array,
): Uint8Array {
  const nonce = random(NONCE_BYTES);
  const cipher = xchacha20poly1305(room.sealKey, nonce, boundTo(room, route));
  return concatBytes(nonce, cipher.encrypt(utf8ToBytes(JSON.stringify(envelope))));
}

/**
 * The payload for the server's `signal` message.
 * @throws RangeError if the payload would be over the server's cap, which no envelope that `parseEnvelope`
 * accepts can be.
 */
export function seal(
  room: SealRoom,
  route: Route,
  envelope: SignalEnvelope,
  random: (bytes: number) => Uint8Array,
): string {
  const payload = encodeBase64(sealBytes(room, route, envelope, random));
  if (payload.length > MAX_PAYLOAD_CHARS)
    throw new RangeError(`sealed envelope of ${payload.length} characters`);
  return payload;
}

/** The envelope in a payload of the server's; `undefined` if it isn't from a holder of the room's key, for this route, and valid. */
export function open(room: SealRoom, route: Route, payload: string): SignalEnvelope | undefined {
  if (!isPayload(payload)) return undefined;
  const bytes = decodeBase64(payload);
  return bytes && openBytes(room, route, bytes);
}

/** The same of a relayed signal's. */
export function openBytes(room: SealRoom, route: Route, bytes: Uint8Array): SignalEnvelope | undefined {
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const cipher = xchacha20poly1305(room.sealKey, bytes.subarray(0, NONCE_BYTES), boundTo(room, route));
  try {
    const plain = cipher.decrypt(bytes.subarray(NONCE_BYTES));
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plain));
    return parseEnvelope(json);
  } catch {
    return undefined; // another key or route, altered bytes, or a link holder that doesn't write JSON
  }
}

/** The ids of one route all have one length, and no two routes the same: nothing can move from one field into the next. */
function boundTo(room: SealRoom, { from, to }: Route): Uint8Array {
  return utf8ToBytes(DOMAIN + room.roomId + from + to);
}
