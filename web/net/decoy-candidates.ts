/**
 * How a browser is made to wait for a peer that has not got its answer yet.
 *
 * Firefox gives a connection up (ICE state `failed`, for good) 5 s after both descriptions are there if there is no
 * candidate of the other side left to try. Chromium just waits. So the one who answers an invitation gets a candidate
 * to try every few seconds that leads nowhere, until the inviter, who has the real addresses, finds it. Each is
 * tried for 8 s or more, with a handful of packets.
 */
import type { CandidateData } from './envelope.ts';

/** Below Firefox's 5 s. A tab in the background may be a second late. */
export const DECOY_INTERVAL_MS = 3_000;

/** TEST-NET-1 (RFC 5737): belongs to nobody and is routed nowhere. */
const NOWHERE = '192.0.2.1';
/** A pair of addresses is tried once: each decoy has its own port. Ten minutes make 200. */
const FIRST_PORT = 10_000;
const PORTS = 50_000;

/** The `n`th decoy, with the lowest priority there is. */
export function decoyCandidate(n: number): CandidateData {
  const port = FIRST_PORT + (n % PORTS);
  return {
    type: 'candidate',
    candidate: {
      candidate: `candidate:${port} 1 udp 1 ${NOWHERE} ${port} typ host`,
      sdpMid: '0',
      sdpMLineIndex: 0,
    },
  };
}
