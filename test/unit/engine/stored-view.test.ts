import { expect, test } from 'vitest';
import type { Block } from '../../../web/core/block.ts';
import { Chain } from '../../../web/core/chain.ts';
import { packHeaders } from '../../../web/core/packed-headers.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { storedView } from '../../../web/engine/stored-view.ts';
import { blockOn, coinbase, GENESIS, someAccount, unchecked } from '../core/build.ts';
import { TestedNode } from '../node/hand-played-peer.ts';

const newChain = () => new Chain(REGTEST, GENESIS, () => true);

/** A chain, and what a store would give of it. */
function stored(height: number) {
  const chain = newChain();
  let parent: Block = GENESIS;
  for (let at = 1; at <= height; at++) {
    const memo = `message ${at}`;
    parent = blockOn(parent.header, [coinbase(at), unchecked(someAccount(at), { memo })]);
    chain.addBlock(parent, Infinity);
  }
  const connected = chain.activate().connected.map(({ entry, ...rest }) => ({ id: entry.id, ...rest }));
  return {
    connected,
    headers: [packHeaders(connected.map(({ block }) => block.header))],
    accounts: chain.ledger.accounts(),
  };
}

for (const height of [1, 23, 24, 40]) {
  test(`of ${height} blocks the page sees what the node then says, genesis left out`, () => {
    const { connected, headers, accounts } = stored(height);
    const early = storedView(newChain(), height, connected.slice(-30));

    const chain = newChain();
    expect(chain.restore({ headers, accounts })).toBe(true);
    chain.supply(connected);
    const later = new TestedNode(1, chain).node.snapshot('chain');
    expect(early).toEqual({ ...later, recent: later.recent.filter((block) => block.height > 0) });
  });
}
