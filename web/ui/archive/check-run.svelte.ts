import type { ArchiveProgress } from '../../node/archive-report.ts';
import type { CheckOutcome } from '../../node/check-report.ts';
import type { EngineClient } from '../engine-client.ts';

export type CheckState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly progress: ArchiveProgress }
  | { readonly kind: 'done'; readonly outcome: CheckOutcome }
  /** `blocks`: checked by then. */
  | { readonly kind: 'cancelled'; readonly blocks: number }
  /** The node has stopped. */
  | { readonly kind: 'failed' };

/** The check of the stored chain that is under way, or how the last one ended. It goes on while nobody looks. */
export class CheckRun {
  readonly #client: EngineClient;
  state = $state.raw<CheckState>({ kind: 'idle' });
  #ended = $state(0);
  /** Of those that were started. */
  #current = 0;

  constructor(client: EngineClient) {
    this.#client = client;
  }

  /** How many checks have ended or were cancelled. After each, blocks that could not be read may be stored anew. */
  get ended(): number {
    return this.#ended;
  }

  /** `total`: blocks that there are. Resolves when it has ended, or was cancelled. */
  async start(total: number): Promise<void> {
    if (this.state.kind === 'running') return;
    const own = ++this.#current;
    this.state = { kind: 'running', progress: { done: 0, total } };
    for (let isFirst = true; ; isFirst = false) {
      const reply = await this.#client.ask({ kind: 'check-next', isFirst });
      // Cancelled meanwhile, and perhaps begun anew.
      if (own !== this.#current) return;
      if (reply?.kind !== 'next') {
        this.state = reply?.kind === 'done' ? { kind: 'done', outcome: reply.outcome } : { kind: 'failed' };
        this.#ended++;
        return;
      }
      this.state = { kind: 'running', progress: reply.progress };
    }
  }

  /** What was stored anew stays so. */
  cancel(): void {
    if (this.state.kind !== 'running') return;
    this.#current++;
    this.state = { kind: 'cancelled', blocks: this.state.progress.done };
    void this.#client.ask({ kind: 'check-stop' });
    this.#ended++;
  }
}
