/**
 * Takes a slot of the room and brings back what it holds: key, chain, ledger
 * and the user's own pending transactions. Whatever can't be read or stored
 * ends in a chain that starts from genesis and a word for the page, never in a
 * node that does not run.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Block } from '../core/block.ts';
import { Chain } from '../core/chain.ts';
import { genesisBlock } from '../core/genesis.ts';
import type { AccountId } from '../core/hash.ts';
import { paramsOf } from '../core/params.ts';
import type { Transaction, Verify } from '../core/transaction.ts';
import type { Room } from '../net/room.ts';
import type { StoredBlock } from '../node/ports.ts';
import type { ChainSnapshot } from '../node/snapshot.ts';
import { createChainStore, type ChainStore } from '../store/chain-store.ts';
import { DatabaseLostError, databaseName, openDatabase, whileOwned } from '../store/database.ts';
import { loadIdentity, replaceIdentity } from '../store/identity.ts';
import { createOwnPending, type OwnPending } from '../store/own-pending.ts';
import { claimSlot } from '../store/slot.ts';
import { storeTrouble, type StoreTrouble } from '../store/store-trouble.ts';
import type { EngineStatus, StartOptions } from './messages.ts';
import { platformRandom } from './random.ts';
import { storedView } from './stored-view.ts';

/** Salvaged blocks are stored again in pieces of this size. */
const SALVAGE_COMMIT = 500;
/** Progress is told once in so many blocks. */
const PROGRESS_BLOCKS = 100;

export interface OpenedChain {
  readonly slot: number;
  readonly secretKey: Uint8Array;
  readonly chain: Chain;
  readonly store: ChainStore;
  readonly ownPending: OwnPending;
  readonly pending: readonly Transaction[];
  /** Makes another key this slot's from the next start on. Rejects if it can't be stored. */
  readonly replaceKey: (secretKey: Uint8Array) => Promise<void>;
}

export interface OpenEvents {
  onSlot(slot: number): void;
  /** Whose chain it is that is taken back. */
  onAccount(account: AccountId): void;
  onProgress(done: number, total: number): void;
  /** There is a chain. Taking it back comes next, and takes the longer the longer it is. */
  onStored(view: ChainSnapshot): void;
  onStorage(storage: EngineStatus['storage']): void;
}

/** @throws NoFreeSlotError if other tabs of this browser hold all slots. */
export async function openChain(
  { network, slotHint }: StartOptions,
  room: Room,
  verify: Verify,
  events: OpenEvents,
): Promise<OpenedChain> {
  const storage = new StorageState(events);
  let lost = false;
  // The store is made last.
  let onLost: (error: DatabaseLostError) => void = () => undefined;
  const { slot } = await claimSlot({
    network,
    roomId: room.roomId,
    hint: slotHint,
    // Missing on a plain-HTTP page, whatever the types say.
    locks: (navigator as { locks?: LockManager }).locks,
    onLost: () => {
      lost = true;
      onLost(new DatabaseLostError('taken'));
    },
  });
  events.onSlot(slot);

  // Two tabs writing to one database would leave a chain that is neither's.
  const database = whileOwned(
    openDatabase(databaseName({ network, roomId: room.roomId, slot }), undefined, (error) => onLost(error)),
    () => !lost,
  );
  const identity = await loadIdentity(database, platformRandom.bytes);
  const { secretKey } = identity;
  events.onAccount(bytesToHex(ed25519.getPublicKey(secretKey)));
  let isKeyStored = identity.origin !== 'unsaved';
  const replaceKey = async (key: Uint8Array) => {
    await replaceIdentity(database, key);
    isKeyStored = true;
  };
  const ownPending = createOwnPending(database, (error) => store.fail(error));
  const store = createChainStore({
    store: database,
    onForgetting: (trouble) => storage.set({ kind: 'forgetting', ...trouble }),
    onSaved: () => {
      const others = [ownPending.retry(), isKeyStored ? undefined : replaceKey(secretKey)];
      Promise.all(others).then(
        () => storage.set({ kind: 'saved' }),
        (error: unknown) => store.fail(error),
      );
    },
  });
  onLost = (error) => store.lose(error);
  const params = paramsOf(network);
  const genesis = genesisBlock(params, room.genesisSeed);
  const newChain = () => new Chain(params, genesis, verify);
  const pending = await ownPending.load();
  const opened = { slot, secretKey, store, ownPending, pending, replaceKey };

  if (identity.origin === 'unsaved') store.fail(identity.error);
  // What is written and mined now is another account's, and stays so: a reload may have the right one again.
  if (identity.origin === 'unread') storage.lackKey(storeTrouble(identity.error, false));
  const loaded = await store.load();
  if (loaded.kind === 'empty') return { ...opened, chain: newChain() };
  if (loaded.kind === 'chain') {
    const chain = newChain();
    events.onStored(storedView(chain, loaded.height, loaded.recent));
    if (chain.restore({ headers: loaded.headers, accounts: loaded.accounts })) {
      chain.supply(loaded.recent);
      return { ...opened, chain };
    }
    // Checksums hold and yet it is no chain: it was written under other rules, or by two at once.
  }
  const chain = newChain();
  const lostHeight = loaded.kind === 'chain' ? loaded.height : loaded.lostHeight;
  await salvage(chain, store, loaded.blocks, (done) => events.onProgress(done, lostHeight));
  storage.set({ kind: 'healed', keptHeight: chain.tip.height, lostHeight });
  return { ...opened, chain };
}

/** What the page is told of the store: that it forgets weighs more than that it was healed. */
class StorageState {
  readonly #events: OpenEvents;
  #isForgetting = false;
  /** What it is when everything can be stored. */
  #atBest: EngineStatus['storage'] = { kind: 'saved' };

  constructor(events: OpenEvents) {
    this.#events = events;
  }

  lackKey(trouble: StoreTrouble): void {
    this.#atBest = { kind: 'forgetting', ...trouble, reason: 'unread' };
    this.set(this.#atBest);
  }

  set(storage: EngineStatus['storage']): void {
    if (this.#isForgetting && storage.kind === 'healed') return;
    const told = storage.kind === 'saved' ? this.#atBest : storage;
    this.#isForgetting = told.kind === 'forgetting';
    this.#events.onStorage(told);
  }
}

/** Verifies what a damaged store still gives, as if a peer had sent it, and stores it anew. */
async function salvage(
  chain: Chain,
  store: ChainStore,
  blocks: AsyncIterable<Block>,
  onProgress: (done: number) => void,
): Promise<void> {
  let connected: StoredBlock[] = [];
  const commit = () => {
    if (connected.length === 0) return;
    const forkHeight = chain.tip.height - connected.length;
    store.commit({ forkHeight, connected, ledger: () => chain.ledger.accounts() });
    connected = [];
  };
  for await (const block of blocks) {
    // These were once accepted: no clock can make them too new.
    if (chain.addBlock(block, Infinity).kind !== 'accepted') break;
    const activation = chain.activate();
    if (activation.connected.length === 0) break;
    connected.push(...activation.connected.map(({ entry, ...rest }) => ({ id: entry.id, ...rest })));
    if (connected.length >= SALVAGE_COMMIT) commit();
    if (chain.tip.height % PROGRESS_BLOCKS === 0) onProgress(chain.tip.height);
  }
  commit();
}
