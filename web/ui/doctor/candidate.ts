import type { CandidateType } from '../../net/link-path.ts';

/** `hidden`: a name of RFC 8828's mDNS kind, which only devices of the same network can look up. */
export type Family = 'IPv4' | 'IPv6' | 'hidden';

export interface Candidate {
  readonly type: CandidateType;
  readonly protocol: 'UDP' | 'TCP';
  readonly family: Family;
  /** Address or name, and port. */
  readonly place: string;
}

/** RFC 8839 section 5.1: foundation, component, transport, priority, address, port, then `typ` and the type. */
const LINE = /^candidate:\S+ \d+ (udp|tcp) \d+ (\S+) (\d+) typ (host|srflx|prflx|relay)\b/i;

/** undefined for what is no candidate line. */
export function parseCandidate(line: string): Candidate | undefined {
  const match = LINE.exec(line);
  if (!match) return undefined;
  const [, transport = '', address = '', port = '', type = ''] = match;
  const family = familyOf(address);
  return {
    type: type.toLowerCase() as CandidateType,
    protocol: transport.toUpperCase() as Candidate['protocol'],
    family,
    place: family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`,
  };
}

export function parseCandidates(lines: readonly string[]): readonly Candidate[] {
  return lines.map(parseCandidate).filter((candidate) => candidate !== undefined);
}

function familyOf(address: string): Family {
  if (/\.local$/i.test(address)) return 'hidden';
  return address.includes(':') ? 'IPv6' : 'IPv4';
}

export interface CandidateGroup extends Omit<Candidate, 'place'> {
  readonly count: number;
}

/** How many there are of each kind, in the order in which the kinds came. */
export function groupCandidates(candidates: readonly Candidate[]): readonly CandidateGroup[] {
  const groups = new Map<string, CandidateGroup>();
  for (const { type, protocol, family } of candidates) {
    const key = `${type} ${protocol} ${family}`;
    groups.set(key, { type, protocol, family, count: (groups.get(key)?.count ?? 0) + 1 });
  }
  return [...groups.values()];
}
