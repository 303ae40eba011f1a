/**
 * Eyal and Sirer's selfish miner ("Majority is not enough: Bitcoin mining is
 * vulnerable", 2014): keeps its blocks to itself, and publishes just as many
 * as it takes to make the others' work worthless.
 */
import type { Block } from '../../../web/core/block.ts';
import type { BlockId } from '../../../web/core/hash.ts';
import { headerId, type Header } from '../../../web/core/header.ts';
import { headerOf, type BlockEntry } from '../../../web/core/block-index.ts';
import type { Message } from '../../../web/node/messages.ts';
import { activeBlocks } from '../chain-reading.ts';
import { SimNode } from '../sim-node.ts';
import type { Simulation } from '../simulation.ts';
import { ForgedChain } from './forged-chain.ts';
import { HandPlayedNode, type PlayedPeer } from './hand-played-node.ts';

/** Blocks that its branch and the public one may differ by; a longer race is too unlikely to happen. */
const MAX_RACE_BLOCKS = 50;

/** Hashes of one block on the network that it mines in: regtest's. */
const HASHES_A_BLOCK = 2;

export class SelfishMiner {
  readonly endpoint: HandPlayedNode;
  /** Called when it publishes a block that is as good as the one that was just found. */
  onRace: (ownTip: BlockId) => void = () => undefined;
  readonly #simulation: Simulation;
  readonly #hashRate: number;
  /** Of equals it keeps the first, so that its tip is its own branch until that has lost. */
  readonly #forged: ForgedChain;
  readonly #own = new Map<BlockId, Block>();
  readonly #published = new Set<BlockId>();
  #publicHeight = 0;

  constructor(simulation: Simulation, hashRate: number) {
    this.#simulation = simulation;
    this.#hashRate = hashRate;
    this.#forged = new ForgedChain(simulation);
    this.endpoint = new HandPlayedNode(simulation, 'selfish', {
      onMessage: (peer, message) => this.#onMessage(peer, message),
    });
    this.#work();
  }

  get account(): string {
    return this.endpoint.account;
  }

  get #tip(): BlockEntry {
    return this.#forged.chain.tip;
  }

  /** What it works on changes, the difficulty does not: its finds are one Poisson process. */
  #work(): void {
    const { queue, random } = this.#simulation;
    queue.after(random.exponential((HASHES_A_BLOCK / this.#hashRate) * 1000), () => {
      const racing = this.#tip.height === this.#publicHeight && this.#published.has(this.#tip.id);
      const block = this.#forged.extend(queue.nowMs, [], this.account);
      this.#own.set(headerId(block.header), block);
      // One more wins a race, and then there is nothing to wait for.
      if (racing) this.#publishUpTo(this.#tip.height);
      this.#work();
    });
  }

  #onMessage(peer: PlayedPeer, message: Message): void {
    switch (message.name) {
      case 'headers':
      case 'compactBlock':
        return this.#onPublicBlock(peer);
      case 'getHeaders':
        return peer.say({ name: 'headers', headers: this.#headersAfter(message.locator) });
      case 'getData':
        for (const { id } of message.items) {
          const block = this.#published.has(id) ? this.#own.get(id) : undefined;
          if (block) peer.say({ name: 'block', block });
        }
        return;
      default:
        return;
    }
  }

  #onPublicBlock({ endpoint }: PlayedPeer): void {
    if (!(endpoint instanceof SimNode)) return;
    const { chain } = this.#forged;
    // The body, too, without asking: it is as quick as anybody can be.
    for (const block of activeBlocks(endpoint, Math.max(endpoint.tip.height - MAX_RACE_BLOCKS, 1))) {
      if (!chain.index.get(headerId(block.header))) this.#forged.add(block);
    }
    const { height } = endpoint.tip;
    if (height <= this.#publicHeight) return;
    this.#publicHeight = height;
    const lead = this.#tip.height - height;
    // Beaten: the forged chain has gone over to the public one by itself.
    if (lead < 0 || !this.#own.has(this.#tip.id)) return;
    if (lead > 1) return this.#publishUpTo(height);
    // One ahead beats what was just found; none ahead makes a race of it.
    const isNews = !this.#published.has(this.#tip.id);
    this.#publishUpTo(this.#tip.height);
    if (lead === 0 && isNews) this.onRace(this.#tip.id);
  }

  #publishUpTo(height: number): void {
    const news: Header[] = [];
    for (let entry: BlockEntry | undefined = this.#tip; entry; entry = entry.parent) {
      if (entry.height > height) continue;
      if (!this.#own.has(entry.id) || this.#published.has(entry.id)) break;
      this.#published.add(entry.id);
      news.unshift(headerOf(entry));
    }
    if (news.length === 0) return;
    this.#publicHeight = Math.max(this.#publicHeight, height);
    for (const peer of this.endpoint.peers) peer.say({ name: 'headers', headers: news });
  }

  /** What is public of its chain, after the first block of the locator that is in it. */
  #headersAfter(locator: readonly BlockId[]): Header[] {
    const known = new Set(locator);
    const headers: Header[] = [];
    for (let entry: BlockEntry | undefined = this.#tip; entry?.parent; entry = entry.parent) {
      if (known.has(entry.id)) break;
      if (!this.#own.has(entry.id) || this.#published.has(entry.id)) headers.unshift(headerOf(entry));
    }
    return headers;
  }
}

/**
 * Its share of the blocks (equation 8 of the paper) with the part `power` of
 * the hash power, if in a race the part `gamma` of the others works on its block.
 */
export function selfishShare(power: number, gamma: number): number {
  const gained = power * (1 - power) ** 2 * (4 * power + gamma * (1 - 2 * power)) - power ** 3;
  return gained / (1 - power * (1 + (2 - power) * power));
}
