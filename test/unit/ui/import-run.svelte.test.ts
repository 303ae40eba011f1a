import { expect, test } from 'vitest';
import type { Question, ToEngine } from '../../../web/engine/messages.ts';
import type { ImportReply } from '../../../web/node/archive-report.ts';
import { ImportRun } from '../../../web/ui/archive/import-run.svelte.ts';
import { EngineClient } from '../../../web/ui/engine-client.ts';
import { status } from './snapshots.ts';

type Asked = Extract<ToEngine, { type: 'ask' }>;

const NEXT: ImportReply = { kind: 'next', step: 'blocks', progress: { done: 1, total: 9 } };

/** A file whose reads end when the test says so, one after the other. */
class SlowFile extends Blob {
  readonly #reads: (() => void)[] = [];

  override slice(from?: number, to?: number): Blob {
    const piece = super.slice(from, to);
    const read = piece.arrayBuffer.bind(piece);
    piece.arrayBuffer = async () => {
      await new Promise<void>((resolve) => this.#reads.push(resolve));
      return read();
    };
    return piece;
  }

  async give(): Promise<void> {
    await expect.poll(() => this.#reads.length).toBe(1);
    this.#reads.shift()?.();
  }
}

function begin(bytes = 3 * 1024 * 1024) {
  const posted: ToEngine[] = [];
  const client = new EngineClient((message) => posted.push(message));
  client.receive({ type: 'status', status: status() });
  const run = new ImportRun(client);
  const file = new SlowFile([new Uint8Array(bytes)]);
  const asked = (kind: Question['kind']) =>
    posted.filter((message): message is Asked => message.type === 'ask' && message.question.kind === kind);
  const ended = run.start(file);
  const answer = async (
    kind: 'import-piece' | 'import-stop',
    nth: number,
    value: ImportReply | undefined,
  ) => {
    await expect.poll(() => asked(kind).length).toBe(nth);
    const { requestId } = asked(kind)[nth - 1] as Asked;
    client.receive({ type: 'answer', requestId, answer: { kind, value } as never });
  };
  return { run, file, asked, answer, ended };
}

test('cancelled while its file is read, it gives the engine no more of it', async () => {
  const { run, file, asked, answer, ended } = begin();
  await file.give();
  await answer('import-piece', 1, NEXT);
  run.cancel();
  await file.give();
  await answer('import-stop', 1, undefined);
  await ended;
  expect(asked('import-piece')).toHaveLength(1);
  expect(run.state).toEqual({ kind: 'cancelled' });
});

test('cancelled while the engine is at a piece, it tells the engine at once', async () => {
  const { run, file, asked, answer, ended } = begin();
  await file.give();
  await expect.poll(() => asked('import-piece')).toHaveLength(1);
  run.cancel();
  expect(asked('import-stop')).toHaveLength(1);
  await answer('import-stop', 1, undefined);
  await answer('import-piece', 1, { kind: 'stopped' });
  await ended;
  expect(run.state).toEqual({ kind: 'cancelled' });
});

test('cancelled too late, it says what came of it', async () => {
  const { run, file, asked, answer, ended } = begin(10);
  await file.give();
  await expect.poll(() => asked('import-piece')).toHaveLength(1);
  run.cancel();
  const outcome = { verdict: 'joined', added: 2, upTo: 2, problem: undefined } as const;
  await answer('import-piece', 1, { kind: 'done', outcome });
  await ended;
  expect(run.state).toEqual({ kind: 'done', outcome });
});
