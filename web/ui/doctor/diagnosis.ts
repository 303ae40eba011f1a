/** What is likely wrong, from what is known. Pure; the words are in finding-words.ts. */
import type { Attempt } from '../../net/connection-log.ts';
import type { Tone } from '../chips.ts';
import { parseCandidates } from './candidate.ts';
import type { Facts, ServerFacts } from './facts.ts';
import type { SignalRefusal } from '../signal-refusal-words.ts';

export type ServerFault =
  | 'turn-expired'
  | 'turn-unauthorized'
  | 'turn-unreachable'
  | 'stun-unreachable'
  | 'server-error'
  | 'server-not-taken';

/**
 * Why one connection came to nothing: `no-answer`, the peer never described its end; `no-candidates`, this browser
 * has no address to offer; `no-remote`, the peer's addresses never came; `names-unresolved`, they are hidden behind
 * names that this network can't look up; `packets-lost`, nothing came back from them; `half-open`, packets pass and the
 * channel does not come up.
 */
export type AttemptFault =
  'no-answer' | 'no-candidates' | 'no-remote' | 'names-unresolved' | 'packets-lost' | 'half-open';

export type Finding =
  | { readonly kind: 'linked'; readonly tone: Tone; readonly count: number; readonly relayed: number }
  | { readonly kind: 'signal-refused'; readonly tone: Tone; readonly code: SignalRefusal }
  | { readonly kind: ServerFault; readonly tone: Tone; readonly urls: readonly string[] }
  | { readonly kind: AttemptFault; readonly tone: Tone; readonly count: number }
  | { readonly kind: 'need-turn'; readonly tone: Tone; readonly hasStun: boolean }
  | {
      readonly kind:
        | 'webrtc-blocked'
        | 'no-network'
        | 'loopback-fails'
        | 'signal-unreachable'
        | 'signal-returns'
        | 'linking'
        | 'alone'
        | 'one-network'
        | 'names-hidden'
        | 'plain-http';
      readonly tone: Tone;
    };

const SERVER_FAULTS: readonly ServerFault[] = [
  'turn-expired',
  'turn-unauthorized',
  'turn-unreachable',
  'stun-unreachable',
  'server-error',
  'server-not-taken',
];
const ATTEMPT_FAULTS: readonly AttemptFault[] = [
  'names-unresolved',
  'packets-lost',
  'no-remote',
  'half-open',
  'no-answer',
];

/** The likeliest cause first; what is only good to know comes last. Never empty. */
export function diagnosis(facts: Facts): readonly Finding[] {
  const { linked } = facts;
  // With links, what fails is a nuisance and no disaster.
  const tone: Tone = linked > 0 ? 'busy' : 'bad';
  const browser = browserFindings(facts, tone);
  const failed = failedAttempts(facts);
  const found = [
    ...browser,
    ...signalFindings(facts, tone),
    ...serverFindings(facts, tone),
    ...attemptFindings(failed, tone),
    ...turnFinding(facts, failed, tone),
  ];
  const hasBad = found.some((finding) => finding.tone === 'bad');
  const stand = linked > 0 ? [linkedFinding(facts)] : hasBad ? [] : companyFinding(facts);
  const needsTurn = found.some(({ kind }) => kind === 'need-turn');
  return [
    ...stand,
    ...found,
    ...noteFindings(facts).filter(({ kind }) => !(needsTurn && kind === 'one-network')),
  ];
}

function browserFindings({ loopback, attempts, servers }: Facts, tone: Tone): readonly Finding[] {
  if (loopback?.ok === true) return [];
  switch (loopback?.problem) {
    case 'blocked':
      return [{ kind: 'webrtc-blocked', tone }];
    case 'no-candidates':
      return [{ kind: 'no-network', tone }];
    case 'no-link':
      return [{ kind: 'loopback-fails', tone }];
    case undefined:
      break;
  }
  // One server that a browser does not take is enough for it to refuse the whole connection.
  if (servers.some(({ check }) => check?.ok === false && check.problem === 'not-taken')) return [];
  if (attempts.at(-1)?.end === 'not-opened') return [{ kind: 'webrtc-blocked', tone }];
  const last = attempts.findLast(({ end }) => end !== undefined);
  return last !== undefined && faultOf(last) === 'no-candidates' ? [{ kind: 'no-network', tone }] : [];
}

function signalFindings({ signaling, signalCheck }: Facts, tone: Tone): readonly Finding[] {
  if (signaling.kind === 'refused') return [{ kind: 'signal-refused', tone, code: signaling.code }];
  if (signalCheck?.ok === false && signaling.kind !== 'connected')
    return [{ kind: 'signal-unreachable', tone }];
  if (signaling.kind !== 'retrying') return [];
  return signalCheck?.ok
    ? [{ kind: 'signal-returns', tone: 'busy' }]
    : [{ kind: 'signal-unreachable', tone }];
}

function serverFindings({ servers, nowMs }: Facts, tone: Tone): readonly Finding[] {
  return SERVER_FAULTS.flatMap((kind): readonly Finding[] => {
    const urls = servers.filter((server) => serverFault(server, nowMs) === kind).map(({ url }) => url);
    return urls.length === 0 ? [] : [{ kind, tone, urls }];
  });
}

/** What is wrong with a server; undefined if nothing is known to be. */
export function serverFault(
  { kind, check, error, expiresAtMs }: ServerFacts,
  nowMs: number,
): ServerFault | undefined {
  // A check of now outweighs what a connection met before.
  if (check?.ok === true) return undefined;
  if (check?.problem === 'no-network') return undefined;
  if (check?.problem === 'not-taken') return 'server-not-taken';
  const isUnauthorized =
    check === undefined ? error === 401 || error === 403 || error === 441 : check.problem === 'unauthorized';
  if (kind === 'turn' && isUnauthorized) {
    return expiresAtMs !== undefined && expiresAtMs <= nowMs ? 'turn-expired' : 'turn-unauthorized';
  }
  if (check === undefined && error === undefined) return undefined;
  const isUnreachable = check === undefined ? error === 701 : check.problem !== 'refused';
  if (!isUnreachable) return 'server-error';
  return kind === 'turn' ? 'turn-unreachable' : 'stun-unreachable';
}

/** Connections that were tried in earnest and came to nothing; after a link came about, only those that followed. */
function failedAttempts({ attempts, linked }: Facts): readonly Attempt[] {
  const since = linked > 0 ? attempts.findLastIndex(({ openedAtMs }) => openedAtMs !== undefined) : -1;
  return attempts.filter((attempt, i) => i > since && faultOf(attempt) !== undefined);
}

const LOST_ENDS: readonly Attempt['end'][] = ['timeout', 'failed', 'replaced', 'no-network'];

/** undefined if it became a link, is under way, or ended for a reason that says nothing of the network. */
export function faultOf(attempt: Attempt): AttemptFault | undefined {
  const { end, openedAtMs, described, pairs, answered } = attempt;
  if (openedAtMs !== undefined || !LOST_ENDS.includes(end)) return undefined;
  // Two that dial each other at once keep one of the two.
  if (end === 'replaced' && !described) return undefined;
  if (attempt.local.length === 0) return 'no-candidates';
  if (!described) return 'no-answer';
  const remote = parseCandidates(attempt.remote);
  // What the peer tried to reach us from shows as a pair, even if its addresses never came.
  if (answered) return 'half-open';
  if (remote.length === 0) return 'no-remote';
  if (pairs === 0 && remote.every(({ family }) => family === 'hidden')) return 'names-unresolved';
  return 'packets-lost';
}

function attemptFindings(failed: readonly Attempt[], tone: Tone): readonly Finding[] {
  return ATTEMPT_FAULTS.flatMap((kind): readonly Finding[] => {
    const count = failed.filter((attempt) => faultOf(attempt) === kind).length;
    // Who does not answer has left, or sleeps: that is nobody's fault.
    return count === 0 ? [] : [{ kind, tone: kind === 'no-answer' ? 'busy' : tone, count }];
  });
}

/** A relay is the one thing that helps wherever devices can't reach each other. */
function turnFinding({ servers }: Facts, failed: readonly Attempt[], tone: Tone): readonly Finding[] {
  if (servers.some(({ kind }) => kind === 'turn')) return [];
  const wouldHelp = failed.some((attempt) =>
    ['names-unresolved', 'packets-lost'].includes(faultOf(attempt) ?? ''),
  );
  return wouldHelp ? [{ kind: 'need-turn', tone, hasStun: servers.length > 0 }] : [];
}

function linkedFinding({ attempts, linked }: Facts): Finding {
  const relayed = attempts.filter(
    ({ end, path }) => end === undefined && (path?.local === 'relay' || path?.remote === 'relay'),
  ).length;
  return { kind: 'linked', tone: 'good', count: linked, relayed };
}

function companyFinding({ signaling }: Facts): readonly Finding[] {
  if (signaling.kind === 'connected' && signaling.members <= 1) return [{ kind: 'alone', tone: 'idle' }];
  return signaling.kind === 'connected' || signaling.kind === 'connecting'
    ? [{ kind: 'linking', tone: 'busy' }]
    : [{ kind: 'alone', tone: 'idle' }];
}

function noteFindings({
  servers,
  linked,
  loopback,
  attempts,
  isSecure,
  signaling,
}: Facts): readonly Finding[] {
  const notes: Finding[] = [];
  const own = [...(loopback?.candidates ?? []), ...attempts.flatMap(({ local }) => local)];
  // Before its first word nobody knows what the server would name.
  if (servers.length === 0 && linked === 0 && signaling.kind === 'connected')
    notes.push({ kind: 'one-network', tone: 'idle' });
  if (parseCandidates(own).some(({ family }) => family === 'hidden'))
    notes.push({ kind: 'names-hidden', tone: 'idle' });
  if (!isSecure) notes.push({ kind: 'plain-http', tone: 'idle' });
  return notes;
}
