import { flushSync } from 'svelte';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { ChainSnapshot } from '../../../web/node/snapshot.ts';
import { AT_ONCE, PacedChain, PAUSE_MS } from '../../../web/ui/chain/paced-chain.svelte.ts';
import { EngineClient } from '../../../web/ui/engine-client.ts';
import { blocks, chain } from './snapshots.ts';

const DELAY_MS = 100;

function begin(first: ChainSnapshot | null = chain(10)) {
  const client = new EngineClient(() => undefined);
  const tell = (value: ChainSnapshot) => client.receive({ type: 'slice', slice: 'chain', value });
  if (first !== null) tell(first);
  const timers: { readonly run: () => void; readonly ms: number }[] = [];
  const paced = new PacedChain(client, {
    delayMs: DELAY_MS,
    later: (run, ms) => timers.push({ run, ms }),
  });
  const stop = paced.follow();
  /** The time of the only timer passes; gives its ms. */
  const pass = (): number => {
    expect(timers).toHaveLength(1);
    const { run, ms } = timers.pop() as { run: () => void; ms: number };
    run();
    return ms;
  };
  return { paced, tell, pass, timers, stop };
}

test('shows what is there, and a few new blocks at once', () => {
  const { paced, tell, timers } = begin();
  expect(paced.chain?.height).toBe(10);
  tell(chain(10 + AT_ONCE));
  expect(paced.chain?.height).toBe(10 + AT_ONCE);
  expect(paced.isRushing).toBe(false);
  expect(timers).toEqual([]);
});

test('the first chain is shown at once, however long it is', () => {
  const { paced, tell, timers } = begin(null);
  tell(chain(5_000));
  expect(paced.chain?.height).toBe(5_000);
  expect(timers).toEqual([]);
});

test('looks once in a pause while many come, and takes the newest each time', () => {
  const { paced, tell, pass } = begin();
  tell(chain(100));
  expect(paced.isRushing).toBe(true);
  expect(paced.chain?.height).toBe(10);
  tell(chain(200));
  expect(pass()).toBe(DELAY_MS);
  expect(paced.chain?.height).toBe(200);
  tell(chain(300));
  tell(chain(400));
  expect(paced.chain?.height).toBe(200);
  expect(pass()).toBe(PAUSE_MS);
  expect(paced.chain?.height).toBe(400);
});

test('ends with the last block shown, and then is at once again', () => {
  const { paced, tell, pass, timers } = begin();
  tell(chain(100));
  pass();
  tell(chain(101));
  expect(paced.chain?.height).toBe(100);
  pass();
  expect(paced.chain?.height).toBe(101);
  expect(paced.isRushing).toBe(false);
  expect(timers).toEqual([]);
  tell(chain(102));
  expect(paced.chain?.height).toBe(102);
});

function hide(): { seen: () => void } {
  const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
  onTestFinished(() => hidden.mockRestore());
  return {
    seen() {
      hidden.mockReturnValue(false);
      document.dispatchEvent(new Event('visibilitychange'));
    },
  };
}

test('while the page is hidden it looks at nothing, and at the newest once when it is seen again', () => {
  const { paced, tell, pass, timers } = begin();
  tell(chain(100));
  pass();
  const { seen } = hide();
  tell(chain(200));
  pass();
  tell(chain(300));
  expect(paced.chain?.height).toBe(100);
  expect(timers).toEqual([]);
  seen();
  expect(paced.chain?.height).toBe(300);
  tell(chain(400));
  expect(paced.chain?.height).toBe(300);
  expect(pass()).toBe(PAUSE_MS);
  expect(paced.chain?.height).toBe(400);
});

test('what came before the page was hidden, and nothing after it, is shown when it is seen again', () => {
  const { paced, tell, pass, timers } = begin();
  tell(chain(100));
  pass();
  tell(chain(101));
  const { seen } = hide();
  pass();
  expect(paced.chain?.height).toBe(100);
  seen();
  expect(paced.chain?.height).toBe(101);
  expect(paced.isRushing).toBe(false);
  expect(timers).toEqual([]);
});

test('a change of something else is no new block', () => {
  const { paced, tell, timers } = begin();
  tell(chain(10, { headerHeight: 5_000 }));
  expect(paced.chain?.headerHeight).toBe(5_000);
  expect(timers).toEqual([]);
});

test('counts the blocks of another branch, not the difference in height', () => {
  const { paced, tell, pass } = begin();
  tell(chain(11, { tipId: 'b11', recent: [...blocks(6, 11, 'b'), ...blocks(0, 5)] }));
  expect(paced.isRushing).toBe(true);
  pass();
  expect(paced.chain?.tipId).toBe('b11');
});

test('is a reactive value, and hears nothing any more once it was stopped', () => {
  const { paced, tell, stop } = begin();
  const seen: (number | undefined)[] = [];
  const end = $effect.root(() => {
    $effect(() => void seen.push(paced.chain?.height));
  });
  flushSync();
  tell(chain(11));
  flushSync();
  stop();
  tell(chain(12));
  flushSync();
  expect(seen).toEqual([10, 11]);
  end();
});
