import type { Verifier } from '../node/ports.ts';

/** So many of one block are a worker's even if no other block is on its way: fewer are verified here sooner. */
export const MANY_SIGNATURES = 64;

export interface NodeVerifierOptions {
  readonly workers: Verifier;
  readonly ownThread: Verifier;
  readonly isCatchingUp: () => boolean;
  /** The node has taken an answer. What it shows may be another by that, and when it next wants to be called. */
  readonly onAnswered: () => void;
}

/** Who looks at a block's signatures for the node, ahead of need. */
export function createNodeVerifier(options: NodeVerifierOptions): Verifier {
  const { workers, ownThread, isCatchingUp, onAnswered } = options;
  return {
    lookAhead(transactions, done) {
      const isMuch = isCatchingUp() || transactions.length >= MANY_SIGNATURES;
      (isMuch ? workers : ownThread).lookAhead(transactions, (good) => {
        done(good);
        onAnswered();
      });
    },
  };
}
