import { describe, expect, test } from 'vitest';
import { claimSlot, NoFreeSlotError, type SlotOptions } from '../../../web/store/slot.ts';
import { claimByVoice, type ClaimChannel } from '../../../web/store/voice-claim.ts';

const ROOM = { network: 'room', roomId: 'ab'.repeat(16), hint: undefined, ownSlotWaitMs: 5 } as const;

/** Web Locks' `ifAvailable` and `signal`, for as many tabs as share it. */
function createLocks(): LockManager {
  const held = new Set<string>();
  const request = async (
    name: string,
    { ifAvailable, signal }: LockOptions,
    callback: (lock: { name: string } | null) => unknown,
  ): Promise<unknown> => {
    await Promise.resolve();
    if (held.has(name) && ifAvailable === true) return callback(null);
    while (held.has(name)) {
      signal?.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    held.add(name);
    try {
      return await callback({ name });
    } finally {
      held.delete(name);
    }
  };
  return { request } as unknown as LockManager;
}

describe('a slot with Web Locks', () => {
  test('is the first free one, or the hinted one if that is free', async () => {
    const locks = createLocks();
    const claim = (hint: number | undefined) => claimSlot({ ...ROOM, locks, hint });
    expect((await claim(undefined)).slot).toBe(0);
    expect((await claim(5)).slot).toBe(5);
    expect((await claim(5)).slot).toBe(1);
    expect((await claim(-1)).slot).toBe(2);
    expect((await claim(1.5)).slot).toBe(3);
    expect((await claimSlot({ ...ROOM, locks, network: 'regtest' })).slot).toBe(0);
  });

  test('is the old one for a tab that was reloaded while its page before was still ending', async () => {
    const locks = createLocks();
    const before = await claimSlot({ ...ROOM, locks, hint: 5 });
    const after = claimSlot({ ...ROOM, locks, hint: 5, ownSlotWaitMs: 60_000 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    before.release();
    expect((await after).slot).toBe(5);
  });

  test('is another one for each of many tabs at once', async () => {
    const locks = createLocks();
    const claimed = await Promise.all(
      Array.from({ length: 10 }, () => claimSlot({ ...ROOM, locks, hint: 3 })),
    );
    expect(claimed.map(({ slot }) => slot).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('is free again after its release', async () => {
    const locks = createLocks();
    const first = await claimSlot({ ...ROOM, locks });
    first.release();
    await Promise.resolve();
    await Promise.resolve();
    expect((await claimSlot({ ...ROOM, locks })).slot).toBe(0);
  });

  test('is refused when all are taken', async () => {
    const locks = createLocks();
    for (let n = 0; n < 3; n += 1) await claimSlot({ ...ROOM, locks, maxSlots: 3 });
    await expect(claimSlot({ ...ROOM, locks, maxSlots: 3 })).rejects.toThrow(NoFreeSlotError);
  });
});

/** A BroadcastChannel between tabs: what is said reaches the others with the next `deliver`, unless they are frozen. */
function createAir() {
  const tabs = new Set<ClaimChannel & { frozen: boolean; inbox: unknown[] }>();
  return {
    open() {
      const tab = {
        frozen: false,
        inbox: [] as unknown[],
        onmessage: null as ClaimChannel['onmessage'],
        postMessage(message: unknown) {
          for (const other of tabs) if (other !== tab) other.inbox.push(structuredClone(message));
        },
        close: () => tabs.delete(tab),
      };
      tabs.add(tab);
      return tab;
    },
    /** Until nothing more is said. */
    deliver() {
      for (;;) {
        const listening = [...tabs].find(({ frozen, inbox }) => !frozen && inbox.length > 0);
        if (listening === undefined) return;
        const data = listening.inbox.shift();
        listening.onmessage?.({ data } as MessageEvent);
      }
    },
  };
}

describe('a slot by voice', () => {
  /** Waiting for objections is: everyone has heard everything. */
  function createBrowser() {
    const air = createAir();
    const wait = async () => {
      await Promise.resolve();
      air.deliver();
    };
    const claim = (changes: Partial<SlotOptions> = {}) =>
      claimSlot({ ...ROOM, locks: undefined, openChannel: () => air.open(), wait, ...changes });
    return { air, wait, claim };
  }

  test('is the first free one, or the hinted one if that is free', async () => {
    const { claim } = createBrowser();
    expect((await claim()).slot).toBe(0);
    expect((await claim()).slot).toBe(1);
    expect((await claim({ hint: 7 })).slot).toBe(7);
    const second = await claim({ hint: 7 });
    expect(second.slot).toBe(2);
    second.release();
    expect((await claim({ hint: 2 })).slot).toBe(2);
  });

  test('is another one for each of many tabs at once', async () => {
    const { claim } = createBrowser();
    const claimed = await Promise.all(Array.from({ length: 12 }, () => claim({ hint: 4 })));
    expect(new Set(claimed.map(({ slot }) => slot)).size).toBe(12);
  });

  test('goes to the lower token of two that want it at once, whoever spoke first', async () => {
    for (const tokens of [
      ['a', 'b'],
      ['b', 'a'],
    ]) {
      const { air, wait } = createBrowser();
      const claims = tokens.map((token) => claimByVoice([0, 1], { channel: air.open(), wait, token }));
      const slots = (await Promise.all(claims)).map((claimed) => claimed?.slot);
      expect(slots[tokens.indexOf('a')]).toBe(0);
      expect(slots[tokens.indexOf('b')]).toBe(1);
    }
  });

  test('is given where the browser refuses locks, as it was told to keep nothing', async () => {
    const { claim } = createBrowser();
    const refused = () => Promise.reject(new DOMException('The request was denied.', 'SecurityError'));
    const locks = { request: refused } as unknown as LockManager;
    expect((await claim({ locks })).slot).toBe(0);
    expect((await claim({ locks })).slot).toBe(1);
  });

  test('is refused when all are taken', async () => {
    const { claim } = createBrowser();
    for (let n = 0; n < 3; n += 1) await claim({ maxSlots: 3 });
    await expect(claim({ maxSlots: 3 })).rejects.toThrow(NoFreeSlotError);
  });

  test('is lost again when a tab that was frozen turns out to have it', async () => {
    const { air, wait } = createBrowser();
    const frozen = air.open();
    await claimByVoice([0], { channel: frozen, wait });
    frozen.frozen = true;
    let lost = 0;
    const claimed = await claimByVoice([0], { channel: air.open(), wait, onLost: () => (lost += 1) });
    expect([claimed?.slot, lost]).toEqual([0, 0]);
    frozen.frozen = false;
    air.deliver();
    expect(lost).toBe(1);
  });

  test('ignores what is no claim', async () => {
    const { air, wait } = createBrowser();
    const stranger = air.open();
    const claimed = claimByVoice([0], { channel: air.open(), wait });
    for (const data of [null, 5, 'hold', {}, { type: 'hold', slot: '0', token: 't' }, { type: 'x', slot: 0 }])
      stranger.postMessage(data);
    expect((await claimed)?.slot).toBe(0);
  });
});
