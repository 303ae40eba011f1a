/** Headers in any number, as cheap as regtest's, and a peer that answers for them. */
import type { Block } from '../../../web/core/block.ts';
import type { BlockId } from '../../../web/core/hash.ts';
import { headerHash, headerId, type Header } from '../../../web/core/header.ts';
import { MAX_HEADERS } from '../../../web/node/messages.ts';
import { grind } from '../../grind.ts';
import { blockOn, coinbase, GENESIS } from '../core/build.ts';
import type { HandPlayedPeer } from './hand-played-peer.ts';

/** Without bodies. `salt` makes another branch of it. */
export function headersOn(parent: Header, count: number, salt = 0): Header[] {
  const headers: Header[] = [];
  const merkleRoot = new Uint8Array(32).fill(salt);
  for (let last = parent; headers.length < count; headers.push(last)) {
    last = grind({
      version: parent.version,
      prevHash: headerHash(last),
      merkleRoot,
      time: last.time + 1,
      bits: parent.bits,
      nonce: 0,
    });
  }
  return headers;
}

export function blocksOn(parent: Header, height: number, count: number, memo = ''): Block[] {
  const blocks: Block[] = [];
  for (let last = parent; blocks.length < count; last = (blocks.at(-1) as Block).header) {
    // A second apart, or a long chain ends in the future.
    const time = last.time + 1;
    blocks.push(blockOn(last, [coinbase(height + blocks.length + 1, { memo })], { time }));
  }
  return blocks;
}

/** Does what an honest peer does with a chain, of whatever worth: answers what the node asks for, once each. */
export class Answerer {
  readonly #peer: HandPlayedPeer;
  readonly #chain: readonly Header[];
  readonly #heights = new Map<BlockId, number>([[headerId(GENESIS.header), 0]]);
  readonly #bodies: ReadonlyMap<BlockId, Block>;
  #heard = 0;

  constructor(peer: HandPlayedPeer, chain: readonly Header[], bodies: readonly Block[] = []) {
    this.#peer = peer;
    this.#chain = chain;
    for (const [i, header] of chain.entries()) this.#heights.set(headerId(header), i + 1);
    this.#bodies = new Map(bodies.map((block) => [headerId(block.header), block]));
    this.#heard = peer.heard.length;
  }

  /** Until the node has nothing more to ask. */
  answerAll(from = this.#heard): void {
    for (this.#heard = from; this.#heard < this.#peer.heard.length && !this.#peer.closed;) {
      const message = this.#peer.heard[this.#heard++];
      if (message?.name === 'getHeaders') this.#peer.say(this.headersAfter(message.locator));
      if (message?.name !== 'getData') continue;
      for (const { id } of message.items) {
        const block = this.#bodies.get(id);
        if (block) this.#peer.say({ name: 'block', block });
      }
    }
  }

  headersAfter(locator: readonly BlockId[]): { readonly name: 'headers'; readonly headers: Header[] } {
    const known = locator.find((id) => this.#heights.has(id));
    const from = this.#heights.get(known ?? '') ?? 0;
    return { name: 'headers', headers: this.#chain.slice(from, from + MAX_HEADERS) };
  }
}
