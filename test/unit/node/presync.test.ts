/** A chain must show its work before its headers fill any memory. */
import { describe, expect, test } from 'vitest';
import { BlockIndex } from '../../../web/core/block-index.ts';
import { Chain } from '../../../web/core/chain.ts';
import { headerId, type Header } from '../../../web/core/header.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { MAX_HEADERS } from '../../../web/node/messages.ts';
import { Presync } from '../../../web/node/presync.ts';
import { grindInVain } from '../../grind.ts';
import { GENESIS } from '../core/build.ts';
import { headersOn } from './header-maker.ts';

const NOW = GENESIS.header.time + 86_400;
const index = new BlockIndex(REGTEST, GENESIS.header);
const chain = headersOn(GENESIS.header, 2 * MAX_HEADERS + 300);
const batches = [0, 1, 2].map((i) => chain.slice(i * MAX_HEADERS, (i + 1) * MAX_HEADERS));
const [first, second, third] = batches as [Header[], Header[], Header[]];
const WORK = 2n * BigInt(chain.length);
const idOf = (headers: readonly Header[]) => headerId(headers.at(-1) as Header);

/** With what `minWork` asks for measured. */
function measured(minWork = WORK): Presync {
  const presync = new Presync(REGTEST, index.genesis, minWork);
  for (const batch of batches) if (!presync.fetching) presync.measure(batch, NOW);
  return presync;
}

describe('measuring', () => {
  test('goes on as long as the chain does, until it has shown the work', () => {
    const presync = new Presync(REGTEST, index.genesis, WORK);
    expect(presync.after).toBe(index.genesis.id);
    expect(presync.measure(first, NOW)).toBe('more');
    expect(presync.after).toBe(idOf(first));
    expect(presync.measure(second, NOW)).toBe('more');
    expect(presync.measure(third, NOW)).toBe('enough');
    expect(presync.fetching).toBe(true);
  });

  test('a chain that ends before is of no use', () => {
    const presync = new Presync(REGTEST, index.genesis, WORK + 1n);
    expect([first, second, third].map((batch) => presync.measure(batch, NOW))).toEqual([
      'more',
      'more',
      'low-work',
    ]);
  });

  test('starts anywhere in our index', () => {
    const own = new BlockIndex(REGTEST, GENESIS.header);
    for (const header of first.slice(0, 500)) own.add(header, NOW);
    const presync = new Presync(REGTEST, own.bestHeader, 3_000n);
    expect(presync.measure(chain.slice(500, 1_500), NOW)).toBe('enough');
  });

  test('knows which headers continue it', () => {
    const presync = new Presync(REGTEST, index.genesis, WORK);
    presync.measure(first, NOW);
    expect(presync.continuedBy(second)).toBe(true);
    for (const other of [first, third, []]) expect(presync.continuedBy(other)).toBe(false);
  });

  const last = first.at(-1) as Header;
  const cases: [string, Header][] = [
    ['bad-version', { ...last, version: 1 }],
    ['bad-bits', { ...last, bits: 0x207ffffe }],
    ['insufficient-work', grindInVain({ ...last, nonce: 0 })],
    [
      'time-too-old',
      headersOn(first.at(-2) as Header, 1).map((h) => ({ ...h, time: GENESIS.header.time }))[0] as Header,
    ],
    ['time-too-new', last],
  ];
  test.each(cases)('checks every rule: %s', (code, bad) => {
    const presync = new Presync(REGTEST, index.genesis, WORK);
    const now = code === 'time-too-new' ? last.time - 91 : NOW;
    // Whether a changed header still has its work is chance.
    const codes = code === 'time-too-old' ? [code, 'insufficient-work'] : [code];
    expect(codes).toContain(presync.measure([...first.slice(0, -1), bad], now));
  });
});

describe('fetching', () => {
  test('takes the same batches, and is done with the last', () => {
    const presync = measured();
    for (const [i, batch] of batches.entries()) {
      expect(presync.done).toBe(false);
      expect(presync.after).toBe(i === 0 ? index.genesis.id : idOf(batches[i - 1] as Header[]));
      expect(presync.fetch(batch)).toBe(true);
    }
    expect(presync.done).toBe(true);
  });

  test('the last batch may have grown', () => {
    const presync = measured();
    presync.fetch(first);
    presync.fetch(second);
    expect(presync.fetch([...third, ...headersOn(third.at(-1) as Header, 5)])).toBe(true);
  });

  test('only what had to be measured is held to it', () => {
    const presync = measured(2_500n);
    expect(presync.fetch(first)).toBe(true);
    expect(presync.fetch(second)).toBe(true);
    expect(presync.done).toBe(true);
  });

  test('one other header, or one too few, is refused', () => {
    const other = headersOn(first[498] as Header, 501, 7);
    for (const wrong of [[...first.slice(0, 499), ...other], first.slice(0, -1), second, []]) {
      expect(measured().fetch(wrong)).toBe(false);
    }
    const presync = measured();
    presync.fetch(first);
    presync.fetch(second);
    expect(presync.fetch(third.slice(0, -1))).toBe(false);
  });
});

test('what it keeps does not grow with the chain, but for an id each thousand headers', () => {
  const presync = new Presync(REGTEST, index.genesis, 1n << 64n);
  const entries = () => {
    let count = 0;
    for (let entry = presync.end; ; entry = entry.parent, count++) if (!entry.parent) return count;
  };
  for (const batch of [first, second]) {
    presync.measure(batch, NOW);
    expect(entries()).toBeLessThan(16);
  }
});

test('is in no index', () => {
  const own = new Chain(REGTEST, GENESIS, () => true);
  const presync = new Presync(REGTEST, own.index.genesis, WORK);
  presync.measure(first, NOW);
  expect(own.index.size).toBe(1);
});
