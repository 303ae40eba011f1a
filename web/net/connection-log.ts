/**
 * What a browser did for each of this page's last connections: which candidates it found and was given, which servers
 * failed it, and how it ended. Kept as the browser tells it; the page reads it when somebody looks (web/ui/doctor/).
 */
import type { AccountId } from '../core/hash.ts';
import type { ConnectionOrder, ConnectionSignal, DestroyReason } from '../engine/messages.ts';
import type { LinkPath } from './link-path.ts';

/** Connections remembered: twelve links and a few that failed. */
export const MAX_ATTEMPTS = 20;
/** Candidates of one side, errors, and states of one connection: twice what a machine with many networks has. */
export const MAX_ENTRIES = 64;
/** Between two looks at the browser's statistics while a connection is being set up. A closed one has none any more. */
const SAMPLE_INTERVAL_MS = 1_500;

/**
 * How a connection ended: by the engine's word; `failed`, the browser gave up; `not-opened`, it refused to begin;
 * `by-peer`, the other side closed it; `leaving`, this page went away.
 */
export type AttemptEnd = DestroyReason | 'not-opened' | 'by-peer' | 'leaving';

/** Of an `icecandidateerror`; `code` by RFC 8489 section 14.8, or 701 for a server that was not reached at all. */
export interface CandidateError {
  readonly url: string;
  readonly code: number;
}

export interface Attempt {
  readonly linkId: string;
  readonly dialled: boolean;
  readonly route: CreateOrder['route'];
  /** The peer's claim, where one was made before the link. */
  readonly peerKey: AccountId | undefined;
  readonly startedAtMs: number;
  /** Candidate lines (RFC 8839 section 5.1) that this browser found, and that the peer sent. */
  readonly local: readonly string[];
  readonly remote: readonly string[];
  readonly errors: readonly CandidateError[];
  /** Of ICE, the first on top. */
  readonly states: readonly { readonly atMs: number; readonly state: string }[];
  /** The peer's description came. */
  readonly described: boolean;
  /** Pairs of candidates that the browser tries or tried; a name that it can't look up makes none. */
  readonly pairs: number;
  /** Something came back over one of the pairs. */
  readonly answered: boolean;
  readonly openedAtMs: number | undefined;
  readonly path: LinkPath | undefined;
  readonly endedAtMs: number | undefined;
  readonly end: AttemptEnd | undefined;
}

type CreateOrder = Extract<ConnectionOrder, { type: 'connection-create' }>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** Writes one attempt down. Nothing of it throws. */
export interface AttemptRecorder {
  /** From now on the browser is listened to. `path`: asks which pair is in use. */
  watch(connection: RTCPeerConnection, path: () => Promise<LinkPath | undefined>): void;
  /** What the peer sent. */
  heard(signal: ConnectionSignal): void;
  opened(): void;
  ended(end: AttemptEnd): void;
}

export interface ConnectionLog {
  begin(order: CreateOrder): AttemptRecorder;
  /** The oldest first; what is given does not change any more. */
  attempts(): readonly Attempt[];
  /**
   * When the browser last found no way to a peer that had answered, or refused a connection; undefined if not since the
   * last link.
   */
  readonly failedAtMs: number | undefined;
}

export function createConnectionLog(now: () => number): ConnectionLog {
  const log: Mutable<Attempt>[] = [];
  let failedAtMs: number | undefined;

  return {
    begin({ linkId, initiator, route, peerKey }) {
      const attempt: Mutable<Attempt> = {
        linkId,
        dialled: initiator,
        route,
        peerKey,
        startedAtMs: now(),
        local: [],
        remote: [],
        errors: [],
        states: [],
        described: false,
        pairs: 0,
        answered: false,
        openedAtMs: undefined,
        path: undefined,
        endedAtMs: undefined,
        end: undefined,
      };
      log.push(attempt);
      // What has ended goes before what is still there.
      if (log.length > MAX_ATTEMPTS) {
        const ended = log.findIndex(({ end }) => end !== undefined);
        log.splice(Math.max(ended, 0), 1);
      }
      let sampling: ReturnType<typeof setInterval> | undefined;

      function sample(connection: RTCPeerConnection, path: () => Promise<LinkPath | undefined>): void {
        const isSetUp = attempt.openedAtMs !== undefined;
        if (isSetUp && attempt.path !== undefined) return clearInterval(sampling);
        if (isSetUp) void path().then((found) => (attempt.path = found));
        else void connection.getStats().then(readPairs, () => undefined);
      }

      function readPairs(stats: RTCStatsReport): void {
        if (attempt.end !== undefined) return;
        attempt.pairs = 0;
        for (const report of stats.values() as Iterable<PairReport>) {
          if (report.type !== 'candidate-pair') continue;
          attempt.pairs += 1;
          if ((report.responsesReceived ?? 0) + (report.requestsReceived ?? 0) > 0) attempt.answered = true;
        }
      }

      return {
        watch(connection, path) {
          const look = (): void => sample(connection, path);
          connection.addEventListener('icecandidate', ({ candidate }) => {
            if (candidate) add(attempt.local, candidate.candidate);
          });
          connection.addEventListener('icecandidateerror', ({ url, errorCode }) => {
            const isKnown = attempt.errors.some((error) => error.url === url && error.code === errorCode);
            if (!isKnown) add(attempt.errors, { url, code: errorCode });
          });
          connection.addEventListener('iceconnectionstatechange', () => {
            add(attempt.states, { atMs: now(), state: connection.iceConnectionState });
            if (attempt.end === undefined) look();
          });
          sampling = setInterval(look, SAMPLE_INTERVAL_MS);
        },
        heard(signal) {
          if (signal.type === 'candidate') return add(attempt.remote, signal.candidate.candidate);
          attempt.described = true;
          // By hand, all candidates come in the description.
          for (const [, line = ''] of signal.sdp.matchAll(/^a=(candidate:.*)$/gm)) add(attempt.remote, line);
        },
        opened() {
          attempt.openedAtMs = now();
          failedAtMs = undefined;
        },
        ended(end) {
          clearInterval(sampling);
          if (attempt.end !== undefined) return;
          attempt.end = end;
          attempt.endedAtMs = now();
          // A peer that begins anew has given up on the one before.
          const isLost = end === 'timeout' || end === 'failed' || end === 'replaced';
          const isFailure = (attempt.described && isLost) || end === 'not-opened';
          if (isFailure && attempt.openedAtMs === undefined) failedAtMs = attempt.endedAtMs;
        },
      };
    },
    attempts: () => log.map((attempt) => structuredClone(attempt)),
    get failedAtMs() {
      return failedAtMs;
    },
  };
}

/** Of RTCIceCandidatePairStats; Firefox leaves counts out. */
interface PairReport {
  readonly type: string;
  readonly responsesReceived?: number;
  readonly requestsReceived?: number;
}

/** Some browsers end the candidates with an empty one. */
function add<T>(entries: T[], entry: T): void {
  if (entry !== '' && entries.length < MAX_ENTRIES) entries.push(entry);
}
