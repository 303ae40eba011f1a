/**
 * What names a link's encrypted channel, on both sides the same and on no other channel: the fingerprints of both DTLS
 * certificates. The handshake signs it (web/node/handshake.ts), so nobody can stand in the middle of two nodes: they
 * would have two channels, whose names differ.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { taggedHash } from '../core/hash.ts';

const FINGERPRINT = /^a=fingerprint:(\S+ [0-9a-f:]+)$/gim;

/** Undefined unless each description has exactly one: a browser may take any of several, and the one in the middle choose. */
export function channelName(localSdp: string, remoteSdp: string): Uint8Array | undefined {
  const prints = [fingerprintOf(localSdp), fingerprintOf(remoteSdp)];
  if (prints.includes(undefined)) return undefined;
  return taggedHash('tabchain/channel', utf8ToBytes(prints.sort().join('\n')));
}

function fingerprintOf(sdp: string): string | undefined {
  const lines = sdp.split(/\r?\n/).join('\n');
  const read = [...lines.matchAll(FINGERPRINT)].map(([, print]) => (print as string).toLowerCase());
  // A browser may read what we don't.
  if (read.length === 0 || read.length !== [...sdp.matchAll(/fingerprint/gi)].length) return undefined;
  return new Set(read).size === 1 ? read[0] : undefined;
}
