/** Links through peers, from the dial to the open link, with a signaling server that never answers. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLinks, type Links } from '../../../web/engine/links.ts';
import type { ConnectionOrder } from '../../../web/engine/messages.ts';
import { deriveRoom } from '../../../web/net/room.ts';
import { openBytes, sealBytes } from '../../../web/net/seal.ts';
import { addressId, type AddressId } from '../../../web/node/address.ts';
import type { Node } from '../../../web/node/node.ts';
import type { Link } from '../../../web/node/ports.ts';

const ROOM = deriveRoom('class-7b');
const LINK_ID = 'ab'.repeat(16);
const offer = { type: 'offer', sdp: 'v=0 offer' } as const;
const answer = { type: 'answer', sdp: 'v=0 answer' } as const;

class SilentSocket extends EventTarget {
  static readonly OPEN = 1;
  readonly readyState = 0;
  close(): void {
    // It was never open.
  }
}

beforeEach(() => {
  vi.stubGlobal('WebSocket', SilentSocket);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** The links of one tab, its page and what its node is told. */
class Bench {
  readonly account: string;
  readonly id: AddressId;
  readonly links: Links;
  readonly opened: { readonly link: Link; readonly peerId: string }[] = [];
  readonly failed: string[] = [];
  readonly orders: ConnectionOrder[] = [];
  readonly sent: { readonly to: AddressId; readonly payload: Uint8Array }[] = [];
  verdict: 'accept' | 'linked' = 'accept';

  constructor(digit: string) {
    this.account = digit.repeat(64);
    const session = digit.repeat(16);
    this.id = addressId({ key: this.account, session });
    const node = {
      account: this.account,
      session,
      admit: () => this.verdict,
      onLinkOpen: (link: Link, peerId: string) => this.opened.push({ link, peerId }),
      onDialFailed: (peerId: string, reason: string) => this.failed.push(`${peerId} ${reason}`),
      sendSignal: (to: AddressId, payload: Uint8Array) => this.sent.push({ to, payload }),
    };
    this.links = createLinks({
      room: ROOM,
      signalingUrl: 'ws://nowhere.invalid/signal',
      node: node as unknown as Node,
      post: (order) => this.#page(order),
      onSignaling: () => undefined,
      onIceServers: () => undefined,
      onInvitations: () => undefined,
    });
    this.links.start(0);
    this.links.tick(0);
  }

  /** Hands over what it wanted sent. */
  flushTo(other: Bench): void {
    for (const { to, payload } of this.sent.splice(0)) {
      expect(to).toBe(other.id);
      other.links.onSignal(this.id, payload);
    }
  }

  created(): Extract<ConnectionOrder, { type: 'connection-create' }>[] {
    return this.orders.filter((order) => order.type === 'connection-create');
  }

  #page(order: ConnectionOrder): void {
    this.orders.push(order);
    const { linkId } = order;
    if (order.type === 'connection-create' && order.initiator)
      queueMicrotask(() => this.links.handle({ type: 'connection-signal', linkId, signal: offer }));
    if (order.type !== 'connection-apply') return;
    if (order.signal.type === 'offer')
      queueMicrotask(() => this.links.handle({ type: 'connection-signal', linkId, signal: answer }));
    queueMicrotask(() => this.links.handle({ type: 'connection-open', linkId }));
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a dial by address becomes a link on both sides, without a word of the server', async () => {
  const a = new Bench('a');
  const b = new Bench('b');
  a.links.dial(b.id, 'peers');
  await turn();
  a.flushTo(b);
  await turn();
  b.flushTo(a);
  await turn();
  expect(a.opened).toMatchObject([{ peerId: b.id, link: { dialled: true, route: 'peers' } }]);
  expect(b.opened).toMatchObject([{ peerId: a.id, link: { dialled: false, route: 'peers' } }]);
  expect(a.opened[0]?.link.id).toBe(b.opened[0]?.link.id);
  a.links.dial(b.id, 'peers');
  a.links.tick(250);
  expect(a.failed).toEqual([`${b.id} linked`]);
});

test('what no relay can deliver, and what the peer refuses, fails the dial', async () => {
  const a = new Bench('a');
  const b = new Bench('b');
  a.links.dial(b.id, 'peers');
  await turn();
  a.links.onUnroutable(b.id);
  expect(a.failed).toEqual([`${b.id} unreachable`]);
  a.sent.length = 0;

  b.verdict = 'linked';
  a.links.dial(b.id, 'peers');
  await turn();
  a.flushTo(b);
  b.flushTo(a);
  expect(a.failed.at(-1)).toBe(`${b.id} linked`);
  expect(b.created()).toEqual([]);
});

test('an offer in another’s name, for another or of another room opens nothing', () => {
  const b = new Bench('b');
  const a = addressId({ key: 'a'.repeat(64), session: 'a'.repeat(16) });
  const offerOf = (digit: string) =>
    ({
      kind: 'offer',
      linkId: LINK_ID,
      key: digit.repeat(64),
      session: digit.repeat(16),
      data: offer,
    }) as const;
  const [mine, others] = [offerOf('a'), offerOf('c')];
  const random = (bytes: number) => new Uint8Array(bytes).fill(7);
  const route = { from: a, to: b.id };
  for (const payload of [
    sealBytes(ROOM, route, others, random),
    sealBytes(ROOM, { from: a, to: a }, mine, random),
    sealBytes(deriveRoom('class-7c'), route, mine, random),
    new Uint8Array(100),
  ])
    b.links.onSignal(a, payload);
  expect(b.orders).toEqual([]);
  b.links.onSignal(a, sealBytes(ROOM, route, mine, random));
  expect(b.created()).toMatchObject([{ linkId: LINK_ID, initiator: false }]);
});

test('a dial of each route goes its own way', async () => {
  const a = new Bench('a');
  a.links.dial('0123456789abcdef', 'server');
  a.links.tick(250);
  expect(a.failed).toEqual(['0123456789abcdef offline']);
  a.links.dial('b'.repeat(80), 'peers');
  await turn();
  expect(a.sent.map(({ to }) => to)).toEqual(['b'.repeat(80)]);
  const [{ payload } = { payload: new Uint8Array() }] = a.sent;
  expect(openBytes(ROOM, { from: a.id, to: 'b'.repeat(80) }, payload)).toMatchObject({ kind: 'offer' });
});
