/** The platform's chance, as the node's port wants it. */
import type { Rng } from '../node/ports.ts';

export const platformRandom: Rng = {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  next: () => (crypto.getRandomValues(new Uint32Array(1))[0] as number) / 2 ** 32,
};
