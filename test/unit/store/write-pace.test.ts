import { describe, expect, test } from 'vitest';
import {
  HANGING_MS,
  MAX_BEHIND_BLOCKS,
  MAX_BEHIND_MS,
  MIN_BEHIND_BLOCKS,
  QUICK_MS,
  START_BEHIND_BLOCKS,
  WritePace,
} from '../../../web/store/write-pace.ts';

class Clock {
  nowMs = 0;
  readonly pace = new WritePace(() => this.nowMs);

  write(blocks: number, tookMs: number): void {
    this.pace.begin();
    this.nowMs += tookMs;
    this.pace.end(blocks);
  }
}

describe('the pace of writing', () => {
  test('lets a fast database fall behind by the more the more it writes, up to a number of blocks', () => {
    const clock = new Clock();
    expect(clock.pace.mayWait).toBe(START_BEHIND_BLOCKS);
    clock.write(10, QUICK_MS);
    expect(clock.pace.mayWait).toBe(START_BEHIND_BLOCKS + 10);
    clock.write(1_000, QUICK_MS);
    expect(clock.pace.mayWait).toBe(MAX_BEHIND_BLOCKS);
  });

  test('lets a slow one fall behind by what it writes in time', () => {
    const clock = new Clock();
    clock.write(400, 4 * MAX_BEHIND_MS);
    expect(clock.pace.mayWait).toBe(100);
    clock.write(20, QUICK_MS);
    expect(clock.pace.mayWait).toBe(120);
  });

  test('never stops the node for a slow write, even of one block', () => {
    const clock = new Clock();
    clock.write(1, 20 * MAX_BEHIND_MS);
    expect(clock.pace.mayWait).toBe(MIN_BEHIND_BLOCKS);
  });

  test('takes no measure from a write that failed or took no time', () => {
    const clock = new Clock();
    clock.write(0, 20 * MAX_BEHIND_MS);
    clock.write(1, 0);
    expect(clock.pace.mayWait).toBe(START_BEHIND_BLOCKS + 1);
  });

  test('does not wait for a database that hangs', () => {
    const clock = new Clock();
    clock.pace.begin();
    clock.nowMs += HANGING_MS;
    expect(clock.pace.mayWait).toBe(START_BEHIND_BLOCKS);
    clock.nowMs += 1;
    expect(clock.pace.mayWait).toBe(Infinity);
    clock.pace.end(10);
    expect(clock.pace.mayWait).toBe(MIN_BEHIND_BLOCKS);
  });

  /** Blocks come every ms as long as they may; a write takes `fixedMs`, and `eachMs` for each block. */
  function behind(fixedMs: number, eachMs: number, blocks: number) {
    const clock = new Clock();
    const connectedAtMs: number[] = [];
    const lagMs: number[] = [];
    let stored = 0;
    let mostBlocks = 0;
    let writing: { readonly upTo: number; readonly doneAtMs: number } | undefined;
    while (stored < blocks) {
      if (connectedAtMs.length < Math.min(blocks, stored + clock.pace.mayWait))
        connectedAtMs.push(clock.nowMs);
      mostBlocks = Math.max(mostBlocks, connectedAtMs.length - stored);
      if (writing !== undefined && clock.nowMs >= writing.doneAtMs) {
        clock.pace.end(writing.upTo - stored);
        for (; stored < writing.upTo; stored++) lagMs.push(clock.nowMs - (connectedAtMs[stored] ?? NaN));
        writing = undefined;
      }
      if (writing === undefined && connectedAtMs.length > stored) {
        clock.pace.begin();
        const upTo = connectedAtMs.length;
        writing = { upTo, doneAtMs: clock.nowMs + fixedMs + eachMs * (upTo - stored) };
      }
      clock.nowMs++;
    }
    return { mostBlocks, lagMs, tookMs: clock.nowMs };
  }

  test('holds a fast database’s chain up by nothing', () => {
    const { mostBlocks, tookMs } = behind(20, 0.2, 5_000);
    expect(mostBlocks).toBeLessThan(100);
    expect(tookMs).toBeLessThan(5_100);
  });

  test.each([
    [20, 1.5],
    [20, 10],
    [200, 5],
  ])('bounds how far one is behind that takes %d ms and %d a block', (fixedMs, eachMs) => {
    const { mostBlocks, lagMs } = behind(fixedMs, eachMs, 5_000);
    expect(mostBlocks).toBeLessThanOrEqual(MAX_BEHIND_BLOCKS);
    // A block waits for two writes at most: the one under way and its own. At first their pace is not known.
    const allowedMs = 1.25 * MAX_BEHIND_MS + 2 * fixedMs;
    expect(Math.max(...lagMs.slice(MAX_BEHIND_BLOCKS))).toBeLessThanOrEqual(allowedMs);
    expect(Math.max(...lagMs)).toBeLessThanOrEqual(2 * allowedMs);
  });
});
