/** Long enough to find a button, short enough that no arrow stands in what people read. */
const STILL_MS = 3_000;

/** Is the pointer at rest? Then it is in the way. */
export class IdlePointer {
  still = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** For a window; returns what ends it. */
  follow(): () => void {
    const moved = (): void => {
      this.still = false;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => (this.still = true), STILL_MS);
    };
    moved();
    for (const event of ['pointermove', 'pointerdown', 'keydown']) addEventListener(event, moved);
    return () => {
      clearTimeout(this.#timer);
      for (const event of ['pointermove', 'pointerdown', 'keydown']) removeEventListener(event, moved);
    };
  }
}
