import { describe, expect, test } from 'vitest';
import { createSendQueue, PAUSE_BYTES, RESUME_BYTES, type SendChannel } from '../../../web/net/send-queue.ts';

const FRAME_BYTES = 16 * 1024;

/** A data channel's buffer and its event, as the standard has them: on the way down through the threshold. */
function createChannel() {
  let onLow: () => void = () => undefined;
  const channel = {
    bufferedAmount: 0,
    bufferedAmountLowThreshold: 0,
    sent: [] as Uint8Array[],
    send(frame: Uint8Array) {
      channel.sent.push(frame);
      channel.bufferedAmount += frame.length;
    },
    take(bytes: number) {
      const before = channel.bufferedAmount;
      channel.bufferedAmount = Math.max(0, before - bytes);
      const threshold = channel.bufferedAmountLowThreshold;
      if (before > threshold && channel.bufferedAmount <= threshold) onLow();
    },
  } satisfies SendChannel & Record<string, unknown>;
  return { channel, listen: (listener: () => void) => (onLow = listener) };
}

describe('the send queue', () => {
  test('never fills the channel much above its mark, and sends everything in order', () => {
    const { channel, listen } = createChannel();
    const taken: number[] = [];
    const queue = createSendQueue(channel, (bytes) => taken.push(bytes));
    listen(() => queue.drained());
    const frames = Array.from({ length: 50 }, (_, n) => new Uint8Array(FRAME_BYTES).fill(n));
    for (const frame of frames) queue.push(frame);
    expect(channel.bufferedAmount).toBe(PAUSE_BYTES);
    let highest = 0;
    while (channel.bufferedAmount > 0) {
      channel.take(5000);
      highest = Math.max(highest, channel.bufferedAmount);
    }
    expect(highest).toBeLessThan(PAUSE_BYTES + FRAME_BYTES);
    expect(channel.sent.map(([first]) => first)).toEqual(frames.map(([first]) => first));
    expect(taken).toEqual([...taken].sort((a, b) => a - b));
    expect(taken.at(-1)).toBe(50 * FRAME_BYTES);
  });

  test('fills up again at the lower mark, not only when it has run dry', () => {
    const { channel, listen } = createChannel();
    const queue = createSendQueue(channel, () => undefined);
    listen(() => queue.drained());
    for (let n = 0; n < 10; n += 1) queue.push(new Uint8Array(FRAME_BYTES));
    channel.take(PAUSE_BYTES - RESUME_BYTES);
    expect(channel.bufferedAmount).toBe(PAUSE_BYTES);
  });

  test('tells of the last byte of a small message too', () => {
    const { channel, listen } = createChannel();
    const taken: number[] = [];
    const queue = createSendQueue(channel, (bytes) => taken.push(bytes));
    listen(() => queue.drained());
    queue.push(new Uint8Array(300));
    channel.take(300);
    expect(taken).toEqual([300]);
  });
});
