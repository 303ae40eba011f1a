import { flushSync } from 'svelte';
import { expect, test, vi } from 'vitest';
import { EngineClient } from '../../../web/ui/engine-client.ts';
import { EngineStore } from '../../../web/ui/engine-store.svelte.ts';
import { chain, status } from './snapshots.ts';

test('an effect runs again when the slice that it read is replaced, and only then', () => {
  const client = new EngineClient(() => {});
  const store = new EngineStore(client);
  const seen: (number | undefined)[] = [];
  const stop = $effect.root(() => {
    $effect(() => void seen.push(store.chain?.height));
  });
  flushSync();
  client.receive({ type: 'slice', slice: 'chain', value: chain(1) });
  flushSync();
  client.receive({ type: 'slice', slice: 'peers', value: { peers: [] } });
  client.receive({ type: 'status', status: status() });
  flushSync();
  expect(seen).toEqual([undefined, 1]);
  stop();
  client.receive({ type: 'slice', slice: 'chain', value: chain(2) });
  flushSync();
  expect(seen).toEqual([undefined, 1]);
});

test('a hidden page hears of what changed once, when it is seen again; of the status at once', () => {
  const client = new EngineClient(() => {});
  const store = new EngineStore(client);
  const heights: (number | undefined)[] = [];
  const phases: string[] = [];
  const stop = $effect.root(() => {
    $effect(() => void heights.push(store.chain?.height));
    $effect(() => void phases.push(store.status.phase.kind));
  });
  flushSync();
  const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
  client.receive({ type: 'slice', slice: 'chain', value: chain(1) });
  client.receive({ type: 'slice', slice: 'chain', value: chain(2) });
  client.receive({ type: 'status', status: status() });
  flushSync();
  expect(heights).toEqual([undefined]);
  expect(phases).toEqual(['opening', 'running']);
  expect(store.chain?.height).toBe(2);

  hidden.mockReturnValue(false);
  document.dispatchEvent(new Event('visibilitychange'));
  flushSync();
  expect(heights).toEqual([undefined, 2]);
  document.dispatchEvent(new Event('visibilitychange'));
  client.receive({ type: 'slice', slice: 'chain', value: chain(3) });
  flushSync();
  expect(heights).toEqual([undefined, 2, 3]);
  stop();
  hidden.mockRestore();
});

test('a snapshot reaches the page as it is, not as a proxy', () => {
  const client = new EngineClient(() => {});
  const store = new EngineStore(client);
  const value = chain(3);
  client.receive({ type: 'slice', slice: 'chain', value });
  expect(store.chain).toBe(value);
});
