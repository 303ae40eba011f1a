import type { ArchiveProgress } from '../../node/archive-report.ts';
import type { EngineClient } from '../engine-client.ts';
import type { FileTarget } from './file-target.ts';

/** A room whose chain is replaced again and again while it is saved has other troubles. */
const MAX_TRIES = 3;

export type ExportProblem =
  | { readonly code: 'unreadable'; readonly height: number }
  | { readonly code: 'reorganized' | 'write' | 'stopped' };

export type ExportState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly progress: ArchiveProgress }
  | { readonly kind: 'done'; readonly blocks: number; readonly firstHeight: number }
  | { readonly kind: 'failed'; readonly problem: ExportProblem };

/** The export that is under way, or how the last one ended. It goes on while nobody looks. */
export class ExportRun {
  readonly #client: EngineClient;
  state = $state.raw<ExportState>({ kind: 'idle' });
  #cancelled = false;
  /** From the click on: while the user is asked for a file, too. */
  #isBusy = false;

  constructor(client: EngineClient) {
    this.#client = client;
  }

  /** `open` gives the file to write to, or undefined: then nothing happens. Nor does it while another one is under way. */
  async start(open: () => Promise<FileTarget | undefined>): Promise<void> {
    // The engine makes one file at a time: each of two would get every other piece of it.
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      const target = await open();
      if (target !== undefined) await this.#saveTo(target);
    } finally {
      this.#isBusy = false;
    }
  }

  /** No file is left behind. */
  cancel(): void {
    this.#cancelled = true;
  }

  async #saveTo(target: FileTarget): Promise<void> {
    this.#cancelled = false;
    const state = await this.#save(target).catch((): ExportState => failed({ code: 'write' }));
    if (state.kind !== 'done') {
      await this.#client.ask({ kind: 'export-stop' });
      // What can't even be given up is no file either.
      await target.abort().catch(() => undefined);
    }
    this.state = state;
  }

  /** Rejects if the target does. */
  async #save(target: FileTarget): Promise<ExportState> {
    for (let tries = 1; ; tries++) {
      const plan = await this.#client.ask({ kind: 'export-begin' });
      if (plan === undefined) return failed({ code: 'stopped' });
      const { firstHeight, tipHeight } = plan;
      const total = tipHeight - firstHeight + 1;
      this.state = { kind: 'running', progress: { done: 0, total } };
      const end = await this.#pieces(target);
      if (end === 'complete') {
        await target.close();
        return { kind: 'done', blocks: total, firstHeight };
      }
      if (end.kind !== 'failed' || end.problem.code !== 'reorganized' || tries === MAX_TRIES) return end;
      await target.restart();
    }
  }

  async #pieces(target: FileTarget): Promise<ExportState | 'complete'> {
    for (;;) {
      const reply = await this.#client.ask({ kind: 'export-next' });
      switch (reply?.kind) {
        case undefined:
        case 'stopped':
          return failed({ code: 'stopped' });
        case 'reorganized':
          return failed({ code: 'reorganized' });
        case 'unreadable':
          return failed({ code: 'unreadable', height: reply.height });
        case 'piece':
          await target.write(reply.bytes as Uint8Array<ArrayBuffer>);
          if (this.#cancelled) return { kind: 'idle' };
          this.state = { kind: 'running', progress: reply.progress };
          if (reply.isLast) return 'complete';
      }
    }
  }
}

function failed(problem: ExportProblem): ExportState {
  return { kind: 'failed', problem };
}
