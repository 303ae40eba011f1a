/** Signals through peers, as the node itself meets them on its links. */
import { describe, expect, test } from 'vitest';
import { addressId, type PeerAddress } from '../../../web/node/address.ts';
import { toFrames } from '../../../web/node/framing.ts';
import { encodeMessage, MESSAGES } from '../../../web/node/messages.ts';
import {
  MAX_SIGNAL_BYTES,
  signalHash,
  signalIdOf,
  signalIsGood,
  signSignal,
  type Signal,
} from '../../../web/node/signal.ts';
import { verifyZip215 } from '../../../web/core/transaction.ts';
import { GENESIS_HASH, wallet, type Wallet } from '../core/build.ts';
import { TestedNode } from './hand-played-peer.ts';

const SESSION = '00'.repeat(8);
const [ALICE, BOB, CAROL] = [wallet(1), wallet(2), wallet(3)];
const addressOf = ({ id }: Wallet): PeerAddress => ({ key: id, session: SESSION });

function signal(from: Wallet, to: PeerAddress, text = 'sealed', genesisHash = GENESIS_HASH): Signal {
  const unsigned = { from: addressOf(from), to, payload: Uint8Array.from(Buffer.from(text)) };
  return signSignal(genesisHash, unsigned, from.secretKey);
}

const idOf = (of: Signal) => signalIdOf(signalHash(GENESIS_HASH, of));
const refusals = (tested: TestedNode) => Object.keys(tested.node.snapshot('wire').refusals);
const own = ({ node }: TestedNode): PeerAddress => ({ key: node.account, session: node.session });

describe('a node', () => {
  test('passes a signal of one peer on to another, one link less to go', () => {
    const tested = new TestedNode();
    const alice = tested.connect(ALICE);
    const bob = tested.connect(BOB);
    const offer = signal(ALICE, addressOf(BOB));
    alice.say({ name: 'signal', ...offer });
    expect(bob.last('signal')).toEqual({ name: 'signal', ...offer, ttl: 2 });
    expect(alice.count('unroutable')).toBe(0);
    bob.say({ name: 'signal', ...signal(BOB, addressOf(ALICE), 'answer') });
    expect(alice.count('signal')).toBe(1);
    expect(refusals(tested)).toEqual([]);
  });

  test('keeps what is for itself', () => {
    const tested = new TestedNode();
    const alice = tested.connect(ALICE);
    const bob = tested.connect(BOB);
    alice.say({ name: 'signal', ...signal(CAROL, own(tested)), ttl: 1 });
    expect(tested.signals.map(({ from, payload }) => [from, Buffer.from(payload).toString()])).toEqual([
      [addressId(addressOf(CAROL)), 'sealed'],
    ]);
    expect(bob.count('signal')).toBe(0);
  });

  test('sends its own to an address that a peer told of, and hears when it gets nowhere', () => {
    const tested = new TestedNode();
    const alice = tested.connect(ALICE);
    const carol = addressId(addressOf(CAROL));
    alice.say({ name: 'peers', addresses: [{ ...addressOf(CAROL), distance: 1 }] });
    tested.node.sendSignal(carol, Buffer.from('sealed'), tested.nowMs);
    const sent = alice.last('signal');
    expect(sent).toMatchObject({ ttl: 3, from: own(tested), to: addressOf(CAROL) });
    expect(signalIsGood(sent, signalHash(GENESIS_HASH, sent), verifyZip215)).toBe(true);
    alice.say({ name: 'unroutable', signalId: idOf(sent) });
    tested.pass(250);
    expect(tested.unroutable).toEqual([carol]);
  });

  test('sends back what is for nobody that it knows, and charges nothing for it', () => {
    const tested = new TestedNode();
    const alice = tested.connect(ALICE);
    const lost = signal(ALICE, addressOf(CAROL));
    alice.say({ name: 'signal', ...lost });
    expect(alice.last('unroutable')).toEqual({ name: 'unroutable', signalId: idOf(lost) });
    expect(refusals(tested)).toEqual([]);
    expect(tested.node.snapshot('peers').peers[0]?.score).toBe(0);
  });

  test('knows no way to a peer whose link is closed', () => {
    const tested = new TestedNode();
    const alice = tested.connect(ALICE);
    const bob = tested.connect(BOB);
    tested.node.onLinkClosed(bob.id, tested.nowMs);
    alice.say({ name: 'signal', ...signal(ALICE, addressOf(BOB)) });
    expect(alice.count('unroutable')).toBe(1);
    expect(bob.count('signal')).toBe(0);
  });
});

describe('a peer is banned', () => {
  const otherRoom = new Uint8Array(32).fill(9);
  const toBob = signal(ALICE, addressOf(BOB));
  const cases: readonly [string, string, Signal][] = [
    [
      'for a forged signal',
      'bad-proof',
      { ...signal(CAROL, addressOf(BOB)), ttl: 2, payload: Buffer.from('x') },
    ],
    ['for one of another room', 'bad-proof', signal(ALICE, addressOf(BOB), 'sealed', otherRoom)],
    ['for one that it did not count down', 'ttl-not-counted', signal(CAROL, addressOf(BOB))],
  ];
  test.each(cases)('%s', (_name, code, bad) => {
    const tested = new TestedNode();
    const alice = tested.connect(ALICE);
    const bob = tested.connect(BOB);
    alice.say({ name: 'signal', ...bad });
    expect(refusals(tested)).toEqual([code]);
    expect(alice.isBanned).toBe(true);
    expect(bob.count('signal')).toBe(0);
    expect(bob.closed).toBe(false);
  });

  /** What the codec would not write. */
  function withTtl(ttl: number): Uint8Array {
    const bytes = encodeMessage({ name: 'signal', ...toBob });
    bytes[1] = ttl;
    return bytes;
  }

  test.each([0, 4, 255])('for a ttl of %d', (ttl) => {
    const tested = new TestedNode();
    const alice = tested.connect(ALICE);
    for (const frame of toFrames(withTtl(ttl))) alice.sayFrame(frame);
    expect(refusals(tested)).toEqual(['malformed']);
    expect(alice.isBanned).toBe(true);
  });

  test('for an oversized one', () => {
    const tested = new TestedNode();
    const alice = tested.connect(ALICE);
    const frame = toFrames(new Uint8Array(MESSAGES.signal.maxBytes + 1).fill(18))[0] as Uint8Array;
    alice.sayFrame(frame);
    expect(refusals(tested)).toEqual(['oversize']);
    expect(alice.isBanned).toBe(true);
  });

  test.each(['signal', 'unroutable'] as const)('for a flood of "%s"', (name) => {
    const tested = new TestedNode();
    const alice = tested.connect(ALICE);
    const { burst } = MESSAGES[name].rate;
    const message =
      name === 'signal' ? ({ name, ...toBob } as const) : ({ name, signalId: '11'.repeat(8) } as const);
    for (let n = 0; n < burst; n++) alice.say(message);
    expect(refusals(tested)).toEqual([]);
    for (let n = 0; n < 4; n++) alice.say(message);
    expect(refusals(tested)).toEqual(['flood']);
    expect(alice.isBanned).toBe(true);
  });
});

test('the longest payload travels, one byte more does not', () => {
  const tested = new TestedNode();
  const alice = tested.connect(ALICE);
  const bob = tested.connect(BOB);
  alice.say({ name: 'signal', ...signal(ALICE, addressOf(BOB), 'x'.repeat(MAX_SIGNAL_BYTES)) });
  expect(bob.last('signal').payload).toHaveLength(MAX_SIGNAL_BYTES);
  expect(() => signalMessage('x'.repeat(MAX_SIGNAL_BYTES + 1))).toThrow();
  expect(signalMessage('x'.repeat(MAX_SIGNAL_BYTES))).toHaveLength(MESSAGES.signal.maxBytes);
});

function signalMessage(text: string): Uint8Array {
  return encodeMessage({ name: 'signal', ...signal(ALICE, addressOf(BOB), text) });
}
