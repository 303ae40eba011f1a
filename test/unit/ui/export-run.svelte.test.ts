import { expect, test } from 'vitest';
import type { ToEngine } from '../../../web/engine/messages.ts';
import { ExportRun } from '../../../web/ui/archive/export-run.svelte.ts';
import type { FileTarget } from '../../../web/ui/archive/file-target.ts';
import { EngineClient } from '../../../web/ui/engine-client.ts';
import { status } from './snapshots.ts';

const PIECES = 3;

/** An engine that makes one file at a time, whoever asks for its pieces. */
function exportingClient(): EngineClient {
  let given = PIECES;
  const answer = (kind: string): unknown => {
    switch (kind) {
      case 'export-begin':
        given = 0;
        return { genesisId: '', firstHeight: 1, tipHeight: PIECES };
      case 'export-next':
        if (given === PIECES) return { kind: 'stopped' };
        given++;
        return {
          kind: 'piece',
          bytes: Uint8Array.of(given),
          progress: { done: given, total: PIECES },
          isLast: given === PIECES,
        };
      default:
        return undefined;
    }
  };
  const client: EngineClient = new EngineClient((message: ToEngine) => {
    if (message.type !== 'ask') return;
    const { requestId, question } = message;
    const value = answer(question.kind);
    queueMicrotask(() =>
      client.receive({ type: 'answer', requestId, answer: { kind: question.kind, value } as never }),
    );
  });
  client.receive({ type: 'status', status: status() });
  return client;
}

class MemoryFile implements FileTarget {
  written: number[] = [];
  isClosed = false;

  async write(bytes: Uint8Array): Promise<void> {
    // As a disk does, later than the engine.
    await new Promise((resolve) => setImmediate(resolve));
    this.written.push(...bytes);
  }

  async restart(): Promise<void> {
    this.written = [];
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  async abort(): Promise<void> {}
}

test('a second click while the user is asked for a file does nothing: there is one file, and it is whole', async () => {
  const run = new ExportRun(exportingClient());
  const files: MemoryFile[] = [];
  const open = async () => {
    const file = new MemoryFile();
    files.push(file);
    await Promise.resolve();
    return file;
  };
  await Promise.all([run.start(open), run.start(open)]);
  expect(files.map(({ written, isClosed }) => [written, isClosed])).toEqual([[[1, 2, 3], true]]);
  expect(run.state).toEqual({ kind: 'done', blocks: PIECES, firstHeight: 1 });
});

test('who chose no file can choose again', async () => {
  const run = new ExportRun(exportingClient());
  await run.start(() => Promise.resolve(undefined));
  expect(run.state).toEqual({ kind: 'idle' });
  const file = new MemoryFile();
  await run.start(() => Promise.resolve(file));
  expect(file.written).toEqual([1, 2, 3]);
});
