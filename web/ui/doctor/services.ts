/** The three lines on top: what works and what doesn't. */
import type { Tone } from '../chips.ts';
import { parseCandidates } from './candidate.ts';
import { serverFault } from './diagnosis.ts';
import type { Facts, ServerFacts } from './facts.ts';

export type ServiceName = 'signal' | 'stun' | 'turn';

/** `partly`: some of its servers; `none`: there is no such server; `untried`: nobody asked it yet. */
export type ServiceState = 'works' | 'partly' | 'fails' | 'trying' | 'untried' | 'none';

export interface Service {
  readonly name: ServiceName;
  readonly state: ServiceState;
  readonly tone: Tone;
}

const TONES: Record<ServiceState, Tone> = {
  works: 'good',
  partly: 'busy',
  fails: 'bad',
  trying: 'busy',
  untried: 'idle',
  none: 'idle',
};

/** `isChecking`: the user's checks are under way. */
export function services(facts: Facts, isChecking: boolean): readonly Service[] {
  const states: Record<ServiceName, ServiceState> = {
    signal: signalState(facts),
    stun: iceState(facts, 'stun', isChecking),
    turn: iceState(facts, 'turn', isChecking),
  };
  return (['signal', 'stun', 'turn'] as const).map((name) => {
    const state = states[name];
    return { name, state, tone: TONES[state] };
  });
}

function signalState({ signaling, signalCheck }: Facts): ServiceState {
  switch (signaling.kind) {
    case 'connected':
      return 'works';
    case 'connecting':
      return signalCheck?.ok === false ? 'fails' : 'trying';
    case 'retrying':
      return signalCheck?.ok === true ? 'trying' : 'fails';
    case 'refused':
      return 'fails';
    case 'stopped':
      return 'untried';
  }
}

function iceState(facts: Facts, kind: ServerFacts['kind'], isChecking: boolean): ServiceState {
  const servers = facts.servers.filter((server) => server.kind === kind);
  if (servers.length === 0) return 'none';
  const faulty = servers.filter((server) => serverFault(server, facts.nowMs) !== undefined).length;
  const working = servers.filter(({ check }) => check?.ok === true).length;
  if (working > 0 || hasGiven(facts, kind)) return faulty > 0 ? 'partly' : 'works';
  if (faulty > 0) return faulty === servers.length ? 'fails' : isChecking ? 'trying' : 'partly';
  return isChecking ? 'trying' : 'untried';
}

/** A candidate of such a server is proof, whichever of them gave it. */
function hasGiven({ attempts, servers }: Facts, kind: ServerFacts['kind']): boolean {
  if (servers.some((server) => server.kind === kind && server.check !== undefined)) return false;
  const type = kind === 'turn' ? 'relay' : 'srflx';
  return attempts.some(({ local }) => parseCandidates(local).some((candidate) => candidate.type === type));
}
