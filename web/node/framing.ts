/**
 * Messages cut into frames for a data channel. A message starts at the start
 * of a frame: its length (u32, little-endian), then its bytes, in as many
 * frames as they need. Nothing is read ahead of a length that passed its check.
 */
import { messageName, MESSAGES } from './messages.ts';

/** The size that every browser's data channel carries whole and without delaying others. */
export const MAX_FRAME_BYTES = 16 * 1024;
/** No message of ours is longer; the table's own limits are tighter. */
export const MAX_MESSAGE_BYTES = 256 * 1024;
const LENGTH_BYTES = 4;

export function toFrames(message: Uint8Array): Uint8Array[] {
  const stream = new Uint8Array(LENGTH_BYTES + message.length);
  new DataView(stream.buffer).setUint32(0, message.length, true);
  stream.set(message, LENGTH_BYTES);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < stream.length; at += MAX_FRAME_BYTES)
    frames.push(stream.slice(at, at + MAX_FRAME_BYTES));
  return frames;
}

export type FrameResult =
  | { readonly kind: 'message'; readonly bytes: Uint8Array }
  | { readonly kind: 'partial' }
  | { readonly kind: 'refused'; readonly code: 'bad-frame' | 'oversize' | 'unknown-message' };

const PARTIAL: FrameResult = { kind: 'partial' };

/** Puts the frames of one link together again. After a refusal the link is of no use. */
export class FrameReader {
  #message: Uint8Array | undefined;
  #filled = 0;

  read(frame: Uint8Array): FrameResult {
    if (frame.length > MAX_FRAME_BYTES) return { kind: 'refused', code: 'bad-frame' };
    let part = frame;
    if (!this.#message) {
      if (frame.length <= LENGTH_BYTES) return { kind: 'refused', code: 'bad-frame' };
      const length = new DataView(frame.buffer, frame.byteOffset).getUint32(0, true);
      const name = messageName(frame[LENGTH_BYTES] ?? 0);
      if (!name) return { kind: 'refused', code: 'unknown-message' };
      if (length > Math.min(MESSAGES[name].maxBytes, MAX_MESSAGE_BYTES))
        return { kind: 'refused', code: 'oversize' };
      this.#message = new Uint8Array(length);
      this.#filled = 0;
      part = frame.subarray(LENGTH_BYTES);
    }
    const message = this.#message;
    if (part.length === 0 || this.#filled + part.length > message.length) {
      return { kind: 'refused', code: 'bad-frame' };
    }
    message.set(part, this.#filled);
    this.#filled += part.length;
    if (this.#filled < message.length) return PARTIAL;
    this.#message = undefined;
    return { kind: 'message', bytes: message };
  }
}
