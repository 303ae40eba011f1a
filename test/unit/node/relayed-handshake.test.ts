/**
 * Somebody in the room who passes two honest nodes' handshakes on to each other, word by word, to speak for both then:
 * neither may believe that the link is the other's, and ban the other for what the one in the middle says.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { expect, test } from 'vitest';
import { Chain } from '../../../web/core/chain.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { verifyZip215 } from '../../../web/core/transaction.ts';
import { Node } from '../../../web/node/node.ts';
import type { Link } from '../../../web/node/ports.ts';
import { MemoryStore } from '../../sim/memory-store.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { GENESIS, wallet } from '../core/build.ts';
import { START_MS } from './hand-played-peer.ts';

function nodeOf(n: number): Node {
  const nothing = () => undefined;
  return new Node(
    {
      chain: new Chain(REGTEST, GENESIS, verifyZip215),
      secretKey: wallet(n).secretKey,
      store: new MemoryStore((run) => run()),
      rng: new SeededRandom(n),
      verifier: { lookAhead: (_transactions, done) => done([]) },
      dialer: { dial: nothing },
      pow: { start: nothing, stop: nothing },
      events: {
        askRoster: nothing,
        onSealed: nothing,
        onReorg: nothing,
        onOwnPending: nothing,
        onSignal: nothing,
        onUnroutable: nothing,
      },
    },
    START_MS,
  );
}

/** Mallory's end of a link to one of them: two channels, each with a key exchange of its own. */
class End implements Link {
  readonly dialled = false;
  readonly route = 'server';
  readonly bufferedBytes = 0;
  closed = false;
  readonly id: string;
  readonly channel: Uint8Array;
  readonly sent: Uint8Array[] = [];
  constructor(id: string, channel?: string) {
    this.id = id.padStart(32, '0');
    this.channel = hexToBytes((channel ?? id).padStart(64, '0'));
  }
  send(frame: Uint8Array): void {
    this.sent.push(frame);
  }
  close(): void {
    this.closed = true;
  }
}

test('one in the middle gets nobody banned', () => {
  const [alice, bob] = [nodeOf(1), nodeOf(2)];
  const [toAlice, toBob] = [new End('a'), new End('b')];
  alice.onLinkOpen(toAlice, 'mallory', START_MS);
  bob.onLinkOpen(toBob, 'mallory', START_MS);
  for (let round = 0; round < 2; round++) {
    for (const frame of toAlice.sent.splice(0)) bob.onFrame(toBob.id, frame, START_MS);
    for (const frame of toBob.sent.splice(0)) alice.onFrame(toAlice.id, frame, START_MS);
  }
  // What Mallory says now is garbage.
  alice.onFrame(toAlice.id, new Uint8Array([1, 0, 0, 0, 99]), START_MS);
  bob.onFrame(toBob.id, new Uint8Array([1, 0, 0, 0, 99]), START_MS);
  expect(alice.banned + bob.banned).toBe(0);
  expect(alice.admit(bob.account, bob.session)).toBe('accept');
  expect(bob.admit(alice.account, alice.session)).toBe('accept');
});

test('and no honest link is replaced by one in the middle', () => {
  let replaced = 0;
  for (let n = 0; n < 8; n++) {
    const [alice, bob] = [nodeOf(10 + 2 * n), nodeOf(11 + 2 * n)];
    const [a, b, toAlice, toBob] = [new End('a', 'e'), new End('b', 'e'), new End('c'), new End('d')];
    const between = (x: End, y: End) => {
      for (let round = 0; round < 4; round++) {
        for (const frame of x.sent.splice(0)) bob.onFrame(y.id, frame, START_MS);
        for (const frame of y.sent.splice(0)) alice.onFrame(x.id, frame, START_MS);
      }
    };
    alice.onLinkOpen(a, 'bob', START_MS);
    bob.onLinkOpen(b, 'alice', START_MS);
    between(a, b);
    alice.onLinkOpen(toAlice, 'mallory', START_MS);
    bob.onLinkOpen(toBob, 'mallory', START_MS);
    between(toAlice, toBob);
    if (a.closed) replaced++;
  }
  expect(replaced).toBe(0);
});
