/** What a connection doctor could be told: a calm room of one's own, to vary. */
import type { Attempt } from '../../../web/net/connection-log.ts';
import type { Facts, ServerFacts } from '../../../web/ui/doctor/facts.ts';

export const NOW_MS = Date.UTC(2026, 0, 1);

const ID = 'a9c83dcd-cbe0-4f7f-a085-95b2e44f6277';
export const HIDDEN = `candidate:1 1 udp 2113937151 ${ID}.local 41234 typ host generation 0 ufrag aHuo`;
export const HOST = 'candidate:2 1 UDP 2122252543 192.168.7.31 50000 typ host';
export const HOST_V6 = 'candidate:3 1 tcp 1518214911 fd00::2 9 typ host tcptype active';
export const SEEN = 'candidate:4 1 udp 1677729535 203.0.113.9 61000 typ srflx raddr 0.0.0.0 rport 0';
export const LENT = 'candidate:5 1 udp 50339839 198.51.100.4 65507 typ relay raddr 0.0.0.0 rport 0';

/** A dial that timed out after the peer had answered, with addresses on both sides. */
export function attempt(changes: Partial<Attempt> = {}): Attempt {
  return {
    linkId: '11'.repeat(16),
    dialled: true,
    route: 'server',
    peerKey: undefined,
    startedAtMs: NOW_MS - 15_000,
    local: [HIDDEN],
    remote: [HOST],
    errors: [],
    states: [{ atMs: NOW_MS - 14_900, state: 'checking' }],
    described: true,
    pairs: 2,
    answered: false,
    openedAtMs: undefined,
    path: undefined,
    endedAtMs: NOW_MS - 5_000,
    end: 'timeout',
    ...changes,
  };
}

export function openAttempt(changes: Partial<Attempt> = {}): Attempt {
  return attempt({
    answered: true,
    openedAtMs: NOW_MS - 14_000,
    path: { local: 'host', remote: 'host', protocol: 'udp' },
    endedAtMs: undefined,
    end: undefined,
    ...changes,
  });
}

export function server(changes: Partial<ServerFacts> = {}): ServerFacts {
  const { url = 'stun:stun.example.org' } = changes;
  return {
    url,
    kind: url.startsWith('turn') ? 'turn' : 'stun',
    expiresAtMs: undefined,
    check: undefined,
    error: undefined,
    ...changes,
  };
}

export function facts(changes: Partial<Facts> = {}): Facts {
  return {
    nowMs: NOW_MS,
    isSecure: true,
    signaling: { kind: 'connected', members: 3 },
    signalCheck: undefined,
    loopback: undefined,
    servers: [server(), server({ url: 'turn:turn.example.org' })],
    linked: 0,
    attempts: [],
    ...changes,
  };
}
