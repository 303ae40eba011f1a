import type { Spread } from '../measuring/spread.ts';

/** Of messages from one tab to so many others, in ms: from given away by its page until each other page has it. */
export interface FanOutFigures {
  readonly receivers: number;
  readonly messages: number;
  readonly bytes: number;
  /** Signed, passed on by a mesh of a few links each, and verified. */
  readonly tabchainMs: Spread;
  /** Put into a shared list, sent to each by a link of its own, neither signed nor verified. */
  readonly yWebrtcMs: Spread;
  /** The bytes alone, sent to each by a link of its own. */
  readonly bareMs: Spread;
}
