import type { CandidateType } from '../../net/link-path.ts';
import { m } from '../paraglide/messages.js';
import type { CandidateGroup, Family } from './candidate.ts';

const TYPES: Record<CandidateType, () => string> = {
  host: m.doctor_type_host,
  srflx: m.doctor_type_srflx,
  prflx: m.doctor_type_prflx,
  relay: m.doctor_type_relay,
};

const FAMILIES: Record<Family, () => string> = {
  IPv4: () => 'IPv4',
  IPv6: () => 'IPv6',
  hidden: m.doctor_hidden_name,
};

export function candidateType(type: CandidateType): string {
  return TYPES[type]();
}

/** "2 × own address, UDP, IPv4". */
export function candidateGroup({ type, protocol, family, count }: CandidateGroup): string {
  return m.doctor_candidates({ n: count, type: candidateType(type), protocol, family: FAMILIES[family]() });
}
