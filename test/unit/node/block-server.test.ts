/** A peer fetches old blocks, which are in the store only. */
import { expect, test } from 'vitest';
import type { Block } from '../../../web/core/block.ts';
import { Chain } from '../../../web/core/chain.ts';
import { headerId } from '../../../web/core/header.ts';
import { Mempool } from '../../../web/core/mempool.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { AHEAD_LIFETIME_MS, BlockServer } from '../../../web/node/block-server.ts';
import type { CompactSender } from '../../../web/node/compact-sender.ts';
import type { InventoryItem, Message } from '../../../web/node/messages.ts';
import type { Peer } from '../../../web/node/peer.ts';
import type { Store, StoredBlock } from '../../../web/node/ports.ts';
import { GENESIS } from '../core/build.ts';
import { blocksOn } from './header-maker.ts';

const HEIGHT = 500;
/** As many as a node asks for at once while it fetches a chain. */
const REQUEST = 16;

const blocks = blocksOn(GENESIS.header, 0, HEIGHT);
const idAt = (height: number): string => headerId((blocks[height - 1] as Block).header);

class Scene {
  readonly heard: Message[] = [];
  readonly reads: string[] = [];
  readonly server: BlockServer;
  /** Does the link take more? */
  idle = true;
  #answer: (() => void) | undefined;
  readonly #peer: Peer;

  /** `lost`: heights from which on the store gives nothing. */
  constructor(lost = Infinity) {
    const chain = new Chain(REGTEST, GENESIS, () => true);
    const stored: StoredBlock[] = [];
    for (const block of blocks) {
      chain.addBlock(block, Infinity);
      stored.push(...chain.activate().connected.map(({ entry, ...rest }) => ({ id: entry.id, ...rest })));
    }
    const store: Store = {
      commit: () => undefined,
      takesUpTo: Infinity,
      readBlocks: (from, to, done) => {
        this.reads.push(`${from}-${to}`);
        this.#answer = () => done(stored.slice(from - 1, Math.min(to, lost - 1)));
      },
    };
    const compact = { give: () => false } as unknown as CompactSender;
    this.server = new BlockServer(chain, new Mempool(), store, compact);
    const isIdle = (): boolean => this.idle;
    this.#peer = {
      ready: true,
      get idle() {
        return isIdle();
      },
      send: (message: Message) => void this.heard.push(message),
    } as unknown as Peer;
  }

  ask(from: number, count = REQUEST): void {
    this.askEach(heights(from, from + count - 1));
  }

  askEach(wanted: readonly number[]): void {
    this.askIds(wanted.map(idAt));
  }

  askIds(ids: readonly string[]): void {
    const items = ids.map((id): InventoryItem => ({ kind: 'block', id }));
    this.server.want(this.#peer, items);
  }

  answer(): void {
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.();
  }

  drain(): void {
    this.idle = true;
    this.server.serve(this.#peer);
  }

  /** Heights of the blocks that it got, and 0 for what was not found. */
  get got(): number[] {
    return this.heard.map((message) =>
      message.name === 'block' ? blocks.findIndex(({ header }) => header === message.block.header) + 1 : 0,
    );
  }
}

const heights = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);

test('of requests that follow each other two are one read, but for the first', () => {
  const scene = new Scene();
  scene.ask(1);
  scene.answer();
  expect(scene.got).toEqual(heights(1, 16));
  scene.ask(17);
  scene.answer();
  scene.ask(33);
  expect(scene.got).toEqual(heights(1, 48));
  expect(scene.reads).toEqual(['1-16', '17-48']);
  scene.ask(49);
  scene.answer();
  expect(scene.got).toEqual(heights(1, 64));
  expect(scene.reads).toEqual(['1-16', '17-48', '49-80']);
});

test('nothing is read but what is wanted of a peer that jumps about', () => {
  const scene = new Scene();
  // Each begins where it would, had the one before been the start of a long read.
  const wanted = [1, 2, 34, 34, 66, 98, 130, 130];
  scene.askEach(wanted);
  for (let n = 0; n < wanted.length; n++) scene.answer();
  expect(scene.got).toEqual(wanted);
  expect(scene.reads).toEqual(['1-2', '34-34', '34-34', '66-66', '98-98', '130-130', '130-130']);
});

test('what was read ahead is kept for some seconds', () => {
  const scene = new Scene();
  scene.server.tick(0);
  for (const from of [1, 17]) {
    scene.ask(from);
    scene.answer();
  }
  scene.server.tick(AHEAD_LIFETIME_MS);
  scene.ask(33, 8);
  expect(scene.got).toEqual(heights(1, 40));
  scene.server.tick(AHEAD_LIFETIME_MS + 1);
  scene.ask(41, 8);
  scene.answer();
  expect(scene.got).toEqual(heights(1, 48));
  expect(scene.reads).toEqual(['1-16', '17-48', '41-48']);
});

test('what was read is sent no faster than the link takes it', () => {
  const scene = new Scene();
  scene.ask(1);
  scene.idle = false;
  scene.answer();
  expect(scene.got).toEqual([]);
  scene.drain();
  expect(scene.got).toEqual(heights(1, 16));
  expect(scene.reads).toEqual(['1-16']);
});

test('what the store can not give is not found, and is read for once', () => {
  const scene = new Scene(10);
  scene.ask(8, 4);
  scene.answer();
  expect(scene.got).toEqual([8, 9]);
  scene.answer();
  expect(scene.got).toEqual([8, 9, 0]);
  scene.answer();
  expect(scene.got).toEqual([8, 9, 0, 0]);
  expect(scene.reads).toEqual(['8-11', '10-11', '11-11']);
});

test('recent blocks need no read', () => {
  const scene = new Scene();
  scene.ask(HEIGHT - REQUEST + 1);
  expect(scene.got).toEqual(heights(HEIGHT - REQUEST + 1, HEIGHT));
  expect(scene.reads).toEqual([]);
});

test('what nobody has is told together', () => {
  const scene = new Scene();
  scene.askIds(Array.from({ length: 600 }, (_, n) => n.toString(16).padStart(64, '0')));
  expect(scene.heard.map((message) => message.name === 'notFound' && message.items.length)).toEqual([
    256, 256, 88,
  ]);
});
