import { list } from '../format/list.ts';
import { m } from '../paraglide/messages.js';
import type { AttemptFault, Finding, ServerFault } from './diagnosis.ts';
import { signalRefusalWords } from '../signal-refusal-words.ts';

/** What a finding says, and what to do about it. */
export interface FindingWords {
  readonly what: string;
  readonly advice: string;
}

interface Texts<Inputs extends readonly object[] = []> {
  readonly what: (...inputs: Inputs) => string;
  readonly advice: () => string;
}

const SERVERS: Record<ServerFault, Texts<[{ readonly servers: string; readonly n: number }]>> = {
  'turn-expired': { what: m.doctor_turn_expired_what, advice: m.doctor_turn_expired_advice },
  'turn-unauthorized': { what: m.doctor_turn_unauthorized_what, advice: m.doctor_turn_unauthorized_advice },
  'turn-unreachable': { what: m.doctor_server_unreachable_what, advice: m.doctor_turn_unreachable_advice },
  'stun-unreachable': { what: m.doctor_server_unreachable_what, advice: m.doctor_stun_unreachable_advice },
  'server-error': { what: m.doctor_server_error_what, advice: m.doctor_server_error_advice },
  'server-not-taken': { what: m.doctor_server_not_taken_what, advice: m.doctor_server_not_taken_advice },
};

const ATTEMPTS: Record<AttemptFault, Texts<[{ readonly connections: string }]>> = {
  'no-answer': { what: m.doctor_no_answer_what, advice: m.doctor_no_answer_advice },
  'no-candidates': { what: () => m.doctor_no_network_what(), advice: m.doctor_no_network_advice },
  'no-remote': { what: m.doctor_no_remote_what, advice: m.doctor_no_remote_advice },
  'names-unresolved': { what: m.doctor_names_unresolved_what, advice: m.doctor_names_unresolved_advice },
  'packets-lost': { what: m.doctor_packets_lost_what, advice: m.doctor_packets_lost_advice },
  'half-open': { what: m.doctor_half_open_what, advice: m.doctor_half_open_advice },
};

type PlainKind = Exclude<
  Finding['kind'],
  ServerFault | AttemptFault | 'linked' | 'signal-refused' | 'need-turn'
>;

const PLAIN: Record<PlainKind, Texts> = {
  alone: { what: m.doctor_alone_what, advice: m.doctor_alone_advice },
  linking: { what: m.doctor_linking_what, advice: m.doctor_linking_advice },
  'webrtc-blocked': { what: m.doctor_webrtc_blocked_what, advice: m.doctor_webrtc_blocked_advice },
  'no-network': { what: m.doctor_no_network_what, advice: m.doctor_no_network_advice },
  'loopback-fails': { what: m.doctor_loopback_fails_what, advice: m.doctor_loopback_fails_advice },
  'signal-unreachable': {
    what: m.doctor_signal_unreachable_what,
    advice: m.doctor_signal_unreachable_advice,
  },
  'signal-returns': { what: m.doctor_signal_returns_what, advice: m.doctor_signal_returns_advice },
  'one-network': { what: m.doctor_one_network_what, advice: m.doctor_one_network_advice },
  'names-hidden': { what: m.doctor_names_hidden_what, advice: m.doctor_names_hidden_advice },
  'plain-http': { what: m.doctor_plain_http_what, advice: m.doctor_plain_http_advice },
};

export function findingWords(finding: Finding): FindingWords {
  switch (finding.kind) {
    case 'linked':
      return {
        what: m.doctor_linked_what({ links: m.doctor_links({ n: finding.count }) }),
        advice:
          finding.relayed === 0
            ? m.doctor_linked_direct()
            : m.doctor_linked_relayed({ links: m.doctor_links({ n: finding.relayed }) }),
      };
    case 'signal-refused':
      return {
        what: m.doctor_signal_refused_what({ message: signalRefusalWords(finding.code) }),
        advice: m.doctor_signal_refused_advice(),
      };
    case 'need-turn':
      return {
        what: finding.hasStun ? m.doctor_need_turn_what() : m.doctor_need_both_what(),
        advice: m.doctor_need_turn_advice(),
      };
  }
  if ('urls' in finding) {
    const { what, advice } = SERVERS[finding.kind];
    return { what: what({ servers: list(finding.urls), n: finding.urls.length }), advice: advice() };
  }
  if ('count' in finding) {
    const { what, advice } = ATTEMPTS[finding.kind];
    return { what: what({ connections: m.doctor_connections({ n: finding.count }) }), advice: advice() };
  }
  const { what, advice } = PLAIN[finding.kind];
  return { what: what(), advice: advice() };
}
