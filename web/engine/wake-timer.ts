/**
 * One timer for the moment at which the node next wants to be called, for
 * what can't wait for the engine's next tick.
 */
export class WakeTimer {
  readonly #wakeAtMs: () => number | undefined;
  readonly #wake: (nowMs: number) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What the timer is set for. */
  #setForMs: number | undefined;

  /** `wakeAtMs` is in ms since 1970; undefined means that nothing waits. */
  constructor(wakeAtMs: () => number | undefined, wake: (nowMs: number) => void) {
    this.#wakeAtMs = wakeAtMs;
    this.#wake = wake;
  }

  /** Call it after everything that may have moved the moment. Cheap when nothing did. */
  set(): void {
    const atMs = this.#wakeAtMs();
    if (atMs === this.#setForMs) return;
    clearTimeout(this.#timer);
    this.#setForMs = atMs;
    if (atMs === undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#setForMs = undefined;
        this.#wake(Date.now());
        // The moment may not have come yet: timers run on a clock of their own.
        this.set();
      },
      Math.max(0, atMs - Date.now()),
    );
  }
}
