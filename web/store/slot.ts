import type { Network } from '../core/params.ts';
import { claimByVoice, type ClaimChannel } from './voice-claim.ts';

/** Tabs of one browser in one room. More than a browser's 499 connections would bear, at eight links each. */
export const MAX_SLOTS = 64;

/**
 * How long a tab waits for the slot that it held before, in ms. The page before a reload may still be ending, and its
 * worker holds the slot until it has: Chromium gives a worker two seconds. A copy of a tab waits in vain.
 */
const OWN_SLOT_WAIT_MS = 4_000;

export interface SlotOptions {
  readonly network: Network;
  /** 16 bytes in hex. */
  readonly roomId: string;
  /** The slot that this tab held before it was reloaded: tried first. */
  readonly hint: number | undefined;
  /** `navigator.locks`; undefined on a plain-HTTP page of the LAN. */
  readonly locks: LockManager | undefined;
  readonly maxSlots?: number;
  /** For tests; OWN_SLOT_WAIT_MS by default. */
  readonly ownSlotWaitMs?: number;
  /** Without Web Locks only: another tab, too busy to object in time, has the slot. Nothing may be stored any more. */
  readonly onLost?: () => void;
  /** For tests of the way without Web Locks. */
  readonly openChannel?: (name: string) => ClaimChannel;
  readonly wait?: () => Promise<void>;
}

export interface Slot {
  readonly slot: number;
  /** Frees the slot for other tabs. A tab that ends frees it anyway. */
  release(): void;
}

/** All slots of the room are taken by other tabs of this browser. */
export class NoFreeSlotError extends Error {
  override readonly name = 'NoFreeSlotError';
  readonly slots: number;

  constructor(slots: number) {
    super(`this browser has ${slots} tabs in this room already`);
    this.slots = slots;
  }
}

/**
 * Makes this tab the only owner of a slot: the one of `hint` if it is free, else the first free one.
 * @throws NoFreeSlotError
 */
export async function claimSlot(options: SlotOptions): Promise<Slot> {
  const { network, roomId, hint, locks, maxSlots = MAX_SLOTS, ownSlotWaitMs = OWN_SLOT_WAIT_MS } = options;
  const name = `tabchain/${network}/${roomId}/slot`;
  const slots = Array.from({ length: maxSlots }, (_, slot) => slot);
  // What sessionStorage gives back may be anything.
  const order =
    hint !== undefined && slots.includes(hint) ? [hint, ...slots.filter((s) => s !== hint)] : slots;
  const byVoice = () =>
    claimByVoice(order, {
      channel: (options.openChannel ?? openBroadcastChannel)(name),
      ...(options.wait && { wait: options.wait }),
      ...(options.onLost && { onLost: options.onLost }),
    });
  const byLock = (manager: LockManager) =>
    claimByLock(manager, (slot) => `${name}/${slot}`, { order, hint, ownSlotWaitMs });
  // A browser that was told to keep nothing for this site, by its user or their school, refuses locks as well.
  const claimed = await (locks === undefined ? byVoice() : byLock(locks).catch(byVoice));
  if (claimed === undefined) throw new NoFreeSlotError(maxSlots);
  return claimed;
}

interface LockSearch {
  readonly order: readonly number[];
  readonly hint: number | undefined;
  readonly ownSlotWaitMs: number;
}

async function claimByLock(
  locks: LockManager,
  nameOf: (slot: number) => string,
  { order, hint, ownSlotWaitMs }: LockSearch,
): Promise<Slot | undefined> {
  for (const slot of order) {
    const release =
      (await tryLock(locks, nameOf(slot), { ifAvailable: true })) ??
      (slot === hint
        ? await tryLock(locks, nameOf(slot), { signal: AbortSignal.timeout(ownSlotWaitMs) })
        : undefined);
    if (release !== undefined) return { slot, release };
  }
  return undefined;
}

/** Holds the lock until the returned function is called; undefined if somebody else holds it, or does for too long. */
function tryLock(locks: LockManager, name: string, options: LockOptions): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    locks
      .request(name, options, (lock) => {
        if (lock === null) {
          resolve(undefined);
          return undefined;
        }
        return new Promise<void>((release) => resolve(release));
      })
      .catch((error: unknown) => {
        if (options.signal?.aborted === true) resolve(undefined);
        else reject(error instanceof Error ? error : new Error(String(error)));
      });
  });
}

function openBroadcastChannel(name: string): ClaimChannel {
  return new BroadcastChannel(name);
}
