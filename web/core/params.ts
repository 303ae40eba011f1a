/** The numbers of the two networks. PROTOCOL.md lists them with their reasons. */

export type Network = 'room' | 'regtest';

export interface Params {
  readonly network: Network;
  /** The easiest target, compact. */
  readonly powLimitBits: number;
  /** false: every block has the easiest target. */
  readonly retarget: boolean;
  readonly spacingSeconds: number;
  readonly halfLifeSeconds: number;
  /** No block counts as having taken longer than this, or less than its negative. */
  readonly solveCapSeconds: number;
  readonly reliefStepSeconds: number;
  readonly reliefMaxDoublings: number;
  /** A header's time may be this far ahead of our clock. */
  readonly maxFutureSeconds: number;
  /** The first subsidy; it halves, rounded down, every `halvingBlocks`. */
  readonly subsidy: number;
  readonly halvingBlocks: number;
  readonly maxBlockBytes: number;
}

export const ROOM: Params = {
  network: 'room',
  // 2^234 rounded down to compact form: 2^22 hashes, seconds of one tab.
  powLimitBits: 0x1e03ffff,
  retarget: true,
  spacingSeconds: 15,
  halfLifeSeconds: 150,
  solveCapSeconds: 300,
  reliefStepSeconds: 120,
  reliefMaxDoublings: 5,
  maxFutureSeconds: 90,
  subsidy: 50,
  halvingBlocks: 100_000,
  maxBlockBytes: 64 * 1024,
};

/** For tests that need many blocks: two hashes each, as in Bitcoin's network of that name. */
export const REGTEST: Params = { ...ROOM, network: 'regtest', powLimitBits: 0x207fffff, retarget: false };

export function paramsOf(network: Network): Params {
  return network === 'room' ? ROOM : REGTEST;
}

/** The new credits that a block at `height` makes. */
export function subsidyAt(params: Params, height: number): number {
  return Math.floor(params.subsidy / 2 ** Math.floor(height / params.halvingBlocks));
}
