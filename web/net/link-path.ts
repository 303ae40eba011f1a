/** Which way the packets of a link go, as the browser's statistics tell it (W3C webrtc-stats; RFC 8445 for the types). */

/**
 * `host`: an address of the device itself; `srflx` and `prflx`: one that an address translator made up, seen by a STUN
 * server or by the peer; `relay`: that of a TURN server, which forwards all packets.
 */
export type CandidateType = 'host' | 'srflx' | 'prflx' | 'relay';

export interface LinkPath {
  readonly local: CandidateType;
  readonly remote: CandidateType;
  /** Of the local side; to a TURN server that one can be another. */
  readonly protocol: 'udp' | 'tcp' | undefined;
}

/** The fields that are read here; each browser has more, and may lack some of these. */
interface Report {
  readonly id: string;
  readonly type: string;
  readonly selectedCandidatePairId?: unknown;
  readonly selected?: unknown;
  readonly nominated?: unknown;
  readonly state?: unknown;
  readonly localCandidateId?: unknown;
  readonly remoteCandidateId?: unknown;
  readonly candidateType?: unknown;
  readonly protocol?: unknown;
}

/** undefined if no pair of candidates is in use, or the browser doesn't say which. */
export function linkPathOf(reports: readonly Report[]): LinkPath | undefined {
  const byId = new Map(reports.map((report) => [report.id, report]));
  const pair = selectedPair(reports, byId);
  const local = byId.get(String(pair?.localCandidateId));
  const remote = byId.get(String(pair?.remoteCandidateId));
  const protocol = local?.protocol;
  if (!isCandidateType(local?.candidateType) || !isCandidateType(remote?.candidateType)) return undefined;
  return {
    local: local.candidateType,
    remote: remote.candidateType,
    protocol: protocol === 'udp' || protocol === 'tcp' ? protocol : undefined,
  };
}

/** Firefox has no `transport` report and marks the pair itself. */
function selectedPair(reports: readonly Report[], byId: ReadonlyMap<string, Report>): Report | undefined {
  const transport = reports.find(({ type }) => type === 'transport');
  const pairs = reports.filter(({ type }) => type === 'candidate-pair');
  return (
    byId.get(String(transport?.selectedCandidatePairId)) ??
    pairs.find(({ selected }) => selected === true) ??
    pairs.find(({ nominated, state }) => nominated === true && state === 'succeeded')
  );
}

function isCandidateType(value: unknown): value is CandidateType {
  return value === 'host' || value === 'srflx' || value === 'prflx' || value === 'relay';
}
