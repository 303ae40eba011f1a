/** The id of an open link, used once more on the other route by somebody who has read it. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLinks } from '../../../web/engine/links.ts';
import type { ConnectionOrder } from '../../../web/engine/messages.ts';
import { deriveRoom } from '../../../web/net/room.ts';
import { seal, sealBytes } from '../../../web/net/seal.ts';
import { addressId } from '../../../web/node/address.ts';
import type { Node } from '../../../web/node/node.ts';

const ROOM = deriveRoom('class-7b');
const LINK_ID = 'ab'.repeat(16);
const random = (bytes: number) => new Uint8Array(bytes).fill(7);
const sockets: FakeSocket[] = [];

class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  readyState = 1;
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  sent: string[] = [];
  constructor() {
    super();
    sockets.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.readyState = 3;
  }
  hear(message: object): void {
    const event = Object.assign(new Event('message'), { data: JSON.stringify(message) });
    this.dispatchEvent(event);
    this.onmessage?.(event);
  }
}

beforeEach(() => void vi.stubGlobal('WebSocket', FakeSocket));
afterEach(() => void vi.unstubAllGlobals());

test('does not end it', () => {
  const orders: ConnectionOrder[] = [];
  const self = { key: 'b'.repeat(64), session: 'b'.repeat(16) };
  const alice = { key: 'a'.repeat(64), session: 'a'.repeat(16) };
  const node = {
    account: self.key,
    session: self.session,
    admit: () => 'accept',
    onLinkOpen: () => undefined,
    onDialFailed: () => undefined,
    onLinkClosed: () => undefined,
    onWelcome: () => undefined,
    sendSignal: () => undefined,
  };
  const links = createLinks({
    room: ROOM,
    signalingUrl: 'ws://nowhere.invalid/signal',
    node: node as unknown as Node,
    post: (order) => orders.push(order),
    onSignaling: () => undefined,
    onIceServers: () => undefined,
    onInvitations: () => undefined,
  });
  links.start(0);
  links.tick(0);
  const [socket] = sockets as [FakeSocket];
  socket.dispatchEvent(new Event('open'));
  socket.onopen?.();
  socket.hear({ type: 'welcome', id: '00000000000000bb', peers: [], members: 2, iceServers: [] });

  // Alice's offer comes through peers, one of whom, Mallory, reads it: all have the room's key.
  const data = { type: 'offer', sdp: 'v=0 offer' } as const;
  const offer = { kind: 'offer', linkId: LINK_ID, ...alice, data } as const;
  const [from, to] = [addressId(alice), addressId(self)];
  links.onSignal(from, sealBytes(ROOM, { from, to }, offer, random));
  links.handle({ type: 'connection-open', linkId: LINK_ID });
  const before = orders.length;
  expect(before).toBeGreaterThan(0);

  // Mallory's own offer, by the server, under the same id.
  const route = { from: '00000000000000cc', to: '00000000000000bb' };
  const own = { ...offer, key: 'c'.repeat(64), session: 'c'.repeat(16) } as const;
  socket.hear({ type: 'signal', from: route.from, payload: seal(ROOM, route, own, random) });
  for (let ms = 0; ms < 15_000; ms += 250) links.tick(ms);
  expect(orders.slice(before)).toEqual([]);
});
