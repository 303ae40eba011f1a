import type { ArchiveProgress, ImportOutcome } from '../../node/archive-report.ts';
import type { EngineClient } from '../engine-client.ts';

/** Of the file, given to the engine at a time. */
const PIECE_BYTES = 1024 * 1024;

export type ImportState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly step: 'headers' | 'blocks'; readonly progress: ArchiveProgress }
  | { readonly kind: 'done'; readonly outcome: ImportOutcome }
  | { readonly kind: 'failed'; readonly code: 'unreadable' | 'stopped' }
  | { readonly kind: 'cancelled' };

/** The import that is under way, or how the last one ended. It goes on while nobody looks. */
export class ImportRun {
  readonly #client: EngineClient;
  state = $state.raw<ImportState>({ kind: 'idle' });
  #cancelled = false;

  constructor(client: EngineClient) {
    this.#client = client;
  }

  async start(file: Blob): Promise<void> {
    if (this.state.kind === 'running') return;
    this.#cancelled = false;
    this.state = { kind: 'running', step: 'headers', progress: { done: 0, total: 0 } };
    this.state = await this.#load(file);
    if (this.state.kind === 'failed') await this.#stopEngine();
  }

  /** What was checked before stays in the chain. */
  cancel(): void {
    if (this.state.kind !== 'running') return;
    this.#cancelled = true;
    // It may be at the piece that it has for seconds.
    void this.#stopEngine();
  }

  #stopEngine(): Promise<unknown> {
    return this.#client.ask({ kind: 'import-stop' });
  }

  async #load(file: Blob): Promise<ImportState> {
    let at = 0;
    let isFirst = true;
    for (;;) {
      const bytes = await bytesOf(file.slice(at, at + PIECE_BYTES));
      if (this.#cancelled) return { kind: 'cancelled' };
      if (bytes === undefined) return { kind: 'failed', code: 'unreadable' };
      at += bytes.length;
      const reply = await this.#client.ask({ kind: 'import-piece', bytes, isFirst, isLast: at >= file.size });
      if (reply?.kind === 'done') return { kind: 'done', outcome: reply.outcome };
      if (this.#cancelled) return { kind: 'cancelled' };
      if (reply === undefined || reply.kind === 'stopped') return { kind: 'failed', code: 'stopped' };
      isFirst = false;
      if (reply.kind === 'rewind') at = 0;
      this.state = { kind: 'running', step: reply.step, progress: reply.progress };
    }
  }
}

/** Undefined if the file is gone, or was changed since it was chosen. */
async function bytesOf(piece: Blob): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await piece.arrayBuffer());
  } catch {
    return undefined;
  }
}
