import type { WireRecord } from '../../node/wire-record.ts';
import type { EngineClient } from '../engine-client.ts';
import { everybodyIn, everything, filtered, linkKeys, withNews, type WireFilter } from './wire-log.ts';

/** The messages that the page shows: those that passed since it looks, or up to where it was paused. */
export class WireFeed {
  filter = $state.raw<WireFilter>(everything);
  #records = $state.raw<readonly WireRecord[]>([]);
  /** What is shown while it is paused. */
  #held = $state.raw<readonly WireRecord[]>();
  #dropped = $state(0);

  readonly #kept = $derived(this.#held ?? this.#records);
  readonly keys = $derived(linkKeys(this.#kept));
  /** Newest first. */
  readonly shown = $derived(filtered(this.#kept, this.filter, this.keys));
  /** Everybody in what is kept, as `whoOf` names them. */
  readonly everybody = $derived(everybodyIn(this.#kept, this.keys));

  /** Watches until what it returns is called. */
  follow(client: EngineClient): () => void {
    return client.watchWire((records, dropped) => {
      this.#records = withNews(this.#records, records);
      this.#dropped += dropped;
    });
  }

  get isPaused(): boolean {
    return this.#held !== undefined;
  }

  /** How many are kept, whatever the filter says. */
  get kept(): number {
    return this.#kept.length;
  }

  /** Passed so fast that they were not decoded. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Passed since it was paused. */
  get since(): number {
    if (this.#held === undefined) return 0;
    return (this.#records[0]?.number ?? 0) - (this.#held[0]?.number ?? 0);
  }

  pause(): void {
    this.#held ??= this.#records;
  }

  resume(): void {
    this.#held = undefined;
  }

  clear(): void {
    this.#records = [];
    this.#dropped = 0;
    if (this.#held !== undefined) this.#held = [];
  }
}
