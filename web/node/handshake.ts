/**
 * Proof that a peer holds the key of its hello: an Ed25519 signature over both
 * challenges, both keys and the name of the channel, so that it can't be
 * replayed on another link, to another peer or in another room, nor passed on
 * word by word by somebody who has a link to each of two nodes.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { taggedHash } from '../core/hash.ts';
import type { Verify } from '../core/transaction.ts';
import type { Hello } from './messages.ts';

function proofHash(genesisHash: Uint8Array, channel: Uint8Array, prover: Hello, asker: Hello): Uint8Array {
  return taggedHash(
    'tabchain/handshake',
    genesisHash,
    channel,
    asker.challenge,
    prover.challenge,
    hexToBytes(asker.key),
    hexToBytes(prover.key),
  );
}

/** `channel`: the link's (ports.ts). */
export function prove(
  genesisHash: Uint8Array,
  channel: Uint8Array,
  own: Hello,
  theirs: Hello,
  secretKey: Uint8Array,
): Uint8Array {
  return ed25519.sign(proofHash(genesisHash, channel, own, theirs), secretKey);
}

export function proofIsGood(
  genesisHash: Uint8Array,
  channel: Uint8Array,
  own: Hello,
  theirs: Hello,
  signature: Uint8Array,
  verify: Verify,
): boolean {
  return verify(signature, proofHash(genesisHash, channel, theirs, own), hexToBytes(theirs.key));
}
