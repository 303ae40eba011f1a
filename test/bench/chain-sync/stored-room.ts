/** Reads what a tab of the room has stored, past its node. Runs in a page of the room's origin. */
import { get, getMany, type UseStore } from 'idb-keyval';
import type { Block } from '../../../web/core/block.ts';
import { RESIDENT_DEPTH } from '../../../web/core/chain.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { deriveRoom } from '../../../web/net/room.ts';
import { databaseName, openDatabase } from '../../../web/store/database.ts';
import {
  bodyAt,
  changesAt,
  headersAt,
  HEADERS_PER_CHUNK,
  SNAPSHOT,
  TIP,
  type Tip,
} from '../../../web/store/records.ts';
import { range } from '../../../web/store/stored-chain.ts';

/** The first slot's. */
export function openRoom(secret: string): UseStore {
  const { roomId } = deriveRoom(secret);
  return openDatabase(databaseName({ network: REGTEST.network, roomId, slot: 0 }));
}

export async function readTip(store: UseStore): Promise<Tip> {
  const tip = TIP.read(await get(TIP.key, store));
  if (tip === undefined) throw new Error('the store has no tip');
  return tip;
}

let lastRead: { readonly secret: string; readonly store: UseStore } | undefined;

/** Of the chain in the database; it follows the node's by what is still being written. */
export async function storedHeight(secret: string): Promise<number> {
  if (lastRead?.secret !== secret) lastRead = { secret, store: openRoom(secret) };
  return TIP.read(await get(TIP.key, lastRead.store))?.height ?? 0;
}

export async function readBodies(store: UseStore, from: number, to: number): Promise<Block[]> {
  const records = range(from, to).map(bodyAt);
  const stored: unknown[] = await getMany(
    records.map(({ key }) => key),
    store,
  );
  return records.map((record, n) => {
    const block = record.read(stored[n]);
    if (block === undefined) throw new Error(`the store lacks ${record.key}`);
    return block;
  });
}

export interface RawRead {
  readonly ms: number;
  readonly bytes: number;
}

/** Opens the database and reads what a node reads of it at its start, in one transaction, and decodes nothing. */
export async function readRaw(secret: string): Promise<RawRead> {
  const { height, snapshotHeight } = await readTip(openRoom(secret));
  const keys = [
    ...range(0, Math.ceil(height / HEADERS_PER_CHUNK) - 1).map((chunk) => headersAt(chunk).key),
    SNAPSHOT.key,
    ...range(snapshotHeight + 1, height).map((at) => changesAt(at).key),
    ...range(Math.max(1, height - RESIDENT_DEPTH + 1), height).flatMap((at) => [
      bodyAt(at).key,
      changesAt(at).key,
    ]),
  ];
  const startMs = performance.now();
  const stored = await getMany<Uint8Array | undefined>(keys, openRoom(secret));
  const ms = performance.now() - startMs;
  return { ms, bytes: stored.reduce((sum, value) => sum + (value?.byteLength ?? 0), 0) };
}
