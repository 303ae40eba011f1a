/**
 * Feeds one data channel no faster than it drains. A channel takes whatever it is given and only grows its
 * buffer; with 1 MiB in it a fresh connection was measured to stall for seconds, with 64 KiB it runs at full speed.
 */

/** Bytes in the channel's buffer above which nothing more is put into it. */
export const PAUSE_BYTES = 64 * 1024;
/** Bytes at which it is filled again: low enough to save wake-ups, high enough that the line never runs dry. */
export const RESUME_BYTES = 32 * 1024;

/** Of RTCDataChannel, what the queue uses. */
export interface SendChannel {
  readonly bufferedAmount: number;
  bufferedAmountLowThreshold: number;
  send(frame: Uint8Array<ArrayBuffer>): void;
}

export interface SendQueue {
  /** @throws what the channel's `send` throws: a channel that is closing, or out of memory. */
  push(frame: Uint8Array<ArrayBuffer>): void;
  /** For the channel's `bufferedamountlow` event. @throws like `push`. */
  drained(): void;
}

/** `onTaken` is told the bytes of all frames so far that left the channel's buffer; it ends at the sum of all. */
export function createSendQueue(channel: SendChannel, onTaken: (bytes: number) => void): SendQueue {
  let waiting: Uint8Array<ArrayBuffer>[] = [];
  let sentBytes = 0;
  let reportedBytes = 0;

  function fill(): void {
    let next = 0;
    for (const frame of waiting) {
      if (channel.bufferedAmount >= PAUSE_BYTES) break;
      channel.send(frame);
      sentBytes += frame.length;
      next += 1;
    }
    if (next > 0) waiting = waiting.slice(next);
    // The event fires once, on the way down through the threshold: wait for the refill mark while there is much
    // in the buffer, and for its end when there is little, so that the last bytes are reported too.
    channel.bufferedAmountLowThreshold = channel.bufferedAmount > RESUME_BYTES ? RESUME_BYTES : 0;
  }

  function report(): void {
    const takenBytes = sentBytes - channel.bufferedAmount;
    if (takenBytes <= reportedBytes) return;
    reportedBytes = takenBytes;
    onTaken(takenBytes);
  }

  return {
    push(frame) {
      waiting.push(frame);
      fill();
    },
    drained() {
      report();
      fill();
    },
  };
}
