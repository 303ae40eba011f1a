/** What the observers in the page, in its engine and in its workers tell each other. */

/** Something that happened, in ms since 1970 on a clock that the page and its workers share. */
export interface Observed {
  /**
   * `order <type>`: the page tells its engine something; `in <message>`, `out <message>`: one of a peer's or for
   * one, as it crosses between page and engine or goes into the channel; `task <change>`, `stop`: a worker takes
   * this up, and searches for nothing older from then on; `found`: a worker posts its find.
   */
  readonly name: string;
  readonly atMs: number;
  /** Differs between the workers of a page. */
  readonly worker: number;
}

/** A BroadcastChannel from the workers to their page. Other tabs of the benchmark have contexts of their own. */
export const CHANNEL = 'observed';

/** From the page to the observer in its engine. */
export const HOLD_FINDS = 'hold-finds';
export interface HoldFinds {
  readonly type: typeof HOLD_FINDS;
  readonly hold: boolean;
}

export function sharedNowMs(): number {
  return performance.timeOrigin + performance.now();
}
