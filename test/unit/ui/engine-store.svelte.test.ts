import { flushSync } from 'svelte';
import { expect, test } from 'vitest';
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

test('a snapshot reaches the page as it is, not as a proxy', () => {
  const client = new EngineClient(() => {});
  const store = new EngineStore(client);
  const value = chain(3);
  client.receive({ type: 'slice', slice: 'chain', value });
  expect(store.chain).toBe(value);
});
