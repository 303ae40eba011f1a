/** Whom not to dial again yet: who could not be reached lately, and whom we have let go ourselves. */
import { BoundedMap } from './bounded.ts';
import type { Rng } from './ports.ts';

/** Names of peers, of either route: a room of 200 with two names each has place. */
const MAX_REMEMBERED = 512;
export const RETRY_MIN_MS = 2_000;
/** A room of two has nobody else to dial. */
export const RETRY_MAX_MS = 60_000;
/** So that letting one go for another does not become a habit of both. */
export const LET_GO_MS = 10 * 60_000;

interface Failures {
  readonly count: number;
  readonly untilMs: number;
}

export class DialHistory {
  readonly #rng: Rng;
  readonly #failed = new BoundedMap<string, Failures>(MAX_REMEMBERED);
  readonly #letGo = new BoundedMap<string, number>(MAX_REMEMBERED);

  constructor(rng: Rng) {
    this.#rng = rng;
  }

  isFailing(id: string, nowMs: number): boolean {
    const until = this.#failed.get(id)?.untilMs ?? nowMs;
    return until > nowMs;
  }

  wasLetGo(id: string, nowMs: number): boolean {
    const atMs = this.#letGo.get(id);
    return atMs !== undefined && nowMs >= atMs && nowMs - atMs < LET_GO_MS;
  }

  /** Half jitter: never at once, and not all who lost the same peer at the same time. */
  onFailed(id: string, nowMs: number): void {
    const count = (this.#failed.get(id)?.count ?? 0) + 1;
    const backoffMs = Math.min(RETRY_MIN_MS * 2 ** Math.min(count - 1, 10), RETRY_MAX_MS);
    this.#failed.set(id, { count, untilMs: nowMs + backoffMs * (0.5 + this.#rng.next() / 2) });
  }

  /** A link to it has lasted: what failed before says nothing any more. */
  onLasted(id: string): void {
    this.#failed.delete(id);
  }

  onLetGo(id: string, nowMs: number): void {
    this.#letGo.set(id, nowMs);
  }

  /** We were offline or asleep, or somebody has room now: the failures say nothing of the others. */
  forgive(): void {
    this.#failed.clear();
  }
}
