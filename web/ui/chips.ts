/** What the three chips say: a state to test for, a tone to colour with, a word to read. */
import type { EngineStatus, SignalingStatus } from '../engine/messages.ts';
import type { ChainSnapshot, PeersSnapshot } from '../node/snapshot.ts';
import { m } from './paraglide/messages.js';

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
  switch (status.kind) {
    case 'connecting':
      return { state: status.kind, tone: 'busy', word: m.chips_connecting() };
    case 'connected':
      return { state: status.kind, tone: 'good', word: m.chips_connected() };
    case 'retrying': {
      const seconds = secondsUntil(status.atMs, nowMs);
      return {
        state: status.kind,
        tone: 'bad',
        word: seconds === 0 ? m.chips_retrying() : m.chips_retrying_in({ seconds }),
      };
    }
    case 'refused':
      return { state: status.kind, tone: 'bad', word: m.chips_refused() };
    case 'stopped':
      return { state: status.kind, tone: 'idle', word: m.chips_stopped() };
  }
}

/** `cutOff`: there are others, and none of them can be reached. */
export function peersChip(
  peers: PeersSnapshot | undefined,
  cutOff = false,
): ChipState<'linked' | 'cut-off' | 'connecting' | 'alone'> {
  const all = peers?.peers ?? [];
  const ready = all.filter((peer) => peer.ready);
  const relayed = ready.filter(({ route }) => route === 'peers').length;
  if (ready.length > 0) return { state: 'linked', tone: 'good', word: linkedWord(ready.length, relayed) };
  if (cutOff) return { state: 'cut-off', tone: 'bad', word: m.chips_cut_off() };
  if (all.length > 0) return { state: 'connecting', tone: 'busy', word: m.chips_connecting() };
  return { state: 'alone', tone: 'idle', word: m.chips_alone() };
}

function linkedWord(n: number, relayed: number): string {
  return relayed === 0 ? m.chips_linked({ n }) : m.chips_linked_relayed({ n, relayed });
}

type ChainState = 'opening' | 'loading' | 'behind' | 'alone' | 'synced' | 'failed';

export function chainChip(
  phase: EngineStatus['phase'],
  chain: ChainSnapshot | undefined,
  peers: PeersSnapshot | undefined,
): ChipState<ChainState> {
  switch (phase.kind) {
    case 'failed':
      return { state: 'failed', tone: 'bad', word: m.chips_failed() };
    case 'opening':
      return { state: 'opening', tone: 'busy', word: m.chips_opening() };
    case 'loading':
      return { state: 'loading', tone: 'busy', word: m.chips_checking() };
    case 'running':
      if (chain === undefined) return { state: 'opening', tone: 'busy', word: m.chips_opening() };
      if (chain.headerHeight > chain.height) {
        return {
          state: 'behind',
          tone: 'busy',
          word: m.chips_behind({ n: chain.headerHeight - chain.height }),
        };
      }
      // With nobody to compare with, "in sync" would be a claim that nothing backs.
      return peers?.peers.some((peer) => peer.ready)
        ? { state: 'synced', tone: 'good', word: m.chips_in_sync() }
        : { state: 'alone', tone: 'idle', word: m.chips_on_its_own() };
  }
}
