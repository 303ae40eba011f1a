/**
 * The way of the tutorial that this project comes from, over WebRTC: who is asked for the chain sends its blocks as
 * JSON, one after another; who asked checks one after another, each signature in JavaScript.
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { Block } from '../../../web/core/block.ts';
import { Chain } from '../../../web/core/chain.ts';
import { genesisBlock } from '../../../web/core/genesis.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { verifyZip215 } from '../../../web/core/transaction.ts';
import { deriveRoom } from '../../../web/net/room.ts';
import { ask, endOf, send } from './raw-channel.ts';
import { openRoom, readBodies } from './stored-room.ts';

const BYTE_FIELDS: ReadonlySet<string> = new Set(['prevHash', 'merkleRoot', 'signature']);

/** The first so many blocks of the first slot, when asked. */
export async function sendAsJson(name: string, secret: string, count: number): Promise<void> {
  const blocks = await readBodies(openRoom(secret), 1, count);
  const { channel, asked } = endOf(name);
  await asked;
  for (const block of blocks) await send(channel, JSON.stringify(block, toHex));
}

/** Gives the time from the question until the last block is checked, in ms. */
export async function takeJson(name: string, secret: string, count: number): Promise<number> {
  const genesis = genesisBlock(REGTEST, deriveRoom(secret).genesisSeed);
  const chain = new Chain(REGTEST, genesis, verifyZip215);
  const { channel } = endOf(name);
  const all = new Promise<void>((resolve, reject) => {
    channel.onmessage = ({ data }: MessageEvent<string>) => {
      const taken = chain.addBlock(JSON.parse(data, fromHex) as Block, Infinity);
      const { rejected } = chain.activate();
      if (taken.kind !== 'accepted' || rejected.length > 0) reject(new Error(`after ${chain.tip.height}`));
      if (chain.tip.height === count) resolve();
    };
  });
  const askedMs = await ask(channel);
  await all;
  return performance.now() - askedMs;
}

function toHex(_: string, value: unknown): unknown {
  return value instanceof Uint8Array ? bytesToHex(value) : value;
}

function fromHex(key: string, value: unknown): unknown {
  return BYTE_FIELDS.has(key) ? hexToBytes(value as string) : value;
}
