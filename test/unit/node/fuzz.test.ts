/** Nothing that a peer sends can throw in the node: seeded mutations of a whole conversation. */
import { expect, test } from 'vitest';
import type { Block } from '../../../web/core/block.ts';
import { Chain } from '../../../web/core/chain.ts';
import { headerId } from '../../../web/core/header.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { transactionId } from '../../../web/core/transaction.ts';
import { compactOf } from '../../../web/node/compact-block.ts';
import { toFrames } from '../../../web/node/framing.ts';
import {
  decodeMessage,
  encodeMessage,
  MESSAGES,
  type Hello,
  type Message,
  type MessageName,
} from '../../../web/node/messages.ts';
import { signSignal, type Signal } from '../../../web/node/signal.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { blockOn, coinbase, GENESIS, GENESIS_HASH, signed, wallet } from '../core/build.ts';
import { Mutations } from './fuzz-mutations.ts';
import { TestedNode, type HandPlayedPeer } from './hand-played-peer.ts';
import { Answerer, blocksOn } from './header-maker.ts';

/** Of the run that failed: `SEED=... npm run test:unit -- fuzz`. */
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const DECODES = process.env.TABCHAIN_LONG ? 1_000_000 : 20_000;
const SESSION_INPUTS = process.env.TABCHAIN_LONG ? 1_000_000 : 5_000;
/** A fresh node once in so many inputs, so that each has some state behind it. */
const PER_NODE = 500;
const LINKS = 4;
/** Against hangs only. */
const TIMEOUT_MS = 3_600_000;

const tx = signed(wallet(2), { memo: 'fuzz' });
const block = blockOn(GENESIS.header, [coinbase(1), tx]);
const id = transactionId(tx);
/** What the messages speak of, besides: two branches, and transactions that wait for one another. */
const branches = [
  [block, ...blocksOn(block.header, 1, 11, 'a')],
  blocksOn(GENESIS.header, 0, 10, 'b'),
] as const;
const pending = Array.from({ length: 40 }, (_, n) =>
  signed(wallet(20 + (n % 4)), { nonce: Math.floor(n / 4), memo: `${n}` }),
);
const bodies = new Map(branches.flat().map((each) => [headerId(each.header), each]));
/** Heavier than all of it. */
const honest = blocksOn(GENESIS.header, 0, 30, 'honest');
const HELLO: Message = {
  name: 'hello',
  protocol: 1,
  genesisId: headerId(GENESIS.header),
  key: wallet(2).id,
  session: '00'.repeat(8),
  challenge: new Uint8Array(32),
  time: GENESIS.header.time,
  tipId: headerId(block.header),
  height: 1,
  work: 2n,
};
const CORPUS: Message[] = [
  { name: 'ping', token: '00'.repeat(8) },
  { name: 'pong', token: '00'.repeat(8) },
  { name: 'getHeaders', locator: [id, id] },
  { name: 'headers', headers: [block.header] },
  {
    name: 'inv',
    items: [
      { kind: 'tx', id },
      { kind: 'block', id },
    ],
  },
  {
    name: 'getData',
    items: [
      { kind: 'tx', id },
      { kind: 'block', id },
      { kind: 'compact', id: headerId(block.header) },
    ],
  },
  { name: 'notFound', items: [{ kind: 'tx', id }] },
  { name: 'block', block },
  { name: 'tx', tx },
  { name: 'sendCompact', highBandwidth: true },
  // To a node that does not have `tx`: one that it asks about, and one that it can put together.
  { name: 'compactBlock', ...compactOf(block, new Uint8Array(8)) },
  { name: 'compactBlock', ...compactOf(blockOn(GENESIS.header, [coinbase(1)]), new Uint8Array(8)) },
  { name: 'getBlockTxn', blockId: headerId(block.header), indexes: [0, 1] },
  { name: 'blockTxn', blockId: headerId(block.header), transactions: [tx] },
  { name: 'ready', signature: new Uint8Array(64) },
  HELLO,
  { name: 'getPeers' },
  { name: 'peers', addresses: [{ key: wallet(3).id, session: '00'.repeat(8), distance: 2 }] },
  // To an address that the message before tells of, and to nobody.
  { name: 'signal', ...relayed(wallet(3).id), ttl: 2 },
  { name: 'signal', ...relayed(wallet(4).id), ttl: 2 },
  { name: 'unroutable', signalId: '00'.repeat(8) },
];

function relayed(toKey: string): Signal {
  const { secretKey, id: key } = wallet(2);
  const session = '00'.repeat(8);
  const addresses = { from: { key, session }, to: { key: toKey, session } };
  return signSignal(GENESIS_HASH, { ...addresses, payload: new Uint8Array(40) }, secretKey);
}

const random = new SeededRandom(SEED);
const mutations = new Mutations(random);
const { below, oneOf } = {
  below: (n: number) => mutations.below(n),
  oneOf: <T>(of: readonly T[]) => mutations.oneOf(of),
};

test(
  `${DECODES} mutated messages decode to themselves or to nothing (SEED=${SEED})`,
  () => {
    for (let i = 0; i < DECODES; i++) {
      const bytes = mutations.bytes(encodeMessage(oneOf(CORPUS)));
      const message = decodeMessage(bytes);
      if (message && Buffer.compare(encodeMessage(message), bytes) !== 0)
        expect(encodeMessage(message)).toEqual(bytes);
    }
  },
  TIMEOUT_MS,
);

/** Any message of the conversation: of the corpus, about the branches, or one that the node itself has said. */
function anyMessage(peer: HandPlayedPeer): Message {
  const branch = oneOf(branches);
  const from = below(branch.length);
  switch (below(8)) {
    case 0:
      return { name: 'headers', headers: branch.slice(from, from + below(10)).map(({ header }) => header) };
    case 1:
      return { name: 'block', block: oneOf(branch) };
    case 2:
      return {
        name: 'inv',
        items: pending.slice(below(40)).map((each) => ({ kind: 'tx', id: transactionId(each) })),
      };
    case 3:
      return { name: 'tx', tx: oneOf(pending) };
    case 4:
      return { name: 'compactBlock', ...compactOf(oneOf(branch), new Uint8Array(8)) };
    case 5:
      return peer.heard.length > 0 ? oneOf(peer.heard) : oneOf(CORPUS);
    default:
      return oneOf(CORPUS);
  }
}

/** What an honest peer would answer to the last that the node said. */
function answer(peer: HandPlayedPeer): Message[] {
  const asked = peer.heard.at(-1);
  switch (asked?.name) {
    case 'getHeaders':
      return [{ name: 'headers', headers: oneOf(branches).map(({ header }) => header) }];
    case 'getData':
      return asked.items.flatMap(({ id: wanted }): Message[] => {
        const body = bodies.get(wanted);
        const waiting = pending.find((each) => transactionId(each) === wanted);
        if (body) return [{ name: 'block', block: body }];
        return waiting ? [{ name: 'tx', tx: waiting }] : [];
      });
    case 'getBlockTxn': {
      const body = bodies.get(asked.blockId);
      const transactions = asked.indexes.flatMap((index) => body?.transactions[index] ?? []);
      return [{ name: 'blockTxn', blockId: asked.blockId, transactions }];
    }
    case 'ping':
      return [{ name: 'pong', token: asked.token }];
    default:
      return [];
  }
}

const strings = [
  ...bodies.keys(),
  ...pending.map(transactionId),
  ...[1, 2, 3, 4].map((n) => wallet(n).id),
  headerId(GENESIS.header),
  '00'.repeat(8),
  'ff'.repeat(8),
];

/** The bytes of what is said next: one message in two is as it should be, or nearly. */
function nextMessages(peer: HandPlayedPeer): Uint8Array[] {
  const said = below(3) === 0 ? answer(peer) : [anyMessage(peer)];
  const ordered = below(6) === 0 ? mutations.list(said) : said;
  return ordered.flatMap((message) => {
    const bytes = encodeMessage(message);
    const kind = below(8);
    if (kind === 0 && below(4) === 0) return [mutations.bytes(bytes)];
    if (kind < 4) return [mutations.field(message, strings) ?? bytes];
    return Array.from({ length: kind === 4 ? 1 + below(4) : 1 }, () => bytes);
  });
}

/** A signature is good unless it begins with 0xff: to compute it would take most of the time, and the others get further. */
const verify = (signature: Uint8Array) => signature[0] !== 0xff;

/** Keys of those who speak: enough that not all are banned. */
const wallets = Array.from({ length: 60 }, (_, n) => wallet(n + 1));

class Session {
  readonly tested = new TestedNode(below(1_000_000), new Chain(REGTEST, GENESIS, verify));
  readonly #peers: HandPlayedPeer[] = [];
  #keys = 1;

  /** One of a few links that are open at once. One in ten never shakes hands. */
  get peer(): HandPlayedPeer {
    const at = below(LINKS);
    let peer = this.#peers[at];
    if (!peer || peer.closed) {
      peer = this.tested.link(wallets[this.#keys++ % wallets.length]);
      this.#peers[at] = peer;
      if (below(10) > 0) shakeHands(peer);
    }
    // What was said long ago is of no use to the test.
    if (peer.heard.length > 500) peer.heard.splice(0, 400);
    return peer;
  }

  /** What there is of it at most, and that an honest peer finds a node that works. */
  check(): void {
    const { node } = this.tested;
    // The branches, and what changes of single fields may add to them: regtest's work is next to none.
    expect(node.chain.index.size).toBeLessThan(PER_NODE * 4);
    expect(node.mempool.size).toBeLessThanOrEqual(5_000);
    expect([...node.peers].length).toBeLessThanOrEqual(LINKS);
    for (const peer of this.#peers) node.disconnect(peer.id);
    expect([...node.peers]).toEqual([]);
    const last = honest.at(-1) as Block;
    const peer = this.tested.link(wallet(99));
    shakeHands(peer, {
      tipId: headerId(last.header),
      height: honest.length,
      work: 2n * BigInt(honest.length),
    });
    const answerer = new Answerer(
      peer,
      honest.map(({ header }) => header),
      honest,
    );
    answerer.answerAll(0);
    for (let i = 0; i < 40 && node.chain.tip.height < honest.length; i++) {
      this.tested.pass(2_000);
      answerer.answerAll();
    }
    expect(peer.closed).toBe(false);
    expect(node.chain.tip.id).toBe(headerId(last.header));
  }
}

function shakeHands(peer: HandPlayedPeer, change: Partial<Hello> = {}): void {
  peer.say({ name: 'hello', ...peer.hello(change) });
  peer.say({ name: 'ready', signature: new Uint8Array(64) });
}

test(
  `${SESSION_INPUTS} mutated messages to a node (SEED=${SEED})`,
  () => {
    /** Messages that were well-formed when they arrived, by name. */
    const understood = new Map<MessageName, number>();
    let session = new Session();
    for (let i = 0; i < SESSION_INPUTS;) {
      const { peer } = session;
      for (const bytes of nextMessages(peer)) {
        if (peer.closed) break;
        const name = decodeMessage(bytes)?.name;
        if (name) understood.set(name, (understood.get(name) ?? 0) + 1);
        let frames = toFrames(bytes);
        if (below(200) === 0) frames = mutations.list(frames);
        for (const frame of frames) {
          if (!peer.closed) peer.sayFrame(below(200) === 0 ? mutations.bytes(frame) : frame);
        }
        if (++i % PER_NODE !== 0) continue;
        session.check();
        session = new Session();
        break;
      }
      if (below(20) === 0) session.tested.pass(250 * (1 + below(20)));
    }
    // A message that is missing here needs one in the corpus.
    for (const name of Object.keys(MESSAGES) as MessageName[]) {
      expect(understood.get(name) ?? 0, name).toBeGreaterThan(0);
    }
  },
  TIMEOUT_MS,
);
