import { createPrivateKey, createPublicKey, sign, webcrypto } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { verifyZip215, type Verify } from '../../../web/core/transaction.ts';
import type { SignatureItem } from '../../../web/core/transaction.ts';
import { packTransactions } from '../../../web/verify/batch.ts';
import { checkBatch, judge } from '../../../web/verify/check-batch.ts';
import { nativeVerifyOf } from '../../../web/verify/native-ed25519.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { describeVectors, vectorCases } from '../../vectors.ts';
import { GENESIS_HASH, signed, wallet } from '../core/build.ts';

// Node's WebCrypto is the browsers' but for the name of its type.
const subtle = webcrypto.subtle as SubtleCrypto;

/** Counts what noble is asked. */
function counting(): { readonly strict: Verify; asked: number } {
  const counter = {
    asked: 0,
    strict: (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean => {
      counter.asked++;
      return verifyZip215(signature, message, publicKey);
    },
  };
  return counter;
}

/** A thousand would be signed for seconds by noble. */
function randomItem(rng: SeededRandom): SignatureItem {
  // RFC 8410: the fixed start of an Ed25519 private key in PKCS #8.
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), rng.bytes(32)]);
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const message = rng.bytes(32);
  return {
    message,
    signature: new Uint8Array(sign(null, message, privateKey)),
    publicKey: new Uint8Array(spki.subarray(-32)),
  };
}

function flipped(bytes: Uint8Array, rng: SeededRandom): Uint8Array {
  const copy = bytes.slice();
  const bit = Math.floor(rng.next() * bytes.length * 8);
  copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
  return copy;
}

/** Half of them valid, the others with one bit flipped somewhere or with parts of no meaning. */
function randomItems(count: number): SignatureItem[] {
  const rng = new SeededRandom(1);
  return Array.from({ length: count }, (_, i) => {
    const item = randomItem(rng);
    if (i % 8 === 1) return { ...item, signature: flipped(item.signature, rng) };
    if (i % 8 === 3) return { ...item, message: flipped(item.message, rng) };
    if (i % 8 === 5) return { ...item, publicKey: flipped(item.publicKey, rng) };
    if (i % 8 === 7) return { ...item, signature: rng.bytes(64), publicKey: rng.bytes(32) };
    return item;
  });
}

const [valid, other] = [randomItem(new SeededRandom(2)), randomItem(new SeededRandom(3))];
const ask = (verify: Verify, { signature, message, publicKey }: SignatureItem): boolean =>
  verify(signature, message, publicKey);

describe('a signature that is looked at ahead of need', () => {
  test('is as good as noble says, of a thousand random ones, whatever the native engine thinks', async () => {
    const items = randomItems(1000);
    const counter = counting();
    const native = await nativeVerifyOf(subtle);
    const answers = await Promise.all(items.map((item) => judge(item, native, counter.strict)));
    // The valid ones are known by how they were made; of the others noble decides.
    const expected = items.map((item, i) => i % 2 === 0 || ask(verifyZip215, item));
    expect(answers).toEqual(expected);
    expect(counter.asked).toBe(500);
  }, 60_000);

  test('is asked of noble unless the native engine finds it good', async () => {
    const counter = counting();
    const native = await nativeVerifyOf(subtle);
    expect(await judge(valid, native, counter.strict)).toBe(true);
    expect(counter.asked).toBe(0);
    expect(await judge({ ...valid, message: other.message }, native, counter.strict)).toBe(false);
    expect(await judge({ ...valid, publicKey: other.publicKey }, native, counter.strict)).toBe(false);
    expect(await judge({ ...valid, signature: other.signature }, native, counter.strict)).toBe(false);
    expect(counter.asked).toBe(3);
  });

  test.each<[string, Partial<SubtleCrypto>]>([
    ['lacks Ed25519', { importKey: () => Promise.reject(new DOMException('', 'NotSupportedError')) }],
    ['refuses all', { importKey: subtle.importKey.bind(subtle), verify: () => Promise.resolve(false) }],
    [
      'fails',
      { importKey: subtle.importKey.bind(subtle), verify: () => Promise.reject(new Error('broken')) },
    ],
    [
      'throws at once',
      {
        importKey: () => {
          throw new Error('broken');
        },
      },
    ],
  ])('is never asked of an engine that %s', async (_, engine) => {
    expect(await nativeVerifyOf(engine as SubtleCrypto)).toBe(undefined);
  });

  test('is asked of noble where there is no native engine, and where it breaks later', async () => {
    const counter = counting();
    expect(await judge(valid, undefined, counter.strict)).toBe(true);
    expect(await judge({ ...valid, message: other.message }, undefined, counter.strict)).toBe(false);
    let calls = 0;
    const breaking = {
      importKey: subtle.importKey.bind(subtle),
      verify: () => (calls++ === 0 ? Promise.resolve(true) : Promise.reject(new Error('broken'))),
    } as unknown as SubtleCrypto;
    const native = await nativeVerifyOf(breaking);
    expect(native).toBeDefined();
    expect(await judge(valid, native, counter.strict)).toBe(true);
    expect(counter.asked).toBe(3);
  });

  test('is asked of noble where S is not reduced, whatever the native engine says', async () => {
    const s = bytesToNumberLE(valid.signature.subarray(32));
    const order = ed25519.Point.Fn.ORDER;
    // What an engine over libgcrypt 1.10 does: it takes S modulo the order.
    const lax = await nativeVerifyOf({
      importKey: subtle.importKey.bind(subtle),
      verify: (name: string, key: CryptoKey, [...bytes]: Uint8Array, message: Uint8Array<ArrayBuffer>) => {
        const [r, high] = [bytes.slice(0, 32), Uint8Array.from(bytes.slice(32))];
        const reduced = numberToBytesLE(bytesToNumberLE(high) % order, 32);
        return subtle.verify(name, key, Uint8Array.of(...r, ...reduced), message);
      },
    } as unknown as SubtleCrypto);
    expect(await judge(valid, lax, counting().strict)).toBe(true);
    for (const times of [1n, 2n, 15n]) {
      const signature = valid.signature.slice();
      signature.set(numberToBytesLE(s + times * order, 32), 32);
      const counter = counting();
      expect(await judge({ ...valid, signature }, lax, counter.strict)).toBe(false);
      expect(counter.asked).toBe(1);
    }
  });

  test('costs the import of its sender’s key once, and again when a thousand others came between', async () => {
    let imports = 0;
    const native = await nativeVerifyOf({
      importKey: () => Promise.resolve(imports++),
      verify: () => Promise.resolve(true),
    } as unknown as SubtleCrypto);
    const from = (sender: number): SignatureItem => {
      const publicKey = new Uint8Array(32);
      new DataView(publicKey.buffer).setUint32(0, sender);
      return { ...valid, publicKey };
    };
    await judge(valid, native);
    const before = imports;
    for (const message of [1, 2, 3]) await judge({ ...valid, message: Uint8Array.of(message) }, native);
    expect(imports).toBe(before);
    for (let sender = 0; sender < 2_000; sender++) await judge(from(sender), native);
    await judge({ ...valid, message: Uint8Array.of(4) }, native);
    expect(imports).toBe(before + 2_001);
  });
});

describe('a batch', () => {
  test('is answered for each transaction in turn, by what its bytes say', async () => {
    const [anna, ben] = [wallet(1), wallet(2)];
    const good = signed(anna, { memo: 'Hello P2P' });
    const long = signed(ben, { memo: 'x'.repeat(500) });
    const forged = { ...good, sender: ben.id };
    const elsewhere = signed(anna, {}, new Uint8Array(32));
    const packed = packTransactions([good, forged, long, elsewhere]);
    for (const native of [await nativeVerifyOf(subtle), undefined]) {
      const answer = await checkBatch({ batchId: 7, genesisHash: GENESIS_HASH, packed }, native);
      expect(answer).toEqual({ batchId: 7, good: Uint8Array.of(1, 0, 1, 0) });
    }
  });

  test('of nothing has an answer, too', async () => {
    const batch = { batchId: 1, genesisHash: GENESIS_HASH, packed: packTransactions([]) };
    expect((await checkBatch(batch, undefined)).good).toHaveLength(0);
  });
});

interface Zip215Case {
  readonly vk_bytes: string;
  readonly sig_bytes: string;
}

describeVectors("ZIP215's 196 edge cases", () => {
  test('are valid to it, as they are to noble', async () => {
    const message = new TextEncoder().encode('Zcash');
    const items = vectorCases<Zip215Case>('ed25519/zip215.json').map(({ vk_bytes, sig_bytes }) => ({
      message,
      signature: hexToBytes(sig_bytes),
      publicKey: hexToBytes(vk_bytes),
    }));
    const counter = counting();
    const native = await nativeVerifyOf(subtle);
    const answers = await Promise.all(items.map((item) => judge(item, native, counter.strict)));
    expect(answers.filter(Boolean)).toHaveLength(196);
    // No engine agrees with ZIP215 on all of them: that is why noble has the last word.
    expect(counter.asked).toBeGreaterThan(0);
  });
});
