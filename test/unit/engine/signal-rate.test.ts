/** What members send to a node by the server must not make the node say more than the server takes. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DEFAULT_LIMITS } from '../../../signaling/limits.ts';
import { createTokenBucket } from '../../../signaling/token-bucket.ts';
import { createLinks, type Links } from '../../../web/engine/links.ts';
import type { ConnectionOrder } from '../../../web/engine/messages.ts';
import type { CandidateData, OfferEnvelope } from '../../../web/net/envelope.ts';
import { ANSWERS } from '../../../web/net/linker.ts';
import { deriveRoom } from '../../../web/net/room.ts';
import { open, seal } from '../../../web/net/seal.ts';
import type { Node } from '../../../web/node/node.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';

const OWN = '000000000000000a';
const FRIEND = '000000000000000f';
const ROOM = deriveRoom('class-7b');
const START_MS = 1_000_000;
const TICK_MS = 250;
const { messages, bytesPerToken } = DEFAULT_LIMITS;
/** As long as a browser's. */
const SDP = 'v=0 '.repeat(125);
const CANDIDATES = 8;
const candidate: CandidateData = {
  type: 'candidate',
  candidate: { candidate: 'c'.repeat(120), sdpMid: '0', sdpMLineIndex: 0 },
};

class WelcomingSocket extends EventTarget {
  static last: WelcomingSocket;
  onSend: (text: string) => void = () => undefined;
  constructor() {
    super();
    WelcomingSocket.last = this;
  }
  send(text: string): void {
    this.onSend(text);
  }
  close(): void {
    // Nobody listens.
  }
  say(message: object): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data: JSON.stringify(message) }));
  }
}

beforeEach(() => {
  vi.stubGlobal('WebSocket', WelcomingSocket);
  vi.useFakeTimers({ now: START_MS, toFake: ['Date'] });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

interface Flood {
  /** Sockets that send what the server lets each of them: offers, all but for the odd ping. */
  readonly attackers: number;
  readonly verdict: 'accept' | 'full';
  /** Whether a browser can read the offers. */
  readonly isReadable?: boolean;
}

const SECONDS = 20;

/** Runs a node under that flood for SECONDS. Half of the way it dials a friend. */
function flood({ attackers, verdict, isReadable = true }: Flood) {
  const seen = { connections: 0, overBudget: 0, toFriend: 0 };
  const budget = createTokenBucket(messages, START_MS);
  const random = new SeededRandom(1);
  const node = {
    account: '11'.repeat(32),
    session: '22'.repeat(8),
    admit: () => verdict,
    onWelcome: () => undefined,
    onDialFailed: () => undefined,
  };
  const links: Links = createLinks({
    room: ROOM,
    signalingUrl: 'ws://nowhere.invalid/signal',
    node: node as unknown as Node,
    post: browse,
    onSignaling: () => undefined,
    onIceServers: () => undefined,
    onInvitations: () => undefined,
  });

  /** In the page's place. */
  function browse(order: ConnectionOrder): void {
    const { linkId } = order;
    const signal = (data: OfferEnvelope['data'] | CandidateData | { type: 'answer'; sdp: string }) =>
      links.handle({ type: 'connection-signal', linkId, signal: data });
    if (order.type === 'connection-create') {
      seen.connections += 1;
      if (order.initiator) signal({ type: 'offer', sdp: SDP });
    } else if (order.type === 'connection-apply' && order.signal.type === 'offer') {
      if (!isReadable) {
        links.handle({ type: 'connection-closed', linkId, reason: 'not read' });
        return;
      }
      signal({ type: 'answer', sdp: SDP });
      for (let i = 0; i < CANDIDATES; i += 1) signal(candidate);
    }
  }

  function offerFrom(n: number, count: number): void {
    const from = `00000000000001${n.toString(16).padStart(2, '0')}`;
    const offer: OfferEnvelope = {
      kind: 'offer',
      linkId: count.toString(16).padStart(32, '0'),
      key: '33'.repeat(32),
      session: '44'.repeat(8),
      data: { type: 'offer', sdp: SDP },
    };
    const payload = seal(ROOM, { from, to: OWN }, offer, (length) => random.bytes(length));
    WelcomingSocket.last.say({ type: 'signal', from, payload });
  }

  links.start(START_MS);
  links.tick(START_MS);
  const socket = WelcomingSocket.last;
  socket.onSend = (text) => {
    if (!budget.take(1 + Math.floor(text.length / bytesPerToken), Date.now())) seen.overBudget += 1;
    const message = JSON.parse(text) as { type: string; to?: string; payload?: string };
    if (message.to !== FRIEND || message.payload === undefined) return;
    if (open(ROOM, { from: OWN, to: FRIEND }, message.payload)?.kind === 'offer') seen.toFriend += 1;
  };
  socket.dispatchEvent(new Event('open'));
  socket.say({ type: 'welcome', id: OWN, peers: [], members: 3, iceServers: [] });
  const offerEveryMs = 1000 / messages.ratePerSecond;
  let count = 0;
  for (let ms = 0; ms < SECONDS * 1000; ms += offerEveryMs) {
    vi.setSystemTime(START_MS + ms);
    if (ms % TICK_MS === 0) links.tick(START_MS + ms);
    for (let n = 0; n < attackers; n += 1) offerFrom(n, (count += 1));
    if (ms === (SECONDS * 1000) / 2) links.dial(FRIEND, 'server');
  }
  return seen;
}

const MOST_ANSWERS = ANSWERS.burst + ANSWERS.perSecond * SECONDS;

test.each<[string, Flood]>([
  ['that are accepted', { attackers: 1, verdict: 'accept' }],
  ['that are refused', { attackers: 3, verdict: 'full' }],
  ['that no browser can read', { attackers: 1, verdict: 'accept', isReadable: false }],
])('offers %s, again and again', (_, attack) => {
  const { overBudget, connections } = flood(attack);
  expect(overBudget).toBe(0);
  // And the dial to the friend.
  expect(connections).toBeLessThanOrEqual(MOST_ANSWERS + 1);
});

test('a flood of refused offers leaves the way free for a dial of our own', () => {
  expect(flood({ attackers: 3, verdict: 'full' }).toFriend).toBe(1);
});
