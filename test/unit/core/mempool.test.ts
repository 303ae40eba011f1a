import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOBODY } from '../../../web/core/hash.ts';
import { Ledger } from '../../../web/core/ledger.ts';
import { Mempool } from '../../../web/core/mempool.ts';
import { transactionBytes, transactionId, type Transaction } from '../../../web/core/transaction.ts';
import { coinbase, someAccount, unchecked } from './build.ts';

// The numbers of PROTOCOL.md, on purpose not imported.
const MAX_TRANSACTIONS = 5_000;
const MAX_PER_SENDER = 25;
const MAX_GAPPED = 100;
const GAP_EXPIRY_MS = 1_200_000;
const EXPIRY_MS = 3_600_000;

const [A, B, C] = [1, 2, 3].map(someAccount) as [string, string, string];
const yes = (): boolean => true;
const NOW = 1_800_000_000_000;

const rich = (): Ledger => new Ledger([A, B, C].map((account) => ({ account, balance: 1000, nonce: 0 })));

/** What `add` says in one word. */
function put(pool: Mempool, tx: Transaction, ledger: Ledger, nowMs = NOW, good = yes): string {
  const result = pool.add(tx, ledger, nowMs, good);
  if (result.kind === 'refused') return result.code;
  return result.gapped ? 'gapped' : 'ready';
}

const message = (sender: string, nonce: number, fee = 0): Transaction => unchecked(sender, { nonce, fee });
const noncesOf = (pool: Mempool, sender: string): number[] =>
  [...pool.all()]
    .filter(({ tx }) => tx.sender === sender)
    .map(({ tx }) => tx.nonce)
    .sort((a, b) => a - b);

/** 200 senders with 25 messages each: as many as there is place for. */
function filled(ledger: Ledger, fee: (n: number) => number): Mempool {
  const pool = new Mempool();
  for (let n = 0; n < MAX_TRANSACTIONS; n++) {
    const sender = someAccount(1000 + Math.floor(n / MAX_PER_SENDER));
    const said = put(pool, message(sender, n % MAX_PER_SENDER, fee(n)), ledger);
    if (said !== 'ready') throw new Error(`${n} is ${said}`);
  }
  return pool;
}

const crowd = (): Ledger =>
  new Ledger([
    ...Array.from({ length: 200 }, (_, n) => ({ account: someAccount(1000 + n), balance: 1e6, nonce: 0 })),
    { account: A, balance: 1e6, nonce: 0 },
  ]);

describe('the mempool takes', () => {
  test('a message and a transfer', () => {
    const pool = new Mempool();
    expect(put(pool, message(A, 0), rich())).toBe('ready');
    const transfer = unchecked(A, { nonce: 1, recipient: B, amount: 999, fee: 1 });
    expect(put(pool, transfer, rich())).toBe('ready');
    expect(pool.size).toBe(2);
    expect(pool.get(transactionId(transfer))).toBe(transfer);
    expect(pool.bytes).toBe(2 * 154);
  });

  test.each<[string, Transaction]>([
    ['already-known', message(A, 0)],
    ['stray-coinbase', coinbase(1)],
    ['bad-transaction-version', { ...message(A, 1), version: 2 }],
    ['amount-to-nobody', unchecked(A, { nonce: 1, recipient: NOBODY, amount: 1 })],
    ['overdraft', unchecked(A, { nonce: 1, recipient: B, amount: 1000, fee: 1 })],
    ['overdraft', unchecked(C, { nonce: 7, recipient: B, amount: 1001 })],
    ['nonce-used', message(C, 6)],
    ['replacement-fee', { ...message(A, 0), memo: 'instead' }],
  ])('%s: not that', (code, tx) => {
    const pool = new Mempool();
    const ledger = new Ledger([
      { account: A, balance: 1000, nonce: 0 },
      { account: C, balance: 1000, nonce: 7 },
    ]);
    put(pool, message(A, 0), ledger);
    const asked: Transaction[] = [];
    expect(put(pool, tx, ledger, NOW, () => asked.push(tx) > 0)).toBe(code);
    // Signatures cost most: no other reason to refuse may come after them.
    expect(asked).toEqual([]);
    expect(pool.size).toBe(1);
  });

  test('nothing that is not signed', () => {
    const pool = new Mempool();
    expect(put(pool, message(A, 0), rich(), NOW, () => false)).toBe('bad-signature');
    put(pool, message(A, 0), rich());
    expect(put(pool, message(A, 0, 1), rich(), NOW, () => false)).toBe('bad-signature');
    expect(pool.size).toBe(1);
  });
});

describe('nonces', () => {
  test('ahead wait, and are ready once the gap closes', () => {
    const pool = new Mempool();
    const ledger = rich();
    expect(put(pool, message(A, 2), ledger)).toBe('gapped');
    expect(put(pool, message(A, 1), ledger)).toBe('gapped');
    expect(pool.gapped).toBe(2);
    expect(pool.hasMinable(ledger)).toBe(false);
    expect(put(pool, message(A, 0), ledger)).toBe('ready');
    expect(pool.gapped).toBe(0);
    expect(pool.run(A, ledger.get(A)).map(({ nonce }) => nonce)).toEqual([0, 1, 2]);
  });

  test('are ready only as far as the balance goes', () => {
    const pool = new Mempool();
    const ledger = rich();
    put(pool, unchecked(A, { nonce: 0, recipient: B, amount: 600 }), ledger);
    expect(put(pool, unchecked(A, { nonce: 1, recipient: B, amount: 401 }), ledger)).toBe('overdraft');
    expect(put(pool, unchecked(A, { nonce: 2, recipient: B, amount: 500 }), ledger)).toBe('gapped');
    expect(put(pool, unchecked(A, { nonce: 1, recipient: B, amount: 400 }), ledger)).toBe('ready');
    // 2 is next now, and can't be paid.
    expect(pool.run(A, ledger.get(A))).toHaveLength(2);
    expect(pool.gapped).toBe(1);
  });

  test(`are ahead ${MAX_GAPPED} times in all`, () => {
    const pool = new Mempool();
    const ledger = rich();
    for (let n = 0; n < MAX_GAPPED; n++) {
      expect(put(pool, message(someAccount(100 + Math.floor(n / 20)), 1 + (n % 20)), ledger)).toBe('gapped');
    }
    expect(put(pool, message(A, 1), ledger)).toBe('gap-limit');
    // A replacement is not one more.
    expect(put(pool, { ...message(someAccount(100), 1), fee: 5 }, ledger)).toBe('gapped');
    // Who closes a gap frees places.
    expect(put(pool, message(someAccount(101), 0), ledger)).toBe('ready');
    expect(pool.gapped).toBe(MAX_GAPPED - 20);
    expect(put(pool, message(A, 1), ledger)).toBe('gapped');
  });
});

describe('one sender', () => {
  test(`has ${MAX_PER_SENDER} pending`, () => {
    const pool = new Mempool();
    const ledger = rich();
    for (let nonce = 0; nonce < MAX_PER_SENDER; nonce++) put(pool, message(A, nonce), ledger);
    expect(put(pool, message(A, MAX_PER_SENDER), ledger)).toBe('sender-limit');
    expect(put(pool, message(B, 0), ledger)).toBe('ready');
    expect(put(pool, message(A, 3, 1), ledger)).toBe('ready');
    expect(pool.size).toBe(MAX_PER_SENDER + 1);
  });

  // Else 25 that came before the first would keep it out until they expire.
  test('who has as many gapped gives up the furthest for a nearer one', () => {
    const pool = new Mempool();
    const ledger = rich();
    for (let nonce = 1; nonce <= MAX_PER_SENDER; nonce++) put(pool, message(A, nonce), ledger);
    expect(pool.gapped).toBe(MAX_PER_SENDER);
    expect(put(pool, message(A, 0), ledger)).toBe('ready');
    expect(noncesOf(pool, A)).toEqual(Array.from({ length: MAX_PER_SENDER }, (_, nonce) => nonce));
    expect(pool.gapped).toBe(0);
  });
});

describe('a replacement', () => {
  test('needs a higher fee', () => {
    const pool = new Mempool();
    const ledger = rich();
    const first = message(A, 0, 5);
    put(pool, first, ledger);
    expect(put(pool, { ...message(A, 0, 5), memo: 'same' }, ledger)).toBe('replacement-fee');
    expect(put(pool, { ...message(A, 0, 4), memo: 'less' }, ledger)).toBe('replacement-fee');
    const better = { ...message(A, 0, 6), memo: 'more' };
    expect(put(pool, better, ledger)).toBe('ready');
    expect(pool.has(transactionId(first))).toBe(false);
    expect([...pool.all()].map(({ tx }) => tx)).toEqual([better]);
    expect(pool.bytes).toBe(transactionBytes(better).length);
  });

  test('may put what follows beyond the balance, which then waits', () => {
    const pool = new Mempool();
    const ledger = rich();
    put(pool, message(A, 0, 100), ledger);
    put(pool, unchecked(A, { nonce: 1, recipient: B, amount: 900 }), ledger);
    expect(put(pool, message(A, 0, 101), ledger)).toBe('ready');
    expect(pool.gapped).toBe(1);
    expect(put(pool, message(A, 0, 1001), ledger)).toBe('overdraft');
  });
});

describe('when it is full', () => {
  test('the lowest fee of a last nonce gives way, to a higher one only', () => {
    const ledger = crowd();
    // The cheapest of all are first of their senders; the cheapest last ones pay 24 and 49.
    const pool = filled(ledger, (n) => n);
    expect(put(pool, message(A, 0, 24), ledger)).toBe('mempool-full');
    expect(put(pool, message(A, 0, 25), ledger)).toBe('ready');
    expect(pool.size).toBe(MAX_TRANSACTIONS);
    expect(noncesOf(pool, someAccount(1000))).toHaveLength(24);
    expect(noncesOf(pool, someAccount(1000)).at(-1)).toBe(23);
    // Now that sender's last pays 23.
    expect(put(pool, message(A, 1, 24), ledger)).toBe('ready');
    expect(noncesOf(pool, someAccount(1000)).at(-1)).toBe(22);
  });

  test('its own sender is not its victim', () => {
    const ledger = crowd();
    const pool = filled(ledger, () => 10);
    expect(put(pool, message(A, 0, 11), ledger)).toBe('ready');
    expect(put(pool, message(A, 1, 10), ledger)).toBe('mempool-full');
    expect(put(pool, message(A, 1, 12), ledger)).toBe('ready');
    expect(noncesOf(pool, A)).toEqual([0, 1]);
  });

  test('a replacement still fits', () => {
    const ledger = crowd();
    const pool = filled(ledger, () => 10);
    expect(put(pool, message(someAccount(1000), 3, 11), ledger)).toBe('ready');
    expect(pool.size).toBe(MAX_TRANSACTIONS);
  });

  // A fee that nobody can collect yet buys nothing.
  test('what has a gap before it displaces nobody, and is the first to go', () => {
    const ledger = crowd();
    const pool = filled(ledger, () => 10);
    expect(put(pool, message(A, 5, 1000), ledger)).toBe('mempool-full');
    pool.remove([...pool.all()].at(-1)?.id ?? '');
    expect(put(pool, message(A, 5, 1000), ledger)).toBe('gapped');
    const newcomer = new Ledger([...ledger.accounts(), { account: B, balance: 10, nonce: 0 }]);
    expect(put(pool, message(B, 0, 1), newcomer)).toBe('ready');
    expect(noncesOf(pool, A)).toEqual([]);
    expect(pool.size).toBe(MAX_TRANSACTIONS);
  });
});

describe('time', () => {
  test('takes what is ready after an hour, what is gapped after 20 minutes', () => {
    const pool = new Mempool();
    const ledger = rich();
    put(pool, message(A, 0), ledger);
    put(pool, message(B, 1), ledger);
    expect(pool.expire(ledger, NOW + GAP_EXPIRY_MS)).toEqual([]);
    expect(pool.expire(ledger, NOW + GAP_EXPIRY_MS + 1).map(({ tx }) => tx.sender)).toEqual([B]);
    expect(pool.expire(ledger, NOW + EXPIRY_MS)).toEqual([]);
    expect(pool.expire(ledger, NOW + EXPIRY_MS + 1).map(({ tx }) => tx.sender)).toEqual([A]);
    expect([pool.size, pool.bytes, pool.gapped]).toEqual([0, 0, 0]);
  });

  test('counts each from its own arrival', () => {
    const pool = new Mempool();
    const ledger = rich();
    put(pool, message(A, 0), ledger);
    put(pool, message(A, 1), ledger, NOW + 1000);
    expect(pool.expire(ledger, NOW + EXPIRY_MS + 1).map(({ tx }) => tx.nonce)).toEqual([0]);
    // Its predecessor is gone, so the shorter time counts.
    expect(pool.expire(ledger, NOW + EXPIRY_MS + 2).map(({ tx }) => tx.nonce)).toEqual([1]);
  });
});

describe('a change of the chain', () => {
  test('removes what it made invalid', () => {
    const pool = new Mempool();
    const ledger = rich();
    for (const nonce of [0, 1, 2, 4]) put(pool, message(A, nonce), ledger);
    const later = new Ledger([{ account: A, balance: 1000, nonce: 2 }]);
    expect(pool.settle(later).map(({ tx }) => tx.nonce)).toEqual([0, 1]);
    expect(noncesOf(pool, A)).toEqual([2, 4]);
    expect(pool.gapped).toBe(1);
    expect(pool.hasMinable(later)).toBe(true);
  });

  test('gives back the transactions of a lost branch, though the sender has many pending since', () => {
    const pool = new Mempool();
    const ahead = new Ledger([{ account: A, balance: 1000, nonce: 10 }]);
    for (let nonce = 10; nonce < 10 + MAX_PER_SENDER; nonce++) put(pool, message(A, nonce), ahead);
    // Ten blocks are undone.
    const back = rich();
    expect(pool.settle(back)).toEqual([]);
    expect(pool.gapped).toBe(MAX_PER_SENDER);
    for (let nonce = 0; nonce < 10; nonce++) expect(put(pool, message(A, nonce), back)).toBe('ready');
    expect(pool.run(A, back.get(A))).toHaveLength(MAX_PER_SENDER);
    expect(pool.size).toBe(MAX_PER_SENDER);
  });
});

test('the counts hold whatever comes', () => {
  const step = fc.record({
    sender: fc.nat({ max: 2 }),
    nonce: fc.nat({ max: 30 }),
    fee: fc.nat({ max: 400 }),
    act: fc.nat({ max: 12 }),
    ahead: fc.nat({ max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const pool = new Mempool();
      let ledger = rich();
      steps.forEach(({ sender, nonce, fee, act, ahead }, i) => {
        const account = [A, B, C][sender] as string;
        if (act === 0) {
          ledger = new Ledger(
            ledger.accounts().map((each) => (each.account === account ? { ...each, nonce: ahead } : each)),
          );
          pool.settle(ledger);
        } else if (act === 1) pool.expire(ledger, NOW + i * 100_000);
        else if (act === 2) pool.remove([...pool.all()][nonce % Math.max(pool.size, 1)]?.id ?? '');
        else put(pool, message(account, nonce, fee), ledger, NOW + i * 100_000);

        const all = [...pool.all()];
        const ready = [A, B, C].flatMap((each) => pool.run(each, ledger.get(each)));
        expect(pool.size).toBe(all.length);
        expect(pool.gapped).toBe(all.length - ready.length);
        expect(pool.bytes).toBe(all.reduce((sum, { bytes }) => sum + bytes, 0));
        for (const each of [A, B, C]) expect(noncesOf(pool, each).length).toBeLessThanOrEqual(MAX_PER_SENDER);
        expect(pool.gapped).toBeLessThanOrEqual(MAX_GAPPED);
      });
    }),
    { numRuns: 60 },
  );
});
