/** Why the signaling server refused this tab, and what to do. */
import type { SignalingStatus } from '../engine/messages.ts';
import { m } from './paraglide/messages.js';

export type SignalRefusal = Extract<SignalingStatus, { readonly kind: 'refused' }>['code'];

const WORDS: Record<SignalRefusal, () => string> = {
  'bad-message': m.signal_refused_bad_message,
  'not-joined': m.signal_refused_not_joined,
  'already-joined': m.signal_refused_already_joined,
  'room-full': m.signal_refused_room_full,
  'too-many-rooms': m.signal_refused_too_many_rooms,
  'join-rate': m.signal_refused_join_rate,
  'rate-limit': m.signal_refused_rate_limit,
  'shutting-down': m.signal_refused_shutting_down,
};

export function signalRefusalWords(code: SignalRefusal): string {
  return WORDS[code]();
}
