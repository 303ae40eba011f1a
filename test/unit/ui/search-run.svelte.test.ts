import { flushSync } from 'svelte';
import { expect, test } from 'vitest';
import type { ToEngine } from '../../../web/engine/messages.ts';
import type { Found } from '../../../web/node/chain-query.ts';
import type { SearchProgress } from '../../../web/node/chain-search.ts';
import { EngineClient } from '../../../web/ui/engine-client.ts';
import { SearchRun } from '../../../web/ui/chain/search-run.svelte.ts';
import { chain, pending, status } from './snapshots.ts';

type Asked = Extract<ToEngine, { type: 'search' }>;

function begin(kind: 'account' | 'transaction' = 'account') {
  const posted: ToEngine[] = [];
  const client = new EngineClient((message) => posted.push(message));
  client.receive({ type: 'status', status: status() });
  const query = kind === 'account' ? ({ kind, account: 'aa' } as const) : ({ kind, id: 'tx' } as const);
  const run = new SearchRun(client, query);
  const asked = () => posted.filter((message): message is Asked => message.type === 'search');
  const last = () => asked().at(-1) as Asked;
  const tell = ({ requestId }: Asked, change: Partial<SearchProgress>) => {
    const progress = {
      found: [],
      searched: 1,
      total: 1,
      unread: 0,
      end: 'complete',
      nextTo: -1,
      ...change,
    } as const;
    client.receive({ type: 'search-progress', requestId, progress });
    flushSync();
  };
  const ids = () => run.found.map(({ transaction }) => transaction.id);
  return { run, asked, last, tell, ids, posted };
}

const at = (id: string, height: number | undefined): Found => ({
  block: height === undefined ? undefined : { height, id: `a${height}`, time: 0 },
  transaction: pending(id, 'hi'),
});

test('what is pending comes first, and moves into its block without being listed twice', () => {
  const { run, asked, last, tell, ids } = begin();
  run.follow(chain(10));
  const [older, newer] = asked() as [Asked, Asked];
  expect(older.range).toEqual({ from: 0, to: 10 });
  expect(newer.range.from).toBe(11);
  tell(older, { found: [at('old', 3)], searched: 11, total: 11 });
  tell(newer, { found: [at('new', undefined)] });
  expect(ids()).toEqual(['new', 'old']);
  run.follow(chain(11));
  expect(asked()).toHaveLength(3);
  tell(last(), { found: [at('new', 11)] });
  expect(ids()).toEqual(['new', 'old']);
  expect(run.found[0]?.block?.height).toBe(11);
});

test('a reorg begins it anew', () => {
  const { run, asked, last, tell, ids } = begin();
  run.follow(chain(10));
  tell(asked()[0] as Asked, { found: [at('stale', 9)] });
  const reorg = { atMs: 1, depth: 2, forkHeight: 8, newHeight: 11, ownReturned: 0 };
  run.follow(chain(11, { reorgs: [reorg] }));
  expect(ids()).toEqual([]);
  expect(asked().at(-2)?.range).toEqual({ from: 0, to: 11 });
  expect(last().range.from).toBe(12);
});

test('after enough it goes on below, and counts all that was searched', () => {
  const { run, asked, last, tell, ids } = begin();
  run.follow(chain(99));
  const [older] = asked() as [Asked];
  tell(older, { found: [at('a', 80)], searched: 40, total: 100, end: 'enough', nextTo: 59 });
  run.more();
  expect(last().range).toEqual({ from: 0, to: 59 });
  tell(last(), { found: [at('b', 20)], searched: 60, total: 60 });
  expect(ids()).toEqual(['a', 'b']);
  expect(run.state).toEqual({ searched: 100, total: 100, unread: 0, end: 'complete' });
});

test('a transaction that is pending is not sought in the whole chain', () => {
  const { run, asked, tell, posted } = begin('transaction');
  run.follow(chain(10));
  const [older, newer] = asked() as [Asked, Asked];
  tell(newer, { found: [at('tx', undefined)] });
  expect(posted.at(-1)).toEqual({ type: 'search-stop', requestId: older.requestId });
  expect(run.state.end).toBe('complete');
});

test('halted, it says how far it came and can go on', () => {
  const { run, asked, last, tell } = begin();
  run.follow(chain(99));
  tell(asked()[0] as Asked, { searched: 10, total: 100, end: undefined, nextTo: 89 });
  run.halt();
  expect(run.state).toMatchObject({ searched: 10, end: 'enough' });
  run.more();
  expect(last().range).toEqual({ from: 0, to: 89 });
});
