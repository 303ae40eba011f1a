/** States that take a crowd, a broken disk or bad luck to get into: an engine is played in the real one's place. */
import type { Browser } from '@playwright/test';
import { newRoomSecret } from '../../signaling/room-links.ts';
import { roomUrl } from '../../test/e2e/fixtures.ts';
import { playEngine, slice } from '../../test/e2e/played-engine.ts';
import { startTestServer } from '../../test/e2e/test-server.ts';
import { account, crowd } from '../../test/unit/ui/crowd.ts';
import { chain, NOBODY, pending, status } from '../../test/unit/ui/snapshots.ts';
import type { EngineStatus, FromEngine } from '../../web/engine/messages.ts';
import type { BlockSummary, BranchBlock, ChainSnapshot, PeerView } from '../../web/node/snapshot.ts';
import { LOOKS, newContext, shoot } from './look.ts';

const OWN = account(999);
const HEIGHT = 1_204;
const LONG_MEMO =
  'A paragraph as long as a message may be. People who explain something write such ones, and the list has to stay ' +
  'readable between them: it shows the first lines, and the whole of it is in the drawer of the block that sealed it.';
const MEMOS = [
  'Hello P2P',
  LONG_MEMO,
  '教室のみんなへ：このブロックは全員のブラウザーにあります。誰も消せません。',
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft_without_a_single_space_in_it',
  'ok',
];

const nowSeconds = (): number => Math.floor(Date.now() / 1000);
const idAt = (height: number): string => `0000${account(20_000 + height).slice(4)}`;

function blockAt(height: number): BlockSummary {
  const memos = Array.from({ length: height % 5 }, (_, n) => ({
    sender: account((height + 3 * n) % 30),
    memo: MEMOS[(height + n) % MEMOS.length] ?? '',
  }));
  return {
    height,
    id: idAt(height),
    prevId: idAt(height - 1),
    time: nowSeconds() - 15 * (HEIGHT - height) - 4,
    bits: 0x1e03ffff,
    size: 400 + 150 * memos.length,
    producer: height === 0 ? NOBODY : account(height % 30),
    transactionCount: memos.length + (height % 5 === 4 ? 9 : 1),
    memos,
    heardAtMs: undefined,
    heardFrom: undefined,
  };
}

function chainTo(height: number, changes: Partial<ChainSnapshot> = {}): ChainSnapshot {
  const recent = Array.from({ length: Math.min(height + 1, 24) }, (_, depth) => blockAt(height - depth));
  return chain(height, { tipId: idAt(height), tipTime: nowSeconds(), recent, ...changes });
}

function branchBlock(height: number, changes: Partial<BranchBlock>): BranchBlock {
  return {
    id: account(40_000 + height),
    prevId: idAt(height - 1),
    height,
    time: nowSeconds() - 15 * (HEIGHT - height),
    work: String(height),
    heardAtMs: Date.now() - 15_000 * (HEIGHT - height),
    heardFrom: account(height % 30),
    hasBody: true,
    producer: account((height + 11) % 30),
    wasActive: true,
    invalid: undefined,
    ...changes,
  };
}

/** Most have the tip, some are two behind, and some have another one. */
function peers(): PeerView[] {
  return crowd(30, 110, 8).map((peer, n) => ({
    ...peer,
    height: peer.tipId === 'a8' ? HEIGHT - 2 : HEIGHT,
    tipId: peer.tipId === 'a10' ? idAt(HEIGHT) : peer.tipId,
    connectedAtMs: Date.now() - 95_000 * (n + 1),
  }));
}

const MINE = slice({ slice: 'account', value: { key: OWN, balance: 1_450, nextNonce: 3 } });
const POW = slice({
  slice: 'pow',
  value: {
    mode: 'on-demand',
    working: true,
    workers: 3,
    maxWorkers: 8,
    hashRate: 3_412_000,
    kernel: 'wasm-simd',
    found: 12,
  },
});
const REST = slice({
  slice: 'pow',
  value: {
    mode: 'on-demand',
    working: false,
    workers: 1,
    maxWorkers: 8,
    hashRate: undefined,
    kernel: 'wasm-simd',
    found: 0,
  },
});
const QUIET = [
  slice({ slice: 'mempool', value: { count: 0, bytes: 0, pending: [] } }),
  slice({ slice: 'forks', value: { branches: [] } }),
  slice({ slice: 'wire', value: { received: {}, sent: {}, refusals: {}, duplicates: {}, banned: 0 } }),
];

function says(changes: Partial<EngineStatus>): FromEngine {
  return { type: 'status', status: status({ account: OWN, ...changes }) };
}

function alone(): FromEngine[] {
  return [
    says({}),
    MINE,
    REST,
    ...QUIET,
    slice({ slice: 'chain', value: chain(0, { recent: [blockAt(0)] }) }),
    slice({ slice: 'peers', value: { peers: [] } }),
  ];
}

/** Thirty peers, right after a reorg that took three blocks back. */
function crowded(
  changes: Partial<EngineStatus> = {},
  chainChanges: Partial<ChainSnapshot> = {},
): FromEngine[] {
  const waiting = Array.from({ length: 42 }, (_, n) => ({
    ...pending(account(60_000 + n), MEMOS[n % MEMOS.length] ?? '', n === 0),
    sender: n === 0 ? OWN : account(n % 30),
    addedAtMs: Date.now() - 4_000 * n,
    seenBy: n % 30,
  }));
  const reorg = {
    atMs: Date.now() - 9_000,
    depth: 3,
    forkHeight: HEIGHT - 7,
    newHeight: HEIGHT,
    ownReturned: 1,
  };
  const stale = account(40_000 + HEIGHT - 6);
  const branches = [
    branchBlock(HEIGHT - 30, {
      invalid: 'bad-signature',
      hasBody: false,
      producer: undefined,
      wasActive: false,
    }),
    branchBlock(HEIGHT - 19, { wasActive: false }),
    branchBlock(HEIGHT - 6, {}),
    branchBlock(HEIGHT - 5, { prevId: stale }),
    branchBlock(HEIGHT - 4, { prevId: account(40_000 + HEIGHT - 5) }),
    branchBlock(HEIGHT, { wasActive: false }),
  ];
  const counts = { messages: 1_234_567, bytes: 987_654_321 };
  return [
    says({ signaling: { kind: 'connected', members: 141 }, ...changes }),
    MINE,
    POW,
    slice({
      slice: 'chain',
      value: chainTo(HEIGHT, {
        reorgs: [reorg, { ...reorg, atMs: reorg.atMs - 4e6, depth: 1 }],
        ...chainChanges,
      }),
    }),
    slice({ slice: 'peers', value: { peers: peers() } }),
    slice({ slice: 'mempool', value: { count: 42, bytes: 12_345, pending: waiting } }),
    slice({ slice: 'forks', value: { branches } }),
    slice({
      slice: 'wire',
      value: {
        received: { ping: counts, inv: counts, compactBlock: counts, tx: counts, headers: counts },
        sent: { pong: counts, inv: counts, getBlockTxn: counts },
        refusals: { 'bad-signature': 3, 'time-too-new': 1 },
        duplicates: { block: 17 },
        banned: 2,
      },
    }),
  ];
}

/** Looked at on the Chain view only: what they change stands there. */
const TROUBLES: Readonly<Record<string, () => FromEngine[]>> = {
  loading: () => [says({ phase: { kind: 'loading', done: 412, total: HEIGHT } })],
  behind: () => crowded({}, { headerHeight: HEIGHT + 4_321 }),
  'no-server': () => crowded({ signaling: { kind: 'retrying', atMs: Date.now() + 8_000 } }),
  forgetting: () =>
    crowded({ storage: { kind: 'forgetting', reason: 'full', detail: undefined, retries: true } }),
  healed: () => crowded({ storage: { kind: 'healed', keptHeight: 1_100, lostHeight: HEIGHT + 500 } }),
  clock: () => [
    ...crowded(),
    slice({
      slice: 'peers',
      value: { peers: peers().map((peer) => ({ ...peer, clockAheadSeconds: 75 })) },
    }),
  ],
  failed: () => [
    says({
      phase: { kind: 'failed', problem: { code: 'no-free-slot', tabs: 64 } },
    }),
  ],
  reorg: () => [
    ...crowded(),
    { type: 'event', event: { kind: 'reorg', depth: 3, forkHeight: HEIGHT - 7, ownReturned: 1 } },
  ],
};

export async function shootPlayedStates(browser: Browser, folder: string): Promise<void> {
  const server = await startTestServer();
  const url = roomUrl(server.url, newRoomSecret(), 'room');
  for (const { name: look, options } of LOOKS) {
    const context = await newContext(browser, options);
    const open = async (opening: FromEngine[]) => {
      const page = await context.newPage();
      await playEngine(page, opening);
      await page.goto(url);
      await page.waitForTimeout(SETTLE_MS);
      return page;
    };
    for (const [state, opening] of Object.entries({ alone, crowded: () => crowded() })) {
      const page = await open(opening());
      for (const view of ['Chain', 'Network', 'Forks', 'Stats', 'Wire']) {
        await page.getByRole('link', { name: view, exact: true }).click();
        await page.waitForTimeout(SETTLE_MS);
        await shoot(page, folder, `${look}-${state}-${view.toLowerCase()}`);
      }
      if (state === 'crowded') {
        await page.getByRole('link', { name: 'Network', exact: true }).click();
        await page.getByRole('radio', { name: 'Table' }).check();
        await shoot(page, folder, `${look}-${state}-table`);
      }
      await page.close();
    }
    for (const [state, opening] of Object.entries(TROUBLES)) {
      const page = await open(opening());
      await shoot(page, folder, `${look}-${state}`);
      await page.close();
    }
    await context.close();
  }
  await server.stop();
}

/** Until a view is fetched and drawn. These pictures are looked at, not compared. */
const SETTLE_MS = 700;
