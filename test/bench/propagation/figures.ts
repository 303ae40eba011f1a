/** What the benchmark of propagation tells. Times in ms; bytes by node and block. */
import type { Spread } from '../measuring/spread.ts';

export interface RoomFigures {
  readonly tabs: number;
  /** A tab has so many on average. */
  readonly links: number;
  readonly blocks: number;
  /** A block for each message, as the page is used. */
  readonly single: {
    readonly acceptedMs: Spread;
    readonly sealedMs: Spread;
    /** With those of the message before. */
    readonly bytes: number;
  };
  /** Blocks of many messages that all tabs have, as compact blocks: the page as it is. */
  readonly compact: KnownFigures;
  /** The same in a room whose nodes know no compact blocks. */
  readonly whole: KnownFigures;
  /** 300 bytes over bare channels in the same graph. */
  readonly floodMs: Spread;
}

export interface KnownFigures {
  readonly messages: number;
  readonly acceptedMs: Spread;
  readonly bytes: number;
}
