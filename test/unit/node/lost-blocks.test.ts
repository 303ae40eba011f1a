/** Blocks that a node's store has lost, asked of its peers. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Block } from '../../../web/core/block.ts';
import type { BlockEntry } from '../../../web/core/block-index.ts';
import { headerId } from '../../../web/core/header.ts';
import { LOST_BLOCK_WAIT_MS } from '../../../web/node/lost-blocks.ts';
import { coinbase, GENESIS, wallet } from '../core/build.ts';
import { HandPlayedPeer, START_MS, TestedNode } from './hand-played-peer.ts';
import { blocksOn } from './header-maker.ts';

const BLOCKS = blocksOn(GENESIS.header, 0, 10);
const LOST = BLOCKS[3] as Block;
const LOST_ID = headerId(LOST.header);
const TIP = { tipId: headerId((BLOCKS.at(-1) as Block).header), height: 10, work: 20n };
const EARLY = { tipId: headerId((BLOCKS[1] as Block).header), height: 2, work: 4n };

let tested: TestedNode;
let given: (Block | undefined)[];
beforeEach(() => {
  tested = new TestedNode();
  tested.node.takeFromFile(BLOCKS, START_MS);
  expect(tested.node.chain.tip.id).toBe(TIP.tipId);
  given = [];
});

function fetchLost(): void {
  const entry = tested.node.chain.index.get(LOST_ID) as BlockEntry;
  tested.node.fetchLost(entry, tested.nowMs, (block) => given.push(block));
}

const wasAsked = (peer: HandPlayedPeer): boolean =>
  peer.heard.some(({ name }) => name === 'getData') && peer.last('getData').items[0]?.id === LOST_ID;

describe('a lost block', () => {
  test('is asked of a peer that has it, and given on', () => {
    const early = tested.connect(wallet(1), EARLY);
    const peer = tested.connect(wallet(2), TIP);
    fetchLost();
    expect([wasAsked(early), wasAsked(peer)]).toEqual([false, true]);
    peer.say({ name: 'block', block: LOST });
    expect(given).toEqual([LOST]);
    expect(peer.closed).toBe(false);
    // It is an answer once.
    peer.say({ name: 'block', block: LOST });
    tested.pass(LOST_BLOCK_WAIT_MS * 2);
    expect(given).toHaveLength(1);
  });

  test('is nobody’s where no peer has it', () => {
    tested.connect(wallet(1), EARLY);
    fetchLost();
    expect(given).toEqual([undefined]);
  });

  test.each<[string, (peer: HandPlayedPeer) => void]>([
    [
      'says that it has it not',
      (peer) => peer.say({ name: 'notFound', items: [{ kind: 'block', id: LOST_ID }] }),
    ],
    ['does not answer', () => tested.pass(LOST_BLOCK_WAIT_MS + 250)],
    [
      'leaves',
      (peer) => void (tested.node.onLinkClosed(peer.id, tested.nowMs), tested.pass(LOST_BLOCK_WAIT_MS + 250)),
    ],
  ])('is asked of the next where one %s', (_, fail) => {
    const peers = [wallet(1), wallet(2)].map((each) => tested.connect(each, TIP));
    fetchLost();
    const [first, second] = [...peers].sort((a, b) => Number(wasAsked(b)) - Number(wasAsked(a))) as [
      HandPlayedPeer,
      HandPlayedPeer,
    ];
    expect([wasAsked(first), wasAsked(second)]).toEqual([true, false]);
    fail(first);
    expect(wasAsked(second)).toBe(true);
    expect(given).toEqual([]);
    fail(second);
    expect(given).toEqual([undefined]);
  });

  test('is still the next one’s to give when one says twice that it has it not', () => {
    const [first, second] = [wallet(1), wallet(2)].map((each) => tested.connect(each, TIP)) as [
      HandPlayedPeer,
      HandPlayedPeer,
    ];
    fetchLost();
    expect([wasAsked(first), wasAsked(second)]).toEqual([true, false]);
    for (let n = 0; n < 2; n++) first.say({ name: 'notFound', items: [{ kind: 'block', id: LOST_ID }] });
    expect(given).toEqual([]);
    second.say({ name: 'block', block: LOST });
    expect(given).toEqual([LOST]);
  });

  test('under whose header a peer puts other transactions costs it the link', () => {
    const [liar, honest] = [wallet(1), wallet(2)].map((each) => tested.connect(each, TIP)) as [
      HandPlayedPeer,
      HandPlayedPeer,
    ];
    fetchLost();
    liar.say({ name: 'block', block: { ...LOST, transactions: [coinbase(4, { memo: 'not in it' })] } });
    expect(liar.isBanned).toBe(true);
    expect(given).toEqual([]);
    honest.say({ name: 'block', block: LOST });
    expect(given).toEqual([LOST]);
  });
});
