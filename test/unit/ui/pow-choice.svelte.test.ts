import { expect, test } from 'vitest';
import type { ToEngine } from '../../../web/engine/messages.ts';
import { EngineClient } from '../../../web/ui/engine-client.ts';
import { PowChoice } from '../../../web/ui/pow-choice.svelte.ts';
import { status } from './snapshots.ts';

function choosing() {
  const posted: ToEngine[] = [];
  const client = new EngineClient((message) => posted.push(message));
  client.receive({ type: 'status', status: status() });
  const choice = new PowChoice(client, undefined);
  return { choice, posted };
}

test('a low battery switches mining off, and leaves the number of workers as it was', () => {
  const { choice, posted } = choosing();
  choice.holdBack('battery');
  expect(posted).toEqual([{ type: 'pow', mode: 'off', workers: undefined }]);
  expect(choice.hold).toBe('battery');
});

test('the user’s own choice stands', () => {
  const { choice, posted } = choosing();
  choice.choose('always', 3);
  choice.holdBack('battery');
  expect(posted).toEqual([{ type: 'pow', mode: 'always', workers: 3 }]);
  expect(choice.hold).toBeUndefined();
});
