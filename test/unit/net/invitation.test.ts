import { describe, expect, test } from 'vitest';
import type {
  ConnectionOrder,
  InvitationCommand,
  InvitationResult,
  InvitationState,
} from '../../../web/engine/messages.ts';
import {
  CLOCK_SLACK_MS,
  CONNECT_TIMEOUT_MS,
  createInvitations,
  LIFETIME_MS,
  MAX_OPEN,
  SETTLED_AFTER_MS,
  type InvitationsOptions,
} from '../../../web/net/invitation.ts';
import { deriveRoom } from '../../../web/net/room.ts';
import type { Link } from '../../../web/node/ports.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { CHROMIUM_ANSWER, CHROMIUM_OFFER, FIREFOX_ANSWER, FIREFOX_OFFER } from './recorded-sdp.ts';

const ROOM = deriveRoom('class-7b');
const START_MS = 1_767_225_600_000;

/** One tab: its invitations, a browser that writes what was recorded, and all that was said. */
function createTab(digit: string, changes: Partial<InvitationsOptions> = {}) {
  const orders: ConnectionOrder[] = [];
  const told: string[] = [];
  const links: Link[] = [];
  let states: readonly InvitationState[] = [];
  let nowMs = START_MS;
  const rng = new SeededRandom(Number(digit));
  const invitations = createInvitations({
    room: ROOM,
    self: { key: digit.repeat(64), session: digit.repeat(16) },
    rng,
    post: (order) => orders.push(order),
    admit: () => 'accept',
    onOpen: (link, { key }) => {
      links.push(link);
      told.push(`open ${key[0]} ${link.route} ${link.dialled ? 'dialled' : 'answered'}`);
    },
    onFrame: (_, frame) => told.push(`frame ${frame.length}`),
    onDrained: () => told.push('drained'),
    onClosed: (_, reason) => told.push(`closed: ${reason}`),
    onChange: (value) => (states = value),
    ...changes,
  });
  const signal = (linkId: string, type: 'offer' | 'answer', sdp: string): void =>
    invitations.handle({ type: 'connection-signal', linkId, signal: { type, sdp } }, nowMs);
  const command = (value: InvitationCommand): InvitationResult => invitations.command(value, nowMs);
  return {
    invitations,
    orders,
    told,
    links,
    command,
    get states() {
      return states;
    },
    phase: (id: string) => states.find((state) => state.id === id)?.phase,
    text(id: string): string {
      const phase = states.find((state) => state.id === id)?.phase;
      return phase?.kind === 'waiting' ? phase.text : '';
    },
    pass(ms: number): void {
      nowMs += ms;
      invitations.tick(nowMs);
    },
    handle: (event: Parameters<typeof invitations.handle>[0]) => invitations.handle(event, nowMs),
    /** Makes an invitation, up to its text. */
    invite(sdp = CHROMIUM_OFFER): string {
      const result = command({ kind: 'create' });
      if (!result.ok) throw new Error(result.problem);
      signal(result.id, 'offer', sdp);
      return result.id;
    },
    answer(text: string, sdp = FIREFOX_ANSWER): InvitationResult {
      const result = command({ kind: 'answer', text });
      if (result.ok) signal(result.id, 'answer', sdp);
      return result;
    },
    accept: (text: string) => command({ kind: 'accept', text }),
  };
}

/** Both letters exchanged, the channel not open yet. */
function exchange() {
  const a = createTab('1');
  const b = createTab('2');
  const id = a.invite();
  b.answer(a.text(id));
  a.accept(b.text(id));
  return { a, b, id };
}

test.each([
  ['Chromium invites Firefox', CHROMIUM_OFFER, FIREFOX_ANSWER],
  ['Firefox invites Chromium', FIREFOX_OFFER, CHROMIUM_ANSWER],
])('%s: two letters make a link', (_name, offer, answer) => {
  const a = createTab('1');
  const b = createTab('2');
  const id = a.invite(offer);
  expect(a.orders).toEqual([
    {
      type: 'connection-create',
      linkId: id,
      initiator: true,
      route: 'invitation',
      peerKey: undefined,
      iceServers: [],
    },
  ]);
  expect(a.states).toEqual([
    {
      id,
      role: 'inviter',
      phase: {
        kind: 'waiting',
        text: expect.stringMatching(/^tabchain1\./),
        untilMs: START_MS + LIFETIME_MS,
      },
    },
  ]);

  b.answer(a.text(id), answer);
  expect(b.orders).toMatchObject([
    { type: 'connection-create', linkId: id, initiator: false, byHand: true },
    { type: 'connection-apply', linkId: id, signal: { type: 'offer' } },
  ]);
  // The guest keeps still: it is told no addresses.
  expect(JSON.stringify(b.orders)).not.toContain('a=candidate');

  expect(a.accept(b.text(id))).toEqual({ ok: true, id });
  expect(a.phase(id)).toEqual({ kind: 'connecting' });
  const applied = JSON.stringify(a.orders.at(-1));
  expect(applied).toContain('a=candidate');
  expect(applied).toContain('a=setup:active');

  for (const tab of [a, b]) tab.handle({ type: 'connection-open', linkId: id });
  expect([a.told, b.told]).toEqual([['open 2 invitation dialled'], ['open 1 invitation answered']]);
  expect([a.phase(id), b.phase(id)]).toEqual([{ kind: 'connected' }, { kind: 'connected' }]);
});

test('an open link carries frames, and its end is told once', () => {
  const { a, id } = exchange();
  a.handle({ type: 'connection-open', linkId: id });
  a.links[0]?.send(new Uint8Array(100));
  a.handle({ type: 'connection-drained', linkId: id, taken: 60 });
  expect(a.links[0]?.bufferedBytes).toBe(40);
  a.handle({ type: 'connection-frame', linkId: id, frame: new Uint8Array(5) });
  a.links[0]?.close();
  a.handle({ type: 'connection-frame', linkId: id, frame: new Uint8Array(6) });
  a.handle({ type: 'connection-closed', linkId: id, reason: 'x' });
  a.handle({ type: 'connection-closed', linkId: id, reason: 'x' });
  expect(a.told.slice(1)).toEqual(['drained', 'frame 5', 'closed: closed by this node']);
  expect(a.phase(id)).toEqual({ kind: 'failed', reason: 'refused' });
});

test('a link that ended later is not said to be connected any more', () => {
  const { b, id } = exchange();
  b.handle({ type: 'connection-open', linkId: id });
  b.pass(SETTLED_AFTER_MS);
  b.handle({ type: 'connection-closed', linkId: id, reason: 'closed by the peer' });
  expect(b.told.at(-1)).toBe('closed: closed by the peer');
  expect(b.states).toEqual([]);
});

describe('time', () => {
  test('an invitation ends after ten minutes, and so does the wait for it', () => {
    const a = createTab('1');
    const b = createTab('2');
    const id = a.invite();
    b.answer(a.text(id));
    for (const tab of [a, b]) {
      tab.pass(LIFETIME_MS - 1);
      expect(tab.phase(id)?.kind).toBe('waiting');
      tab.pass(1);
      expect(tab.phase(id)).toEqual({ kind: 'failed', reason: 'expired' });
      expect(tab.orders.at(-1)).toEqual({ type: 'connection-destroy', linkId: id, reason: 'expired' });
    }
  });

  test('an old invitation is not answered, unless the guest’s clock may be what is wrong', () => {
    const a = createTab('1');
    const text = a.text(a.invite());
    const late = createTab('2');
    late.pass(LIFETIME_MS + CLOCK_SLACK_MS);
    expect(late.answer(text)).toEqual({ ok: false, problem: 'expired' });
    const early = createTab('3');
    early.pass(-3_600_000);
    expect(early.answer(text).ok).toBe(true);
    const slow = createTab('4');
    slow.pass(LIFETIME_MS + CLOCK_SLACK_MS - 1);
    expect(slow.answer(text).ok).toBe(true);
  });

  test('the guest waits for as long as the inviter does, as far as it knows', () => {
    const a = createTab('1');
    const b = createTab('2');
    const id = a.invite();
    b.pass(60_000);
    b.answer(a.text(id));
    expect(b.phase(id)).toMatchObject({ untilMs: START_MS + LIFETIME_MS });
  });

  test('a device that does not answer is given up', () => {
    const { a, id } = exchange();
    a.pass(CONNECT_TIMEOUT_MS);
    expect(a.phase(id)).toEqual({ kind: 'failed', reason: 'unreachable' });
  });

  test('a browser that describes nothing is given up', () => {
    const a = createTab('1');
    const result = a.command({ kind: 'create' });
    a.pass(CONNECT_TIMEOUT_MS);
    expect(result.ok && a.phase(result.id)).toEqual({ kind: 'failed', reason: 'browser' });
  });
});

describe('refused, with the reason', () => {
  test('an answer a second time, or to an invitation that is gone', () => {
    const { a, b, id } = exchange();
    const text = b.text(id);
    expect(a.accept(text)).toEqual({ ok: false, problem: 'used' });
    a.handle({ type: 'connection-open', linkId: id });
    expect(a.accept(text)).toEqual({ ok: false, problem: 'used' });
    a.command({ kind: 'withdraw', id });
    expect(a.accept(text)).toEqual({ ok: false, problem: 'used' });
  });

  test('an answer after a reload, or in the wrong tab', () => {
    const { b, id } = exchange();
    expect(createTab('3').accept(b.text(id))).toEqual({ ok: false, problem: 'unknown' });
    expect(b.accept(b.text(id))).toMatchObject({ ok: false });
  });

  test('an invitation that this tab made, or answered before', () => {
    const a = createTab('1');
    const b = createTab('2');
    const id = a.invite();
    const text = a.text(id);
    expect(a.answer(text)).toEqual({ ok: false, problem: 'own' });
    b.answer(text);
    // Pasting it again shows the same answer again.
    expect(b.command({ kind: 'answer', text })).toEqual({ ok: true, id });
    expect(b.states).toHaveLength(1);
    b.command({ kind: 'withdraw', id });
    expect(b.answer(text)).toEqual({ ok: false, problem: 'used' });
  });

  test('but none that was put away before its answer was there', () => {
    const a = createTab('1');
    const b = createTab('2');
    const id = a.invite();
    const text = a.text(id);
    b.command({ kind: 'answer', text });
    b.command({ kind: 'withdraw', id });
    expect(b.answer(text)).toEqual({ ok: true, id });
    expect(b.phase(id)?.kind).toBe('waiting');
  });

  test('the one text in place of the other', () => {
    const { a, b, id } = exchange();
    const invitation = a.invite();
    expect(a.accept(a.text(invitation))).toEqual({ ok: false, problem: 'wrong-kind' });
    expect(createTab('3').answer(b.text(id))).toEqual({ ok: false, problem: 'wrong-kind' });
  });

  test.each(['linked', 'full', 'busy'] as const)('by the node, as "%s", on both sides', (reason) => {
    const a = createTab('1', { admit: () => reason });
    const b = createTab('2');
    const c = createTab('3', { admit: () => reason });
    const id = a.invite();
    expect(c.answer(a.text(id))).toEqual({ ok: false, problem: reason });
    b.answer(a.text(id));
    expect(a.accept(b.text(id))).toEqual({ ok: false, problem: reason });
    // It can still be given to somebody else.
    expect(a.phase(id)?.kind).toBe('waiting');
  });

  test('more than a few at once; what has ended makes room', () => {
    const a = createTab('1');
    const ids = Array.from({ length: MAX_OPEN }, () => a.invite());
    expect(a.command({ kind: 'create' })).toEqual({ ok: false, problem: 'too-many' });
    expect(a.answer(createTab('2').text('none'))).toEqual({ ok: false, problem: 'no-letter' });
    a.command({ kind: 'withdraw', id: ids[0] as string });
    expect(a.command({ kind: 'create' }).ok).toBe(true);
    a.pass(LIFETIME_MS);
    expect(a.states).toHaveLength(MAX_OPEN);
    // The next one puts away what has ended.
    a.invite();
    expect(a.states).toHaveLength(1);
  });
});

describe('what the browser says', () => {
  test('a guest without a network has no answer to give', () => {
    const a = createTab('1');
    const b = createTab('2');
    const id = a.invite();
    b.answer(a.text(id), FIREFOX_ANSWER.replaceAll(/a=candidate:.*\r\n/g, ''));
    expect(b.phase(id)).toEqual({ kind: 'failed', reason: 'no-network' });
    // With one it can be answered after all.
    expect(b.answer(a.text(id)).ok).toBe(true);
    expect(b.phase(id)?.kind).toBe('waiting');
  });

  test('a connection that closes early is a failure; a withdrawn one is nothing', () => {
    const { a, b, id } = exchange();
    for (const tab of [a, b]) tab.handle({ type: 'connection-closed', linkId: id, reason: 'x' });
    expect([a.phase(id), b.phase(id)]).toEqual([a, b].map(() => ({ kind: 'failed', reason: 'unreachable' })));
    const other = a.invite();
    a.command({ kind: 'withdraw', id: other });
    expect(a.orders.at(-1)).toEqual({ type: 'connection-destroy', linkId: other, reason: 'withdrawn' });
    a.handle({ type: 'connection-closed', linkId: other, reason: 'x' });
    a.handle({ type: 'connection-open', linkId: other });
    expect([a.states, a.told]).toEqual([[], []]);
  });

  test('an open channel that nobody was invited to is nothing', () => {
    const a = createTab('1');
    const id = a.invite();
    a.handle({ type: 'connection-open', linkId: id });
    a.handle({ type: 'connection-frame', linkId: id, frame: new Uint8Array(1) });
    expect(a.told).toEqual([]);
  });
});
