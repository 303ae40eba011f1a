/**
 * Posts snapshots to the page: each slice when it changed, and all changes of
 * a moment together, so that a burst of blocks costs the page one frame.
 */
import type { Slices } from '../node/snapshot.ts';
import type { SliceMessage } from './messages.ts';

/** Four frames: below what anyone sees, and a pause for the page while thousands of blocks arrive. */
const COALESCE_MS = 66;
/** While hundreds of blocks a second arrive nobody reads them, and each post makes the page show two dozen others. */
const CATCHING_UP_MS = 250;

type SliceMakers = { readonly [K in keyof Slices]: () => Slices[K] };

export class SlicePoster {
  readonly #make: SliceMakers;
  readonly #post: (message: SliceMessage) => void;
  readonly #posted = new Map<keyof Slices, string>();
  readonly #isCatchingUp: () => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(make: SliceMakers, post: (message: SliceMessage) => void, isCatchingUp: () => boolean) {
    this.#make = make;
    this.#post = post;
    this.#isCatchingUp = isCatchingUp;
  }

  /** Something may have changed. */
  schedule(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.flush();
      },
      this.#isCatchingUp() ? CATCHING_UP_MS : COALESCE_MS,
    );
  }

  flush(): void {
    for (const slice of Object.keys(this.#make) as (keyof Slices)[]) this.#flushSlice(slice);
  }

  #flushSlice<K extends keyof Slices>(slice: K): void {
    const value = this.#make[slice]();
    // All slices are small and plain: their text tells whether they changed.
    const text = JSON.stringify(value);
    if (this.#posted.get(slice) === text) return;
    this.#posted.set(slice, text);
    this.#post({ type: 'slice', slice, value } as SliceMessage);
  }
}
