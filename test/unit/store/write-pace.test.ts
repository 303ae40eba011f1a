import { describe, expect, test } from 'vitest';
import {
  HANGING_MS,
  MAX_BEHIND_BLOCKS,
  MAX_BEHIND_MS,
  MIN_BEHIND_BLOCKS,
  QUICK_MS,
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
  test('lets a fast database fall behind by a number of blocks', () => {
    const { pace } = new Clock();
    expect(pace.mayWait).toBe(MAX_BEHIND_BLOCKS);
  });

  test('lets a slow one fall behind by what it writes in time', () => {
    const clock = new Clock();
    clock.write(400, 4 * MAX_BEHIND_MS);
    expect(clock.pace.mayWait).toBe(100);
    clock.write(100, MAX_BEHIND_MS / 10);
    expect(clock.pace.mayWait).toBe(MAX_BEHIND_BLOCKS);
  });

  test('never stops the node for a slow write, even of one block', () => {
    const clock = new Clock();
    clock.write(1, 20 * MAX_BEHIND_MS);
    expect(clock.pace.mayWait).toBe(MIN_BEHIND_BLOCKS);
  });

  test('takes no measure from a quick write of few blocks: most of its time is the same for many', () => {
    const clock = new Clock();
    clock.write(1, QUICK_MS);
    expect(clock.pace.mayWait).toBe(MAX_BEHIND_BLOCKS);
  });

  test('takes no measure from a write that failed or took no time', () => {
    const clock = new Clock();
    clock.write(0, 20 * MAX_BEHIND_MS);
    clock.write(1, 0);
    expect(clock.pace.mayWait).toBe(MAX_BEHIND_BLOCKS);
  });

  test('does not wait for a database that hangs', () => {
    const clock = new Clock();
    clock.pace.begin();
    clock.nowMs += HANGING_MS;
    expect(clock.pace.mayWait).toBe(MAX_BEHIND_BLOCKS);
    clock.nowMs += 1;
    expect(clock.pace.mayWait).toBe(Infinity);
    clock.pace.end(10);
    expect(clock.pace.mayWait).toBe(MIN_BEHIND_BLOCKS);
  });
});
