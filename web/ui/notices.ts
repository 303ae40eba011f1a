/** The sentences under the top bar: what is going on that a user should know, the gravest first. */
import type { EngineStatus, SignalingStatus } from '../engine/messages.ts';
import type { ChainSnapshot, PeersSnapshot } from '../node/snapshot.ts';
import { secondsUntil, type Tone } from './chips.ts';
import { engineProblemText } from './engine-problem.ts';
import { accountName } from './names.ts';
import { m } from './paraglide/messages.js';
import { signalRefusalWords } from './signal-refusal-words.ts';
import { list } from './format/list.ts';
import { roughTime } from './format/rough-time.ts';
import { sentences } from './format/sentences.ts';
import { forgettingText } from './forgetting-words.ts';

export interface Notice {
  readonly kind:
    | 'failed'
    | 'opening'
    | 'loading'
    | 'storage'
    | 'clock'
    | 'signal'
    | 'syncing'
    | 'cut-off'
    | 'alone'
    | 'connecting';
  readonly tone: Tone;
  readonly text: string;
  /** 0 to 1; undefined where there is nothing to measure. */
  readonly progress?: number;
  readonly action?: 'invite' | 'reload' | 'save';
  /** The connection doctor can tell more. */
  readonly doctor?: true;
}

/** Blocks may be stamped 90 s ahead: well before that a wrong clock is worth a word. */
export const CLOCK_OFF_SECONDS = 30;
/** More of them are a number. */
const MAX_SOURCES_NAMED = 3;
/** How long after its start a tab says that its stored chain, which is whole again, was damaged. */
const REPAIRED_SHOWN_MS = 60_000;
/** Younger than this a lonely tab may just not have met its peers yet. */
export const ALONE_AFTER_MS = 3_000;
/** How long a peer that could not be reached is taken to be there: the longest pause between two tries. */
export const COMPANY_MS = 60_000;

export interface NoticeInput {
  readonly status: EngineStatus;
  readonly chain: ChainSnapshot | undefined;
  readonly peers: PeersSnapshot | undefined;
  readonly nowMs: number;
  /** Of web/net/connection-log.ts. */
  readonly connectFailedAtMs: number | undefined;
  /** When the engine began to run; undefined before. */
  readonly runningSinceMs: number | undefined;
  /** Of the client (engine-client.ts): each new try to reach a lost server would take what is said of it away. */
  readonly settledSignaling: SignalingStatus;
  /** Until a node that catches up will have (catch-up-pace.ts); undefined where that can't be told. */
  readonly catchUpMs: number | undefined;
}

export function noticesOf(input: NoticeInput): readonly Notice[] {
  const { status, chain, peers } = input;
  const { phase, account } = status;
  const hello = account === undefined ? [] : [m.notices_you_are({ name: accountName(account) })];
  switch (phase.kind) {
    case 'failed':
      return [
        {
          kind: 'failed',
          tone: 'bad',
          text: m.notices_failed({ message: engineProblemText(phase.problem) }),
          action: 'reload',
        },
      ];
    case 'opening':
      return [{ kind: 'opening', tone: 'busy', text: sentences(...hello, m.notices_opening()) }];
    case 'loading': {
      const text = sentences(...hello, m.notices_loading({ done: phase.done, total: phase.total }));
      return [{ kind: 'loading', tone: 'busy', text, progress: ratio(phase.done, phase.total) }];
    }
    case 'running':
      return [
        storageNotice(input),
        clockNotice(peers),
        signalNotice(input),
        syncingNotice(chain, peers, input.catchUpMs),
        lonelyNotice(input),
      ].filter((notice) => notice !== undefined);
  }
}

function storageNotice(input: NoticeInput): Notice | undefined {
  const { storage } = input.status;
  switch (storage.kind) {
    case 'saved':
      return undefined;
    case 'forgetting':
      return {
        kind: 'storage',
        tone: 'bad',
        text: forgettingText(storage),
        action: storage.reason === 'unread' ? 'reload' : 'save',
      };
    case 'healed': {
      const text = healedText(storage, input);
      return text === undefined ? undefined : { kind: 'storage', tone: 'idle', text };
    }
  }
}

/** Undefined: it was said for long enough. */
function healedText(
  { keptHeight: kept, lostHeight: lost }: Extract<EngineStatus['storage'], { readonly kind: 'healed' }>,
  { chain, nowMs, runningSinceMs }: NoticeInput,
): string | undefined {
  // What was lost the peers have brought again, or other blocks in its place.
  const whole = Math.max(kept, lost);
  if (kept < lost && (chain?.height ?? 0) < whole) return m.notices_healing({ kept, lost });
  const isNews = runningSinceMs !== undefined && nowMs - runningSinceMs < REPAIRED_SHOWN_MS;
  return isNews ? m.notices_repaired({ kept: whole }) : undefined;
}

/**
 * The median of what the peers' clocks say: one liar, or one wrong clock of many, is not heard. Of two in the middle
 * the one nearer to our own clock, or ours if it lies between them: half of the peers against it are not enough.
 */
function clockNotice(peers: PeersSnapshot | undefined): Notice | undefined {
  const ahead = (peers?.peers ?? [])
    .flatMap(({ ready, clockAheadSeconds }) =>
      ready && clockAheadSeconds !== undefined ? [clockAheadSeconds] : [],
    )
    .sort((a, b) => a - b);
  const lower = ahead[(ahead.length - 1) >> 1] ?? 0;
  const upper = ahead[ahead.length >> 1] ?? 0;
  const median = Math.max(lower, Math.min(upper, 0));
  if (Math.abs(median) <= CLOCK_OFF_SECONDS) return undefined;
  return { kind: 'clock', tone: 'bad', text: clockText(median) };
}

/** `ahead`: seconds by which the others' clocks are ahead of this one's. */
function clockText(ahead: number): string {
  return ahead > 0 ? m.notices_clock_behind({ seconds: ahead }) : m.notices_clock_ahead({ seconds: -ahead });
}

function signalNotice({ settledSignaling, peers, nowMs }: NoticeInput): Notice | undefined {
  switch (settledSignaling.kind) {
    case 'retrying': {
      const text = signalGoneText(readyPeers(peers), secondsUntil(settledSignaling.atMs, nowMs));
      return { kind: 'signal', tone: 'bad', text, action: 'invite', doctor: true };
    }
    case 'refused': {
      const text = m.notices_signal_refused({ message: signalRefusalWords(settledSignaling.code) });
      return { kind: 'signal', tone: 'bad', text, doctor: true };
    }
    case 'connecting':
    case 'connected':
    case 'stopped':
      return undefined;
  }
}

function signalGoneText(peers: number, seconds: number): string {
  return sentences(
    peers === 0 ? m.notices_signal_gone_alone() : m.notices_signal_gone({ peers }),
    seconds === 0 ? m.notices_retrying() : m.notices_retrying_in({ seconds }),
  );
}

function syncingNotice(
  chain: ChainSnapshot | undefined,
  peers: PeersSnapshot | undefined,
  leftMs: number | undefined,
): Notice | undefined {
  if (chain === undefined || chain.headerHeight <= chain.height) return undefined;
  return {
    kind: 'syncing',
    tone: 'busy',
    text: sentences(
      m.notices_syncing({ height: chain.height, headerHeight: chain.headerHeight }),
      leftMs === undefined ? '' : m.notices_time_left({ time: roughTime(leftMs) }),
      ...sources(peers),
    ),
    progress: ratio(chain.height, chain.headerHeight),
  };
}

/** Whom the blocks come from; nothing while nobody was asked. */
function sources(snapshot: PeersSnapshot | undefined): readonly string[] {
  const asked = (snapshot?.peers ?? []).filter(({ awaited }) => awaited > 0);
  const names = asked.flatMap(({ key }) => (key === undefined ? [] : [accountName(key)]));
  if (names.length === 0) return [];
  return [
    names.length > MAX_SOURCES_NAMED
      ? m.notices_syncing_from_many({ n: names.length })
      : m.notices_syncing_from({ names: list(names) }),
  ];
}

/**
 * Others are here, a link with them was tried, and none came about. `members` may be a minute old: a peer that was
 * heard of lately counts as well.
 */
export function isCutOff(
  input: Pick<NoticeInput, 'status' | 'peers' | 'connectFailedAtMs' | 'nowMs'>,
): boolean {
  const { status, peers, connectFailedAtMs, nowMs } = input;
  const { signaling } = status;
  if (connectFailedAtMs === undefined || readyPeers(peers) > 0 || signaling.kind !== 'connected')
    return false;
  return signaling.members > 1 || nowMs - connectFailedAtMs < COMPANY_MS;
}

function lonelyNotice(input: NoticeInput): Notice | undefined {
  const { settledSignaling: signaling, peers, nowMs, runningSinceMs } = input;
  if (isCutOff(input)) return { kind: 'cut-off', tone: 'bad', text: m.notices_cut_off(), doctor: true };
  if (readyPeers(peers) > 0 || signaling.kind === 'retrying' || signaling.kind === 'refused')
    return undefined;
  const company = (peers?.peers.length ?? 0) > 0 || (signaling.kind === 'connected' && signaling.members > 1);
  if (company) return { kind: 'connecting', tone: 'busy', text: m.notices_connecting() };
  if (runningSinceMs === undefined || nowMs - runningSinceMs < ALONE_AFTER_MS) return undefined;
  return { kind: 'alone', tone: 'idle', text: m.notices_alone(), action: 'invite' };
}

function readyPeers(peers: PeersSnapshot | undefined): number {
  return peers?.peers.filter((peer) => peer.ready).length ?? 0;
}

function ratio(done: number, total: number): number {
  return total === 0 ? 0 : Math.min(1, done / total);
}
