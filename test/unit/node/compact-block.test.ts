/** Blocks made compact and put together again. */
import { describe, expect, test } from 'vitest';
import { hashToId } from '../../../web/core/hash.ts';
import { headerCodec } from '../../../web/core/header.ts';
import { shortId, shortIdCodec, shortIdKey } from '../../../web/core/short-id.ts';
import { transactionId, type Transaction } from '../../../web/core/transaction.ts';
import {
  compactOf,
  completeBlock,
  matchTransactions,
  shortIdsUnder,
  type PartialBlock,
} from '../../../web/node/compact-block.ts';
import type { CompactBlock } from '../../../web/node/compact-messages.ts';
import { encodeMessage } from '../../../web/node/messages.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { describeVectors, vectorBytes } from '../../vectors.ts';
import { parseBitcoinBlock } from '../core/bitcoin-block.ts';
import { blockOn, coinbase, fresh, GENESIS, someAccount, unchecked } from '../core/build.ts';

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const random = new SeededRandom(SEED);
const below = (n: number) => Math.floor(random.next() * n);
const nonce = () => random.bytes(8);

const transactions = (count: number, from = 0): Transaction[] =>
  Array.from({ length: count }, (_, i) => unchecked(someAccount(from + i), { memo: `message ${from + i}` }));
const blockOf = (others: readonly Transaction[]) => blockOn(GENESIS.header, [coinbase(1), ...others]);

function matched(compact: CompactBlock, candidates: readonly Transaction[]): PartialBlock {
  const partial = matchTransactions(compact, candidates);
  if (!partial) throw new Error('its short ids collide');
  return partial;
}

describe(`a compact block (SEED=${SEED})`, () => {
  test('of known transactions costs 6 bytes for each of them, and needs no question', () => {
    const known = transactions(300);
    const block = blockOf(known);
    const compact = compactOf(block, nonce());
    const bytes = encodeMessage({ name: 'compactBlock', ...compact }).length;
    // Message id, header, nonce, two counts, and the coinbase with its place.
    expect(bytes).toBe(1 + 80 + 8 + 3 + 1 + (1 + 154) + 6 * known.length);
    expect(bytes).toBeLessThan(encodeMessage({ name: 'block', block }).length / 20);
    const partial = matched(compact, random.shuffled(known).map(fresh));
    expect(partial.missing).toEqual([]);
    expect(completeBlock(partial, [])).toEqual(block);
  });

  test('and any part of its transactions, among others: exactly the rest is asked for, and it is whole', () => {
    for (let run = 0; run < 200; run++) {
      const all = transactions(below(40), run * 100);
      const block = blockOf(all);
      const known = all.filter(() => below(3) > 0);
      const mempool = random.shuffled([...known, ...transactions(below(30), run * 100 + 50)]);
      const partial = matched(compactOf(block, nonce()), mempool);
      const missing = block.transactions.filter((tx) => tx.nonce === 0 && !known.includes(tx));
      expect(partial.missing.map((at) => block.transactions[at])).toEqual(missing);
      expect(completeBlock(partial, missing.map(fresh))).toEqual(block);
      // In another order, or with another in its place, it is not that block.
      if (missing.length > 1) expect(completeBlock(partial, [...missing].reverse())).toBeUndefined();
      if (missing.length > 0) {
        const wrong = [...missing.slice(1), unchecked(someAccount(9_999_999))];
        expect(completeBlock(partial, wrong)).toBeUndefined();
      }
    }
  });

  test('with prefilled transactions in its middle', () => {
    const block = blockOf(transactions(5));
    const [first, , , fourth, ...others] = block.transactions as [Transaction, ...Transaction[]];
    const shortIdOf = shortIdsUnder(block.header, nonce());
    const theNonce = new Uint8Array(8);
    const listed = block.transactions.filter((tx) => tx !== first && tx !== fourth);
    const compact: CompactBlock = {
      header: block.header,
      nonce: theNonce,
      shortIds: listed.map(shortIdOf),
      prefilled: [
        { index: 0, tx: first },
        { index: 3, tx: fourth as Transaction },
      ],
    };
    const partial = matchTransactions(compact, listed.slice(0, 3), shortIdOf);
    expect(partial?.missing).toEqual([5]);
    expect(partial && completeBlock(partial, [others.at(-1) as Transaction])).toEqual(block);
  });
});

describe('short ids that collide', () => {
  const block = blockOf(transactions(3));
  const [, a, b, c] = block.transactions as [Transaction, Transaction, Transaction, Transaction];
  const compact = compactOf(block, new Uint8Array(8));
  const under = shortIdsUnder(block.header, new Uint8Array(8));

  test('two of ours fit one place: it is asked for', () => {
    const twin = unchecked(someAccount(77));
    const shortIdOf = (tx: Transaction) => under(transactionId(tx) === transactionId(twin) ? b : tx);
    for (const mempool of [
      [twin, a, b, c],
      [b, twin, c, a],
      [twin, b, twin, a, c],
    ]) {
      const partial = matchTransactions(compact, mempool, shortIdOf);
      expect(partial?.missing).toEqual([2]);
      expect(partial && completeBlock(partial, [b])).toEqual(block);
    }
  });

  test('the same one twice is no collision', () => {
    expect(matchTransactions(compact, [a, fresh(a), b, c, b])?.missing).toEqual([]);
  });

  test('a wrong one of ours fits: only the merkle root tells', () => {
    const twin = unchecked(someAccount(77));
    const partial = matchTransactions(compact, [a, twin, c], (tx) => under(tx === twin ? b : tx));
    expect(partial?.missing).toEqual([]);
    expect(partial && completeBlock(partial, [])).toBeUndefined();
  });

  test('two of the block’s own are equal: it has to come whole', () => {
    expect(matchTransactions(compactOf(blockOf([a, b, b]), nonce()), [a, b])).toBeUndefined();
  });

  test('a list that repeats a pair has the honest root and is refused (CVE-2012-2459)', () => {
    const honest = blockOf([a, b]);
    const prefilled = [...honest.transactions, b].map((tx, index) => ({ index, tx }));
    const partial = matched({ header: honest.header, nonce: nonce(), shortIds: [], prefilled }, []);
    expect(completeBlock(partial, [])).toBeUndefined();
  });
});

describeVectors("Testnet's compact block 898352", () => {
  const raw = vectorBytes('bip152/compact898352.raw');
  const block = vectorBytes('bip152/block898352.raw');

  test('its transactions are found, each in its place', () => {
    const { header, txids } = parseBitcoinBlock(block);
    const theNonce = raw.subarray(80, 88);
    const shortIds = txids.slice(1).map((_, i) => shortIdCodec.decode(raw.subarray(89 + 6 * i, 95 + 6 * i)));
    // Ours stand for Bitcoin's: what is tested is whose short id is whose.
    const standIns = transactions(txids.length);
    const key = shortIdKey(headerCodec.encode(header), theNonce);
    const shortIdOf = (tx: Transaction) => shortId(key, hashToId(txids[standIns.indexOf(tx)] as Uint8Array));
    const compact = {
      header,
      nonce: theNonce,
      shortIds,
      prefilled: [{ index: 0, tx: standIns[0] as Transaction }],
    };
    const partial = matchTransactions(compact, random.shuffled(standIns), shortIdOf);
    expect(partial?.missing).toEqual([]);
    expect(partial?.slots).toEqual(standIns);
  });
});
