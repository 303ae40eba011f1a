/** Who goes when a full node lets a newcomer in. */
import { describe, expect, test } from 'vitest';
import { chooseEvicted, type Candidate } from '../../../web/node/eviction.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

type Named = Candidate & { readonly name: string };

/** Came at `connectedAtMs`, and is no better than others in anything. */
function plain(name: string, connectedAtMs: number, merits: Partial<Candidate> = {}): Named {
  return {
    name,
    connectedAtMs,
    rttMs: undefined,
    usefulBlockAtMs: undefined,
    usefulTransactionAtMs: undefined,
    ...merits,
  };
}

describe('eviction', () => {
  test('of equals the last to come goes, and half of them never', () => {
    const peers = Array.from({ length: 8 }, (_, i) => plain(`${i}`, i));
    const gone: string[] = [];
    let left = peers;
    // Newcomers take the places, and are the next to go.
    for (let i = 8; i < 40; i++) {
      const evicted = chooseEvicted(left);
      gone.push(evicted?.name ?? '');
      left = [...left.filter((peer) => peer !== evicted), plain(`${i}`, i)];
    }
    expect(gone).toEqual(Array.from({ length: 32 }, (_, i) => `${i + 7}`));
  });

  test.each([
    ['near', { rttMs: 5 }, { rttMs: 50 }],
    ['first with a block', { usefulBlockAtMs: 900 }, { usefulBlockAtMs: 100 }],
    ['first with a transaction', { usefulTransactionAtMs: 900 }, { usefulTransactionAtMs: 100 }],
  ])('two that are %s stay, however late they came', (_, better, worse) => {
    const others = Array.from({ length: 6 }, (_unused, i) => plain(`${i}`, i, worse));
    const late = [plain('a', 1_000, better), plain('b', 1_001, better)];
    expect(chooseEvicted([...others, ...late])?.name).toBe('5');
    expect(chooseEvicted([...others, ...late, plain('c', 1_002, worse)])?.name).toBe('c');
  });

  test('an old, near or useful few are all protected: then nobody goes', () => {
    expect(chooseEvicted([])).toBeUndefined();
    expect(chooseEvicted([plain('a', 1)])).toBeUndefined();
    const few = [plain('a', 1, { rttMs: 1 }), plain('b', 2, { usefulBlockAtMs: 1 }), plain('c', 3)];
    expect(chooseEvicted(few)).toBeUndefined();
  });

  test(`Sybils that are only many never push out those who came before (SEED=${SEED})`, () => {
    const random = new SeededRandom(SEED);
    const honest = Array.from({ length: 4 }, (_, i) =>
      plain(`honest ${i}`, i, { rttMs: 40 + i, usefulBlockAtMs: i < 2 ? 10_000 : undefined }),
    );
    let peers: Named[] = [...honest];
    for (let i = 0; i < 500; i++) {
      if (peers.length >= 10) {
        const evicted = chooseEvicted(peers);
        expect(evicted).toBeDefined();
        peers = peers.filter((peer) => peer !== evicted);
      }
      // From one far data centre, with nothing to give.
      peers.push(plain(`sybil ${i}`, 100 + i, { rttMs: 60 + random.next() * 100 }));
    }
    expect(peers.filter(({ name }) => name.startsWith('honest'))).toHaveLength(4);
  });
});
