/** Nothing that a peer sends can throw in the node: seeded mutations of a whole conversation. */
import { expect, test } from 'vitest';
import { headerId } from '../../../web/core/header.ts';
import { transactionId } from '../../../web/core/transaction.ts';
import { compactOf } from '../../../web/node/compact-block.ts';
import { toFrames } from '../../../web/node/framing.ts';
import { decodeMessage, encodeMessage, MESSAGES, type Message } from '../../../web/node/messages.ts';
import { signSignal, type Signal } from '../../../web/node/signal.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { blockOn, coinbase, GENESIS, GENESIS_HASH, signed, wallet } from '../core/build.ts';
import { TestedNode } from './hand-played-peer.ts';

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const DECODES = process.env.TABCHAIN_LONG ? 1_000_000 : 20_000;
/** Fewer: most of them end in a ban, and the next one begins with a handshake. */
const SESSION_INPUTS = process.env.TABCHAIN_LONG ? 100_000 : 2_000;
/** A fresh node once in so many inputs, so that each has some state behind it. */
const PER_NODE = 200;

const tx = signed(wallet(2), { memo: 'fuzz' });
const block = blockOn(GENESIS.header, [coinbase(1), tx]);
const id = transactionId(tx);
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
const below = (n: number) => Math.floor(random.next() * n);
const ids = Object.values(MESSAGES).map((message) => message.id);

function mutate(bytes: Uint8Array): Uint8Array {
  const kind = below(5);
  if (kind === 0) return bytes;
  if (kind === 1) return Uint8Array.from([ids[below(ids.length)] as number, ...random.bytes(below(300))]);
  if (kind === 2) return bytes.slice(0, 1 + below(bytes.length));
  const mutated = kind === 3 ? bytes.slice() : Uint8Array.from([...bytes, ...random.bytes(1 + below(40))]);
  for (let i = 0; i <= below(4); i++) mutated[below(mutated.length)] = below(256);
  return mutated;
}

const mutatedMessage = () => mutate(encodeMessage(CORPUS[below(CORPUS.length)] as Message));

test(`${DECODES} mutated messages decode to themselves or to nothing (SEED=${SEED})`, () => {
  for (let i = 0; i < DECODES; i++) {
    const bytes = mutatedMessage();
    const message = decodeMessage(bytes);
    if (message) expect(encodeMessage(message)).toEqual(bytes);
  }
}, 600_000);

test(`${SESSION_INPUTS} mutated messages to a node (SEED=${SEED})`, () => {
  let tested = new TestedNode(SEED);
  let peer = tested.connect();
  let key = 1;
  for (let i = 0; i < SESSION_INPUTS; i++) {
    if (i % PER_NODE === 0) tested = new TestedNode(SEED + i);
    if (i % PER_NODE === 0 || peer.closed) {
      // Every tenth never shakes hands.
      peer = below(10) === 0 ? tested.link(wallet(++key)) : tested.connect(wallet(++key));
    }
    for (const frame of toFrames(mutatedMessage()))
      if (!peer.closed) peer.sayFrame(below(50) === 0 ? mutate(frame) : frame);
    if (below(20) === 0) tested.pass(250);
  }
  expect(tested.node.chain.tip.height).toBeLessThanOrEqual(1);
}, 600_000);
