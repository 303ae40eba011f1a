import type { Attempt, AttemptEnd } from '../../net/connection-log.ts';
import type { Tone } from '../chips.ts';
import { milliseconds } from '../format/quantity.ts';
import { accountName } from '../names.ts';
import { routeWord } from '../network/route-word.ts';
import { m } from '../paraglide/messages.js';
import { SEPARATOR } from '../separator.ts';
import { candidateType } from './candidate-words.ts';
import { faultOf } from './diagnosis.ts';

const ENDS: Record<AttemptEnd, () => string> = {
  timeout: m.doctor_end_timeout,
  failed: m.doctor_end_failed,
  linked: m.doctor_end_linked,
  full: m.doctor_end_full,
  busy: m.doctor_end_busy,
  unreachable: m.doctor_end_unreachable,
  offline: m.doctor_end_offline,
  replaced: m.doctor_end_replaced,
  expired: m.doctor_end_expired,
  withdrawn: m.doctor_end_withdrawn,
  'no-network': m.doctor_end_no_network,
  closed: m.doctor_end_closed,
  'not-opened': m.doctor_end_not_opened,
  'by-peer': m.doctor_end_by_peer,
  leaving: m.doctor_end_leaving,
};

/** Whom it was to link with. `linkKey`: what the handshake proved, if there was one. */
export function attemptName({ peerKey, route }: Attempt, linkKey: string | undefined): string {
  const key = linkKey ?? peerKey;
  if (key !== undefined) return accountName(key);
  return route === 'invitation' ? m.doctor_somebody_invited() : m.doctor_somebody();
}

/** Who dialled, and who introduced the two. */
export function attemptWay({ dialled, route }: Attempt): string {
  return m.doctor_way({
    by: dialled ? m.doctor_by_you() : m.doctor_by_them(),
    route: routeWord(route) ?? m.doctor_route_server(),
  });
}

export function attemptResult(attempt: Attempt): { readonly word: string; readonly tone: Tone } {
  const { end, openedAtMs } = attempt;
  if (end === undefined) {
    return openedAtMs === undefined
      ? { word: m.doctor_under_way(), tone: 'busy' }
      : { word: m.doctor_linked(), tone: 'good' };
  }
  const word = ENDS[end]();
  if (openedAtMs !== undefined) return { word: m.doctor_closed({ end: word }), tone: 'idle' };
  return { word, tone: faultOf(attempt) === undefined && end !== 'not-opened' ? 'idle' : 'bad' };
}

export function attemptPair(attempt: Attempt): string {
  const { path } = attempt;
  if (path === undefined) return noPair(attempt);
  const ends = { local: candidateType(path.local), remote: candidateType(path.remote) };
  return path.protocol === undefined
    ? m.doctor_pair_of(ends)
    : m.doctor_pair_over({ ...ends, protocol: path.protocol.toUpperCase() });
}

function noPair({ pairs, openedAtMs, end }: Attempt): string {
  // A link has one; the browser is asked for it a moment later.
  if (openedAtMs !== undefined) return end === undefined ? m.network_path_asking() : m.network_path_unknown();
  return pairs === 0 ? m.doctor_pair_none() : m.doctor_pair_failed({ n: pairs });
}

/** The browser's own names for the states that it went through (RTCIceConnectionState), and when. */
export function attemptCourse({ states, startedAtMs }: Attempt): string {
  if (states.length === 0) return m.doctor_course_none();
  return states
    .map(({ state, atMs }) => m.doctor_course_state({ state, time: milliseconds(atMs - startedAtMs) }))
    .join(SEPARATOR);
}
