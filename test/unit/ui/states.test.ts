import { describe, expect, test } from 'vitest';
import type { PeerView, PowSnapshot } from '../../../web/node/snapshot.ts';
import { powSentence } from '../../../web/ui/chain/pow-sentence.ts';
import { chainChip, peersChip, signalChip } from '../../../web/ui/chips.ts';
import { peerTip } from '../../../web/ui/network/peer-tip.ts';
import { noticesOf, type NoticeInput } from '../../../web/ui/notices.ts';
import { accountName } from '../../../web/ui/names.ts';
import { m } from '../../../web/ui/paraglide/messages.js';
import { ALICE, chain, NOBODY, peer, status } from './snapshots.ts';

describe('chips', () => {
  test('a lost server counts down to the next try', () => {
    const retrying = { kind: 'retrying', atMs: 10_000 } as const;
    expect(signalChip(retrying, 2_001).word).toBe('retrying in 8 s');
    expect(signalChip(retrying, 10_500).word).toBe('retrying');
  });

  test('links that still shake hands are not counted', () => {
    expect(peersChip({ peers: [peer(), peer({ ready: false })] })).toMatchObject({ word: '1 linked' });
    expect(peersChip({ peers: [peer({ ready: false })] }).state).toBe('connecting');
    expect(peersChip(undefined).state).toBe('alone');
  });

  test('links that peers introduced are told apart', () => {
    const peers = [peer(), peer({ route: 'peers' }), peer({ route: 'invitation' })];
    expect(peersChip({ peers })).toMatchObject({ word: '3 linked, 1 relayed' });
    expect(peersChip({ peers: [peer({ route: 'peers', ready: false })] }).word).toBe('connecting');
  });

  test('"in sync" is said only with somebody to be in sync with', () => {
    const running = { kind: 'running' } as const;
    expect(chainChip(running, chain(5), { peers: [] }).state).toBe('alone');
    expect(chainChip(running, chain(5), { peers: [peer()] }).state).toBe('synced');
    expect(chainChip(running, chain(5, { headerHeight: 125 }), undefined).word).toBe('120 behind');
    expect(chainChip({ kind: 'loading', done: 1, total: 2 }, undefined, undefined).state).toBe('loading');
  });
});

describe('notices', () => {
  const calm: NoticeInput = {
    status: status(),
    chain: chain(5),
    peers: { peers: [peer()] },
    nowMs: 60_000,
    connectFailedAtMs: undefined,
    runningSinceMs: 0,
    settledSignaling: { kind: 'connected', members: 1 },
    catchUpMs: undefined,
  };
  const kinds = (changes: Partial<NoticeInput>) => noticesOf({ ...calm, ...changes }).map(({ kind }) => kind);

  test('a room in order has none', () => expect(kinds({})).toEqual([]));

  test('alone after three seconds, not before', () => {
    const peers = { peers: [] };
    expect(kinds({ peers, nowMs: 2_999 })).toEqual([]);
    expect(kinds({ peers, nowMs: 3_000 })).toEqual(['alone']);
  });

  test('with others in the room it links instead of being alone', () => {
    const settledSignaling = { kind: 'connected', members: 3 } as const;
    expect(kinds({ peers: { peers: [] }, settledSignaling })).toEqual(['connecting']);
  });

  test('cut off: others are here, peers answered, and there is no link', () => {
    const others = status({ signaling: { kind: 'connected', members: 3 } });
    const none = { peers: [] };
    const shaking = { peers: [peer({ ready: false })] };
    expect(kinds({ peers: none, status: others, connectFailedAtMs: 0 })).toEqual(['cut-off']);
    expect(kinds({ peers: shaking, status: others, connectFailedAtMs: 0 })).toEqual(['cut-off']);
    expect(kinds({ status: others, connectFailedAtMs: 0 })).toEqual([]);
    // Who is alone asks for the members once a minute: a newcomer that just failed to link is one.
    expect(kinds({ peers: none, connectFailedAtMs: 1 })).toEqual(['cut-off']);
    expect(kinds({ peers: none, connectFailedAtMs: 0 })).toEqual(['alone']);
    const [notice] = noticesOf({ ...calm, peers: none, status: others, connectFailedAtMs: 0 });
    expect(notice).toMatchObject({ tone: 'bad', doctor: true });
    expect(peersChip(none, true)).toMatchObject({ state: 'cut-off', tone: 'bad' });
    expect(peersChip({ peers: [peer()] }, true).state).toBe('linked');
  });

  test('a clock that is off by more than 30 s from most peers is said, and by how much', () => {
    const clocks = (...ahead: number[]) => ({
      peers: { peers: ahead.map((clockAheadSeconds) => peer({ clockAheadSeconds })) },
    });
    expect(kinds(clocks(30, -30, 29))).toEqual([]);
    // One wrong clock among three is that peer's own affair.
    expect(kinds(clocks(0, 600, 1))).toEqual([]);
    expect(kinds(clocks(595, 600, 1))).toEqual(['clock']);
    expect(noticesOf({ ...calm, ...clocks(45) })[0]?.text).toContain('45 seconds behind');
    expect(noticesOf({ ...calm, ...clocks(-61) })[0]?.text).toContain('61 seconds ahead of');
  });

  test('a clock is off only if more than half of the peers say so, whichever way it is off', () => {
    const said = (...ahead: number[]) =>
      noticesOf({ ...calm, peers: { peers: ahead.map((clockAheadSeconds) => peer({ clockAheadSeconds })) } });
    for (const sign of [1, -1]) {
      expect(said(0, 600 * sign)).toEqual([]);
      expect(said(0, 1, 600 * sign, 601 * sign)).toEqual([]);
      expect(said(45 * sign, 600 * sign)[0]?.text).toContain('45 seconds');
      expect(said(0, 45 * sign, 600 * sign, 601 * sign)[0]?.text).toContain('45 seconds');
    }
    // They agree on nothing but that they differ.
    expect(said(-600, 600)).toEqual([]);
  });

  test('without the server the peers are counted, and the two are not confused', () => {
    const lost = { ...calm, settledSignaling: { kind: 'retrying', atMs: 68_000 } } as const;
    expect(noticesOf(lost)[0]?.text).toBe(
      'New people can’t join by link; your 1 peer is unaffected. Retrying in 8 s.',
    );
    expect(kinds({ ...lost, peers: { peers: [] } })).toEqual(['signal']);
    // By hand they can.
    expect(noticesOf(lost)[0]?.action).toBe('invite');
    expect(noticesOf(lost)[0]?.doctor).toBe(true);
  });

  test('while the server is tried again, nothing else is said than before', () => {
    const peers = { peers: [] };
    const trying = { status: status({ signaling: { kind: 'connecting' } }), peers };
    expect(kinds({ ...trying, settledSignaling: { kind: 'retrying', atMs: 59_000 } })).toEqual(['signal']);
    expect(kinds({ ...trying, settledSignaling: { kind: 'refused', code: 'room-full' } })).toEqual([
      'signal',
    ]);
    // The first try of all is no news.
    expect(kinds({ ...trying, settledSignaling: { kind: 'connecting' } })).toEqual(['alone']);
  });

  test('a healed chain that the peers have made whole again is not on its way, and soon no news', () => {
    const storage = { kind: 'healed', keptHeight: 3, lostHeight: 10 } as const;
    const said = (
      height: number,
      nowMs: number,
      healed: { keptHeight: number; lostHeight: number } = storage,
    ) =>
      noticesOf({
        ...calm,
        status: status({ storage: { ...storage, ...healed } }),
        chain: chain(height),
        nowMs,
      }).map(({ text }) => text);
    const repaired =
      'This tab’s stored chain was damaged and has been repaired: all blocks up to #10 are there.';
    expect(said(9, 3_600_000)).toEqual([
      'This tab’s stored chain was damaged. Blocks up to #3 were kept; those up to #10 come from the peers.',
    ]);
    expect(said(10, 59_999)).toEqual([repaired]);
    expect(said(15, 60_000)).toEqual([]);
    const fromItself = { keptHeight: 10, lostHeight: 10 };
    expect(said(10, 1_000, fromItself)).toEqual([repaired]);
    expect(said(10, 60_000, fromItself)).toEqual([]);
  });

  test('loading says who you are and how far it is', () => {
    const loading = status({ phase: { kind: 'loading', done: 301, total: 1204 } });
    expect(noticesOf({ ...calm, status: loading })).toEqual([
      expect.objectContaining({ kind: 'loading', progress: 0.25 }),
    ]);
    expect(noticesOf({ ...calm, status: loading })[0]?.text).toContain(
      `You are ${accountName(ALICE)}. Checking 1,204 blocks`,
    );
    const opening = status({ phase: { kind: 'opening' } });
    expect(noticesOf({ ...calm, status: opening })[0]?.text).toBe(
      `You are ${accountName(ALICE)}. Opening this room…`,
    );
    expect(noticesOf({ ...calm, status: { ...opening, account: undefined } })[0]?.text).toBe(
      'Opening this room…',
    );
  });

  test('a tab that is behind says whom its blocks come from', () => {
    const chainBehind = chain(5, { headerHeight: 9 });
    const behind = (...asked: readonly Partial<PeerView>[]) =>
      noticesOf({ ...calm, chain: chainBehind, peers: { peers: asked.map(peer) } })[0]?.text;
    expect(behind({ awaited: 0 })).toBe('Catching up: 5 of 9 blocks verified.');
    expect(behind({ awaited: 3 }, { key: NOBODY, awaited: 1 })).toBe(
      `Catching up: 5 of 9 blocks verified. The blocks come from ${accountName(ALICE)} and ${accountName(NOBODY)}.`,
    );
    expect(behind({ awaited: 1 }, { awaited: 1 }, { awaited: 1 }, { awaited: 1 })).toContain('from 4 peers.');
  });

  test('a tab that is behind says how long it still takes, once that can be told', () => {
    const behind = { ...calm, chain: chain(5_000, { headerHeight: 20_000 }), catchUpMs: 95_000 };
    expect(noticesOf(behind)[0]?.text).toBe(
      'Catching up: 5,000 of 20,000 blocks verified. About 2 minutes left.',
    );
  });

  test('a tab that could not read its key says that its account is another, and that a reload may help', () => {
    const unread = {
      kind: 'forgetting',
      reason: 'unread',
      detail: 'Internal error',
      retries: false,
    } as const;
    const [notice] = noticesOf({ ...calm, status: status({ storage: unread }) });
    expect(notice).toMatchObject({ kind: 'storage', tone: 'bad', action: 'reload' });
    expect(notice?.text).toBe(
      'The browser could not read this tab’s key, so the tab has another account until it is reloaded. ' +
        'The browser says: “Internal error”',
    );
  });

  test('a forgetting tab that is behind says both, a dead one only that', () => {
    const forgetting = status({
      storage: { kind: 'forgetting', reason: 'full', detail: undefined, retries: true },
    });
    expect(kinds({ status: forgetting, chain: chain(5, { headerHeight: 9 }) })).toEqual([
      'storage',
      'syncing',
    ]);
    expect(
      kinds({ status: status({ phase: { kind: 'failed', problem: { code: 'worker-lost' } } }) }),
    ).toEqual(['failed']);
  });
});

test.each([
  [{ tipId: 'a10', height: 10 }, 'same'],
  [{ tipId: 'a7', height: 7 }, 'behind'],
  [{ tipId: 'a12', height: 12 }, 'ahead'],
  [{ tipId: 'b10', height: 10 }, 'other'],
  [{ tipId: undefined, height: undefined }, 'unknown'],
] as const)('a peer that says %o is: %s', (said, state) => {
  expect(peerTip(peer(said), chain(10)).state).toBe(state);
});

describe('mining says what it does and why', () => {
  const pow: PowSnapshot = {
    mode: 'on-demand',
    working: false,
    workers: 2,
    maxWorkers: 8,
    hashRate: undefined,
    kernel: 'noble',
    found: 0,
  };
  const mempool = { count: 0, bytes: 0, pending: [], refused: 0 };
  const say = (changes: Partial<PowSnapshot>, count = 0, hold?: 'phone') =>
    powSentence({
      pow: { ...pow, ...changes },
      chain: chain(4),
      mempool: { ...mempool, count },
      hold,
      failed: false,
    });

  test('before the engine runs', () => {
    const nothing = { pow: undefined, chain: undefined, mempool: undefined, hold: undefined };
    expect(powSentence({ ...nothing, failed: false })).toBe(m.pow_starting());
    expect(powSentence({ ...nothing, failed: true })).toBe(m.pow_stopped());
  });
  test('on demand', () => {
    expect(say({})).toBe(m.pow_resting());
    expect(say({}, 1)).toBe(m.pow_waiting());
    expect(say({ working: true }, 1)).toBe('Mining block #5, because a message is pending.');
  });
  test('always', () => {
    expect(say({ mode: 'always', working: true })).toBe('Mining block #5. Never rests.');
  });
  test('with no worker that runs it mines nothing', () => {
    expect(say({ workers: 0, working: true }, 1)).toBe(m.pow_no_workers());
    expect(say({ workers: 0, mode: 'off' })).toBe(m.pow_idle_off());
  });
  test('off, by the user or for a phone', () => {
    expect(say({ mode: 'off' })).toBe(m.pow_idle_off());
    expect(say({ mode: 'off' }, 0, 'phone')).toBe(m.pow_phone());
  });
});
