import type { Block } from '../core/block.ts';
import type { SignatureCache } from '../core/signature-cache.ts';
import type { Verifier } from '../node/ports.ts';

/**
 * Resolves, and never rejects, when the verifier has looked at the signatures of these blocks: `check` then answers at
 * once. A question for each block, so that several workers can share in them.
 */
export async function lookAhead(
  verifier: Verifier,
  signatures: SignatureCache,
  blocks: readonly Block[],
): Promise<void> {
  await Promise.all(
    blocks.map(
      ({ transactions }) =>
        new Promise<void>((resolve) => {
          verifier.lookAhead(signatures.open(transactions), (good) => {
            signatures.trust(good);
            resolve();
          });
        }),
    ),
  );
}
