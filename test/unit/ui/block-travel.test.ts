import { expect, test } from 'vitest';
import type { AccountId } from '../../../web/core/hash.ts';
import type { ChainSnapshot } from '../../../web/node/snapshot.ts';
import { BlockTravel, HOP_MS } from '../../../web/ui/network/block-travel.ts';
import { account } from './crowd.ts';
import { chain, peer } from './snapshots.ts';

const OWN = account(999);
const [A, B] = [account(0), account(1)];

/** A chain whose tip was heard from `heardFrom`; made by this tab if that is undefined. */
function heard(height: number, heardFrom: AccountId | undefined): ChainSnapshot {
  const { recent, ...rest } = chain(height);
  return { ...rest, recent: recent.map((block) => ({ ...block, heardAtMs: 1, heardFrom })) };
}

function peers(tipOfA: string, tipOfB: string) {
  return [peer({ key: A, tipId: tipOfA }), peer({ key: B, tipId: tipOfB, linkId: 'b' })];
}

test('what is there at the start has not travelled', () => {
  expect(new BlockTravel().observe(OWN, heard(10, A), peers('a10', 'a10'), 0)).toEqual([]);
});

test('a new tip comes from who sent it, and goes on to who has it next, after it has come', () => {
  const travel = new BlockTravel();
  travel.observe(OWN, chain(10), peers('a10', 'a10'), 0);
  expect(travel.observe(OWN, heard(11, A), peers('a11', 'a10'), 0)).toEqual([
    { from: A, to: OWN, delayMs: 0 },
  ]);
  expect(travel.observe(OWN, heard(11, A), peers('a11', 'a11'), 300)).toEqual([
    { from: OWN, to: B, delayMs: HOP_MS - 300 },
  ]);
  expect(travel.observe(OWN, heard(11, A), peers('a11', 'a11'), 301)).toEqual([]);
});

test('a block that this tab made starts here', () => {
  const travel = new BlockTravel();
  travel.observe(OWN, chain(10), [], 0);
  expect(travel.observe(OWN, heard(11, undefined), [], 0)).toEqual([{ from: OWN, to: OWN, delayMs: 0 }]);
});

test('blocks from the store went nowhere', () => {
  const travel = new BlockTravel();
  travel.observe(OWN, chain(0), [], 0);
  expect(travel.observe(OWN, chain(10), [], 0)).toEqual([]);
});

test('a peer that tells of another block, or that comes with the tip, got nothing from here', () => {
  const travel = new BlockTravel();
  travel.observe(OWN, chain(10), [peer({ key: A, tipId: 'a10' })], 0);
  expect(travel.observe(OWN, chain(10), peers('a11', 'a10'), 0)).toEqual([]);
});
