import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { genesisBlock } from '../../../web/core/genesis.ts';
import { headerId } from '../../../web/core/header.ts';
import { REGTEST, ROOM } from '../../../web/core/params.ts';
import { transactionsRoot } from '../../../web/core/block.ts';

const SEED = Uint8Array.from({ length: 32 }, (_, i) => i);

describe('the genesis block', () => {
  test('does not change, or every room would lose its chain', () => {
    expect(headerId(genesisBlock(ROOM, SEED).header)).toBe(
      '2df7ea3191948d352edf40350359440c1bf397e7935017f934fb568a21790202',
    );
    expect(headerId(genesisBlock(REGTEST, SEED).header)).toBe(
      '23a5cd2231154a561f96171aa8aa46e7c57d9a5bee5e5e5395a012ddb58f3b12',
    );
  });

  test('is the same for everybody in the room', () => {
    expect(genesisBlock(ROOM, SEED)).toEqual(genesisBlock(ROOM, SEED.slice()));
  });

  test('is another for another room, and for another network', () => {
    const other = SEED.slice();
    other[31] = 0;
    const ids = [genesisBlock(ROOM, SEED), genesisBlock(ROOM, other), genesisBlock(REGTEST, SEED)];
    expect(new Set(ids.map(({ header }) => headerId(header))).size).toBe(3);
  });

  test('makes no credits and names its room', () => {
    const { header, transactions } = genesisBlock(ROOM, SEED);
    expect(transactions).toHaveLength(1);
    expect(transactions[0]).toMatchObject({
      amount: 0,
      fee: 0,
      nonce: 0,
      memo: `tabchain room ${bytesToHex(SEED)}`,
    });
    expect(header.merkleRoot).toEqual(transactionsRoot(transactions).root);
    expect(header).toMatchObject({ version: 0x20000000, time: 1_767_225_600, bits: 0x1e03ffff, nonce: 0 });
    expect(header.prevHash).toEqual(new Uint8Array(32));
  });
});
