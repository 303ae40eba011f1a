import { beforeEach, afterEach, describe, expect, test, vi } from 'vitest';
import type { ConnectionOrder } from '../../../web/engine/messages.ts';
import {
  createConnectionLog,
  MAX_ATTEMPTS,
  MAX_ENTRIES,
  type AttemptEnd,
  type ConnectionLog,
} from '../../../web/net/connection-log.ts';
import type { LinkPath } from '../../../web/net/link-path.ts';

const linkIdOf = (n: number): string => n.toString(16).padStart(32, '0');
const orderOf = (n: number): Extract<ConnectionOrder, { type: 'connection-create' }> => ({
  type: 'connection-create',
  linkId: linkIdOf(n),
  initiator: true,
  route: 'server',
  peerKey: undefined,
  iceServers: [{ urls: 'turn:t', username: 'secret name', credential: 'secret word' }],
});
const answer = {
  type: 'answer',
  sdp: 'v=0\r\na=candidate:1 1 udp 1 1.2.3.4 5 typ host\r\na=end\r\n',
} as const;

/** What the log hears of an RTCPeerConnection. */
class FakeConnection extends EventTarget {
  iceConnectionState = 'new';
  reports: object[] = [];
  getStats(): Promise<Map<number, object>> {
    return Promise.resolve(new Map(this.reports.entries()));
  }
  say(type: string, fields: object = {}): void {
    this.dispatchEvent(Object.assign(new Event(type), fields));
  }
}

function begin(log: ConnectionLog, n: number, path?: LinkPath) {
  const connection = new FakeConnection();
  const recorder = log.begin(orderOf(n));
  recorder.watch(connection as unknown as RTCPeerConnection, () => Promise.resolve(path));
  return { connection, recorder };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a connection is written down from its first candidate to its end, and none of its secrets', async () => {
  let nowMs = 1000;
  const log = createConnectionLog(() => nowMs);
  const { connection, recorder } = begin(log, 1);
  connection.say('icecandidate', { candidate: { candidate: 'candidate:7' } });
  // Firefox's end of candidates, then the standard's.
  connection.say('icecandidate', { candidate: { candidate: '' } });
  connection.say('icecandidate', { candidate: null });
  for (let i = 0; i < 2; i++) connection.say('icecandidateerror', { url: 'turn:t', errorCode: 401 });
  recorder.heard(answer);
  recorder.heard({
    type: 'candidate',
    candidate: { candidate: 'candidate:8', sdpMid: '0', sdpMLineIndex: 0 },
  });
  connection.reports = [
    { type: 'candidate-pair', requestsReceived: 0 },
    { type: 'candidate-pair', responsesReceived: 0 },
    { type: 'transport' },
  ];
  nowMs = 1200;
  connection.iceConnectionState = 'checking';
  connection.say('iceconnectionstatechange');
  await vi.advanceTimersByTimeAsync(0);
  nowMs = 11_000;
  recorder.ended('timeout');
  recorder.ended('by-peer');
  expect(log.attempts()).toEqual([
    {
      linkId: linkIdOf(1),
      dialled: true,
      route: 'server',
      peerKey: undefined,
      startedAtMs: 1000,
      local: ['candidate:7'],
      remote: ['candidate:1 1 udp 1 1.2.3.4 5 typ host', 'candidate:8'].map((line) =>
        expect.stringContaining(line),
      ),
      errors: [{ url: 'turn:t', code: 401 }],
      states: [{ atMs: 1200, state: 'checking' }],
      described: true,
      pairs: 2,
      answered: false,
      openedAtMs: undefined,
      path: undefined,
      endedAtMs: 11_000,
      end: 'timeout',
    },
  ]);
  expect(JSON.stringify(log.attempts())).not.toContain('secret');
});

test('the statistics are looked at while it is set up, then its path, then nothing', async () => {
  const log = createConnectionLog(() => 5);
  const path = { local: 'host', remote: 'relay', protocol: 'udp' } as const;
  const { connection, recorder } = begin(log, 1, path);
  connection.reports = [{ type: 'candidate-pair', responsesReceived: 1 }];
  const asked = vi.spyOn(connection, 'getStats');
  await vi.advanceTimersToNextTimerAsync();
  expect(log.attempts()[0]).toMatchObject({ pairs: 1, answered: true, path: undefined });
  recorder.opened();
  await vi.advanceTimersToNextTimerAsync();
  expect(log.attempts()[0]).toMatchObject({ openedAtMs: 5, path });
  await vi.advanceTimersToNextTimerAsync();
  expect(vi.getTimerCount()).toBe(0);
  expect(asked).toHaveBeenCalledOnce();
});

test('a connection that ends is not looked at any more', async () => {
  const log = createConnectionLog(() => 5);
  const { recorder } = begin(log, 1);
  recorder.ended('failed');
  expect(vi.getTimerCount()).toBe(0);
});

test('the log is bounded: what has ended goes first, and no connection fills it', () => {
  const log = createConnectionLog(() => 0);
  const { connection, recorder } = begin(log, 0);
  for (let i = 0; i < MAX_ENTRIES + 9; i++) {
    connection.say('icecandidate', { candidate: { candidate: `candidate:${i}` } });
    connection.say('icecandidateerror', { url: `turn:${i}`, errorCode: 701 });
    connection.say('iceconnectionstatechange');
    recorder.heard({
      type: 'candidate',
      candidate: { candidate: `candidate:${i}`, sdpMid: '0', sdpMLineIndex: 0 },
    });
  }
  const [full] = log.attempts();
  for (const entries of [full?.local, full?.remote, full?.errors, full?.states])
    expect(entries).toHaveLength(MAX_ENTRIES);
  for (let n = 1; n <= MAX_ATTEMPTS + 5; n++) begin(log, n).recorder.ended('timeout');
  const kept = log.attempts().map(({ linkId }) => linkId);
  expect(kept).toHaveLength(MAX_ATTEMPTS);
  expect(kept[0]).toBe(linkIdOf(0));
  expect(kept.at(-1)).toBe(linkIdOf(MAX_ATTEMPTS + 5));
});

describe('failures', () => {
  const ends: readonly AttemptEnd[] = [
    'timeout',
    'failed',
    'not-opened',
    'full',
    'replaced',
    'offline',
    'leaving',
  ];
  const isFailure = (end: AttemptEnd, isDescribed: boolean): boolean => {
    const log = createConnectionLog(() => 0);
    const { recorder } = begin(log, 1);
    if (isDescribed) recorder.heard(answer);
    recorder.ended(end);
    return log.failedAtMs !== undefined;
  };

  test('count what the network did to a peer that answered', () => {
    expect(ends.filter((end) => isFailure(end, true))).toEqual([
      'timeout',
      'failed',
      'not-opened',
      'replaced',
    ]);
  });

  test('don’t count peers that are gone', () => {
    expect(ends.filter((end) => isFailure(end, false))).toEqual(['not-opened']);
  });

  test('are forgotten with the next link, whose own end is none', () => {
    let nowMs = 0;
    const log = createConnectionLog(() => nowMs);
    for (const n of [1, 2]) {
      nowMs = n;
      const { recorder } = begin(log, n);
      recorder.heard(answer);
      recorder.ended('timeout');
    }
    expect(log.failedAtMs).toBe(2);
    const { recorder } = begin(log, 3);
    recorder.heard(answer);
    recorder.opened();
    expect(log.failedAtMs).toBeUndefined();
    recorder.ended('failed');
    expect(log.failedAtMs).toBeUndefined();
  });
});
