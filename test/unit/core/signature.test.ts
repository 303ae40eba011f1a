import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { NOBODY } from '../../../web/core/hash.ts';
import {
  signatureHash,
  signatureIsValid,
  signTransaction,
  verifyZip215,
  type Transaction,
} from '../../../web/core/transaction.ts';
import { describeVectors, vectorCases } from '../../vectors.ts';

interface Rfc8032Case {
  readonly priv: string;
  readonly pub: string;
  readonly msg: string;
  readonly sig: string;
}

interface Zip215Case {
  readonly vk_bytes: string;
  readonly sig_bytes: string;
  readonly valid_zip215: boolean;
}

/** The message of all ZIP215 cases. */
const ZCASH = new TextEncoder().encode('Zcash');

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
  return copy;
}

describeVectors('RFC 8032', () => {
  const cases = vectorCases<Rfc8032Case>('ed25519/rfc8032.json');

  test.each(cases)('$pub', ({ priv, pub, msg, sig }) => {
    const [secretKey, publicKey, message, signature] = [priv, pub, msg, sig].map((hex) =>
      hexToBytes(hex),
    ) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    expect(bytesToHex(ed25519.getPublicKey(secretKey))).toBe(pub);
    expect(bytesToHex(ed25519.sign(message, secretKey))).toBe(sig);
    expect(verifyZip215(signature, message, publicKey)).toBe(true);
    expect(verifyZip215(flipped(signature, 0), message, publicKey)).toBe(false);
    expect(verifyZip215(flipped(signature, 300), message, publicKey)).toBe(false);
    expect(verifyZip215(signature, new Uint8Array([...message, 0]), publicKey)).toBe(false);
  });
});

describeVectors('ZIP215', () => {
  const cases = vectorCases<Zip215Case>('ed25519/zip215.json');

  test('accepts all 196 edge cases', () => {
    expect(cases).toHaveLength(196);
    const other = cases.filter(
      ({ vk_bytes, sig_bytes, valid_zip215 }) =>
        verifyZip215(hexToBytes(sig_bytes), ZCASH, hexToBytes(vk_bytes)) !== valid_zip215,
    );
    expect(other).toEqual([]);
  });
});

describe('verification', () => {
  test.each([
    [0, 32],
    [63, 32],
    [65, 32],
    [64, 0],
    [64, 31],
    [64, 33],
  ])('of a signature of %i and a key of %i bytes is a plain no', (signatureBytes, keyBytes) => {
    expect(verifyZip215(new Uint8Array(signatureBytes), ZCASH, new Uint8Array(keyBytes))).toBe(false);
  });

  test('of a key that is no point is a plain no', () => {
    expect(verifyZip215(new Uint8Array(64), ZCASH, hexToBytes('02'.padEnd(64, '0')))).toBe(false);
  });
});

describe('a transaction', () => {
  const genesis = new Uint8Array(32).fill(1);
  const otherRoom = new Uint8Array(32).fill(2);
  const tx = signTransaction(genesis, new Uint8Array(32).fill(7), {
    nonce: 3,
    recipient: NOBODY,
    amount: 0,
    fee: 2,
    memo: 'Hello P2P',
  });

  test('is signed by its sender for its room alone', () => {
    expect(tx.sender).toBe('ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c');
    expect(signatureIsValid(genesis, tx, verifyZip215)).toBe(true);
    expect(signatureIsValid(otherRoom, tx, verifyZip215)).toBe(false);
  });

  test('loses its signature with any field', () => {
    const altered: Transaction[] = [
      { ...tx, version: 2 },
      { ...tx, sender: bytesToHex(ed25519.getPublicKey(new Uint8Array(32).fill(8))) },
      { ...tx, nonce: 4 },
      { ...tx, recipient: tx.sender },
      { ...tx, amount: 1 },
      { ...tx, fee: 3 },
      { ...tx, memo: 'Hello P2p' },
    ];
    const forged = altered.filter((other) => signatureIsValid(genesis, other, verifyZip215));
    expect(forged).toEqual([]);
  });

  test('signs a digest that does not depend on the signature', () => {
    const blank = { ...tx, signature: new Uint8Array(64) };
    expect(bytesToHex(signatureHash(genesis, blank))).toBe(bytesToHex(signatureHash(genesis, tx)));
  });
});
