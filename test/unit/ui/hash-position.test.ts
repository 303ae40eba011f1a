import { expect, test } from 'vitest';
import { genesisBlock } from '../../../web/core/genesis.ts';
import { headerCodec, headerId } from '../../../web/core/header.ts';
import { ROOM } from '../../../web/core/params.ts';
import { hashPosition, hashSteps } from '../../../web/ui/chain/hash-position.ts';

const hex = (value: bigint): string => value.toString(16).padStart(64, '0');

test('a hash at a quarter of its target: one block in four is as low', () => {
  const target = 1n << 234n;
  expect(hashPosition(hex(target / 4n), hex(target))).toEqual({
    shareOfTarget: 0.25,
    triesPerBlock: 2 ** 22 - 1,
    blocksPerSuch: 4,
  });
});

test('a hash above the target (the first block’s) is told as it is', () => {
  expect(hashPosition(hex(6n << 230n), hex(2n << 230n)).shareOfTarget).toBe(3);
});

test('a hash of zero is one in infinitely many, not a division by zero', () => {
  expect(hashPosition(hex(0n), hex(1n << 200n)).blocksPerSuch).toBe(Infinity);
});

test('the steps from 80 bytes to an id are those of consensus', () => {
  const { header } = genesisBlock(ROOM, new Uint8Array(32).fill(3));
  const bytes = Buffer.from(headerCodec.encode(header)).toString('hex');
  const steps = hashSteps(bytes);
  expect(steps.id).toBe(headerId(header));
  expect(steps.id.match(/../g)?.reverse().join('')).toBe(steps.twice);
  expect(steps.once).not.toBe(steps.twice);
});
