/** What the three chips say: a state to test for, a tone to colour with, a word to read. */
import type { EngineStatus, SignalingStatus } from '../engine/messages.ts';
import type { ChainSnapshot, PeersSnapshot } from '../node/snapshot.ts';
import { texts } from './texts.ts';

/** Each tone has its own shape too, so that colour is never alone. */
export type Tone = 'good' | 'busy' | 'bad' | 'idle';

export interface ChipState<State extends string> {
  readonly state: State;
  readonly tone: Tone;
  readonly word: string;
}

export function secondsUntil(atMs: number, nowMs: number): number {
  return Math.max(0, Math.ceil((atMs - nowMs) / 1000));
}

export function signalChip(status: SignalingStatus, nowMs: number): ChipState<SignalingStatus['kind']> {
  const { chips } = texts;
  switch (status.kind) {
    case 'connecting':
      return { state: status.kind, tone: 'busy', word: chips.connecting };
    case 'connected':
      return { state: status.kind, tone: 'good', word: chips.connected };
    case 'retrying': {
      const seconds = secondsUntil(status.atMs, nowMs);
      return {
        state: status.kind,
        tone: 'bad',
        word: seconds === 0 ? chips.retrying : chips.retryingIn(seconds),
      };
    }
    case 'refused':
      return { state: status.kind, tone: 'bad', word: chips.refused };
    case 'stopped':
      return { state: status.kind, tone: 'idle', word: chips.stopped };
  }
}

export function peersChip(peers: PeersSnapshot | undefined): ChipState<'linked' | 'connecting' | 'alone'> {
  const { chips } = texts;
  const all = peers?.peers ?? [];
  const ready = all.filter((peer) => peer.ready);
  const relayed = ready.filter(({ route }) => route === 'peers').length;
  if (ready.length > 0) return { state: 'linked', tone: 'good', word: chips.linked(ready.length, relayed) };
  if (all.length > 0) return { state: 'connecting', tone: 'busy', word: chips.connecting };
  return { state: 'alone', tone: 'idle', word: chips.alone };
}

type ChainState = 'opening' | 'loading' | 'behind' | 'alone' | 'synced' | 'failed';

export function chainChip(
  phase: EngineStatus['phase'],
  chain: ChainSnapshot | undefined,
  peers: PeersSnapshot | undefined,
): ChipState<ChainState> {
  const { chips } = texts;
  switch (phase.kind) {
    case 'failed':
      return { state: 'failed', tone: 'bad', word: chips.failed };
    case 'opening':
      return { state: 'opening', tone: 'busy', word: chips.opening };
    case 'loading':
      return { state: 'loading', tone: 'busy', word: chips.checking };
    case 'running':
      if (chain === undefined) return { state: 'opening', tone: 'busy', word: chips.opening };
      if (chain.headerHeight > chain.height) {
        return { state: 'behind', tone: 'busy', word: chips.behind(chain.headerHeight - chain.height) };
      }
      // With nobody to compare with, "in sync" would be a claim that nothing backs.
      return peers?.peers.some((peer) => peer.ready)
        ? { state: 'synced', tone: 'good', word: chips.inSync }
        : { state: 'alone', tone: 'idle', word: chips.onItsOwn };
  }
}
