/** The page of benchmarks, made of a small set of data. */
import { describe, expect, test } from 'vitest';
import type { Machine } from '../../bench/measuring/measurement.ts';
import { figure, figureColumns, table } from '../../bench/report/markdown.ts';
import { drawPlot, niceTicks } from '../../bench/report/plot.ts';
import { makeReport } from '../../bench/report/report-page.ts';
import type { AnyMeasurement } from '../../bench/report/section.ts';
import { SUITE } from '../../bench/report/suite.ts';
import { figuresOf, lagsOf } from '../../bench/store-writes/figures.ts';
import type { ObservedWrites, WrittenBatch } from '../../bench/store-writes/observed-writes.ts';

const MACHINE: Machine = {
  processor: 'a processor',
  cores: 2,
  memoryBytes: 8 * 2 ** 30,
  system: 'Linux 6',
  node: 'v20.0.0',
  browser: 'Chromium 150',
};

function measured(benchmark: string, figures: unknown, change: Partial<AnyMeasurement> = {}): AnyMeasurement {
  return {
    benchmark,
    command: `npm run bench -- ${benchmark}`,
    machine: MACHINE,
    commit: 'abc1234',
    date: '2026-01-02T03:04:05.000Z',
    seconds: 60,
    load: { before: 0.5, after: 2 },
    figures,
    ...change,
  };
}

describe('a table', () => {
  test('names its columns, figures to the right, and keeps its lines apart from what is in them', () => {
    expect(table(figureColumns('what', 'ms'), [['a | b', '1']])).toBe(
      '| what | ms |\n| --- | ---: |\n| a \\| b | 1 |',
    );
  });

  test('tells figures with the digits that they are worth', () => {
    expect([12_345.6, 12.345, 0.12345, 3, NaN].map((value) => figure(value))).toEqual([
      '12,346',
      '12.35',
      '0.123',
      '3',
      '–',
    ]);
    expect(figure(1.5, 'ms')).toBe('1.5 ms');
  });
});

describe('a plot', () => {
  const plot = {
    title: 'Time & <length>',
    xTitle: 'blocks',
    yTitle: 'ms',
    isLogX: true,
    series: [
      {
        name: 'ours',
        points: [
          { x: 100, y: 10 },
          { x: 1_000, y: 5 },
          { x: 10_000, y: 0 },
        ],
      },
      { name: 'bound', points: [{ x: 100, y: 1 }], isBound: true },
    ],
  };

  test('puts each point where its axes say', () => {
    // Of 720 by 400: the axes go from 76 to 684, and from 342 up to 64, which is 10.
    expect(drawPlot(plot)).toContain('points="76,64 380,203 684,342"');
  });

  test('draws a bound dashed and each series in its color, on light and on dark', () => {
    const svg = drawPlot(plot);
    expect(svg).toContain('class="line s0"');
    expect(svg).toContain('class="line s1 bound"');
    expect(svg).toContain('prefers-color-scheme: dark');
  });

  test('is XML, whatever it is called', () => {
    const svg = drawPlot(plot);
    expect(svg).toContain('Time &amp; &lt;length>');
    expect(svg).not.toContain('NaN');
  });

  test('has round ticks that reach as far as the values', () => {
    expect(niceTicks(10)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(niceTicks(0.31)).toEqual([0, 0.1, 0.2, 0.3, 0.4]);
    expect(niceTicks(385)).toEqual([0, 100, 200, 300, 400]);
    expect(niceTicks(0)).toEqual([0, 1]);
  });

  test('refuses to draw nothing', () => {
    expect(() => drawPlot({ ...plot, series: [] })).toThrow('nothing to draw');
  });
});

const batch = (tipHeight: number, blocks: number, openedAtMs: number, doneAtMs: number): WrittenBatch => ({
  blocks,
  tipHeight,
  isTipLast: true,
  encodeMs: 1,
  putMs: 0.5,
  openedAtMs,
  doneAtMs,
  values: [
    ['body/0000000001', 100],
    ['tip', 50],
  ],
});

const OBSERVED: ObservedWrites = {
  connected: [
    { height: 1, atMs: 10 },
    { height: 2, atMs: 20 },
    { height: 3, atMs: 30 },
  ],
  batches: [batch(1, 1, 10, 25), batch(3, 2, 31, 50)],
  readMs: [],
};

describe('writes', () => {
  test('a block is behind until the batch that it is in is stored', () => {
    expect(lagsOf(OBSERVED)).toEqual([
      { atMs: 10, blocks: 1, ms: 15 },
      { atMs: 20, blocks: 2, ms: 30 },
      { atMs: 30, blocks: 2, ms: 20 },
    ]);
  });

  test('a block that is connected again after a reorg waits for another batch', () => {
    const again = { ...OBSERVED, connected: [...OBSERVED.connected, { height: 3, atMs: 60 }] };
    expect(() => lagsOf(again)).toThrow('block 3 was never stored');
    expect(lagsOf({ ...again, batches: [...OBSERVED.batches, batch(3, 1, 61, 65)] }).at(-1)?.ms).toBe(5);
  });

  test('the figures are sums over the batches', () => {
    expect(figuresOf(OBSERVED, false, 7)).toMatchObject({
      blocks: 3,
      syncMs: 20,
      batches: 2,
      bytes: 300,
      tipNotLast: 0,
      encodeMs: 2,
      transactionMs: 34,
      rawMs: 7,
      lagBlocks: { most: 2 },
    });
  });
});

describe('the page', () => {
  const writes = [figuresOf(OBSERVED, false, 7), figuresOf(OBSERVED, true, 7)];

  test('says what was measured, on what, when, and how to repeat it', () => {
    const { page, pictures } = makeReport(
      SUITE,
      new Map([['writes', measured('writes', writes)]]),
      'pictures',
    );
    expect(page).toContain('| processor | a processor, 2 cores |');
    expect(page).toContain('| memory | 8.0 GiB |');
    expect(page).toContain('| bound: the same values alone | 2.33 ms | 2.33 ms |');
    expect(page).toContain(
      'Measured by `npm run bench -- writes` at commit abc1234, 2026-01-02 03:04 UTC, in 60 s; ' +
        'load 0.5 before, 2.0 after.',
    );
    expect(page).toMatch(/!\[[^\]]+\]\(pictures\/writes\.svg\)/);
    expect([...pictures.keys()]).toEqual(['writes.svg']);
    expect(page).not.toContain('{{');
  });

  test('says of which benchmarks there are no figures', () => {
    const { page } = makeReport(SUITE, new Map([['writes', measured('writes', writes)]]), 'pictures');
    const missing = page.slice(page.indexOf('## Not measured'));
    for (const { name } of SUITE) expect(missing.includes(`\`${name}\``)).toBe(name !== 'writes');
  });

  test('says when what ran was not what was committed', () => {
    const changed = measured('writes', writes, { commit: 'abc1234+' });
    const { page } = makeReport(SUITE, new Map([['writes', changed]]), 'pictures');
    expect(page).toContain('at commit abc1234, with changes that were not committed,');
  });

  test('keeps what a benchmark without figures has printed', () => {
    const core = measured('core', { printed: ['verify  1,234 /s', '  and *more*'] });
    expect(makeReport(SUITE, new Map([['core', core]]), 'pictures').page).toContain(
      '```text\nverify  1,234 /s\n  and *more*\n```',
    );
  });

  test('holds the sections of all benchmarks that write figures', () => {
    const spread = { p50: 1, p95: 2, most: 3 };
    const known = { messages: 20, acceptedMs: spread, bytes: 400 };
    const room = {
      tabs: 5,
      links: 4,
      blocks: 8,
      single: { acceptedMs: spread, sealedMs: spread, bytes: 900 },
      compact: known,
      whole: { ...known, bytes: 6_000 },
      floodMs: spread,
    };
    const sync = {
      blocks: 1_000,
      sources: 1,
      ms: 1_000,
      storedMs: 1_100,
      quarters: [1, 1, 1, 1],
      bytes: 1e6,
      rawMs: 50,
      rawSmallMs: 60,
      signatures: 5_000,
      nativeMs: 300,
      engineBytes: 5e6,
    };
    const restart = { blocks: 0, ms: [100, 120], engineBytes: 2e6, rawMs: [], rawBytes: 0 };
    const chain = {
      sync: [sync, { ...sync, sources: 3 }],
      json: { blocks: 500, ms: 1_000 },
      restart: [restart, { ...restart, blocks: 1_000, rawMs: [10], rawBytes: 1e6 }],
    };
    const heap = { beforeBytes: 1e6, mostBytes: 2e6 };
    const run = { ms: 4_000, page: heap, engine: { ...heap, mostBytes: 3e6 } };
    const file = { blocks: 1_000, fileBytes: 9e6, save: run, load: run, nativeMs: 500 };
    const { page, pictures } = makeReport(
      SUITE,
      new Map([
        ['sync', measured('sync', chain)],
        ['chain-file', measured('chain-file', [file])],
        ['propagation', measured('propagation', [room])],
      ]),
      'pictures',
    );
    expect(page).toContain('| 1,000, one tab | 1 | 1,000 | 1.1 | 0.05 | 0.06 | 0.3 | 30% |');
    expect(page).toContain('| the tutorial’s way: JSON, one block after another (500 blocks) | 2 | 2 |');
    expect(page).toContain('| 5 | 900 | 400 | 6,000 |');
    expect(page).toContain('| loaded, verified and stored in | 4 s, 4 ms a block |');
    expect(page).toContain('| in use meanwhile, at most | page 2 MB, engine 3 MB |');
    expect([...pictures.keys()]).toEqual(['sync.svg', 'propagation.svg']);
    expect([...pictures.values()].join('')).not.toContain('NaN');
  });
});
