import { flushSync, mount, tick, unmount } from 'svelte';
import { afterEach, expect, test } from 'vitest';
import type { ToEngine } from '../../../web/engine/messages.ts';
import { EngineClient } from '../../../web/ui/engine-client.ts';
import ComposerHolder from './ComposerHolder.svelte';
import { status } from './snapshots.ts';

let close = () => {};
afterEach(() => {
  close();
  sessionStorage.clear();
});

/** A room's composer, and the engine that it hands messages to. */
function openRoom({ isRunning = true } = {}) {
  const posted: ToEngine[] = [];
  const client = new EngineClient((message) => posted.push(message));
  const run = () => client.receive({ type: 'status', status: status() });
  if (isRunning) run();
  const view = $state({ isChain: true });
  const app = mount(ComposerHolder, { target: document.body, props: { client, view } });
  flushSync();
  close = () => void unmount(app);
  const field = () => document.querySelector('textarea') as HTMLTextAreaElement;
  const composed = () => posted.filter((message) => message.type === 'compose');
  return {
    run,
    field,
    composed,
    type(text: string) {
      field().value = text;
      field().dispatchEvent(new Event('input', { bubbles: true }));
      flushSync();
    },
    pressEnter(how: KeyboardEventInit = {}) {
      const event = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...how });
      field().dispatchEvent(event);
      flushSync();
    },
    look(isChain: boolean) {
      view.isChain = isChain;
      flushSync();
    },
    async answer(result: { ok: true; txId: string } | { ok: false; code: 'sender-limit' }) {
      const requestId = composed()[0]?.requestId ?? 0;
      client.receive({ type: 'composed', requestId, result });
      await tick();
    },
  };
}

test('Enter writes; with Shift it makes a new line', () => {
  const room = openRoom();
  room.type('hello');
  room.pressEnter({ shiftKey: true });
  expect(room.composed()).toEqual([]);
  room.pressEnter();
  expect(room.composed()).toMatchObject([{ draft: { memo: 'hello' } }]);
});

test('the Enter by which a Japanese word is chosen writes nothing, whichever way the browser says so', () => {
  const room = openRoom();
  room.type('こんにちは');
  room.pressEnter({ isComposing: true });
  // Safari: the composition has ended.
  room.pressEnter({ isComposing: false, keyCode: 229 } as KeyboardEventInit);
  expect(room.composed()).toEqual([]);
});

test('what was handed in is not in the field again after a look at another view', async () => {
  const room = openRoom({ isRunning: false });
  room.type('written once');
  room.pressEnter();
  room.look(false);
  room.run();
  await room.answer({ ok: true, txId: 'tx' });
  room.look(true);
  expect(room.field().value).toBe('');
  expect(sessionStorage.getItem('tabchain/unsent/room')).toBe('');
});

test('and is not handed in twice while it waits for its answer', async () => {
  const room = openRoom({ isRunning: false });
  room.type('written once');
  room.pressEnter();
  room.look(false);
  room.look(true);
  room.pressEnter();
  room.run();
  expect(room.composed()).toHaveLength(1);
  await room.answer({ ok: true, txId: 'tx' });
  expect(room.field().value).toBe('');
});

test('what is refused while another view is looked at is kept, with the reason', async () => {
  const room = openRoom();
  room.type('too many');
  room.pressEnter();
  room.look(false);
  await room.answer({ ok: false, code: 'sender-limit' });
  room.look(true);
  expect(room.field().value).toBe('too many');
  expect(document.body.textContent).toContain('25 messages pending');
});
