import { createPrivateKey, createPublicKey, sign, webcrypto } from 'node:crypto';
import { hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { verifyZip215, type Verify } from '../../../web/core/transaction.ts';
import type { SignatureItem } from '../../../web/core/transaction.ts';
import { createVerifier } from '../../../web/engine/verifier.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { describeVectors, vectorCases } from '../../vectors.ts';

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
function signed(rng: SeededRandom): SignatureItem {
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
    const item = signed(rng);
    if (i % 8 === 1) return { ...item, signature: flipped(item.signature, rng) };
    if (i % 8 === 3) return { ...item, message: flipped(item.message, rng) };
    if (i % 8 === 5) return { ...item, publicKey: flipped(item.publicKey, rng) };
    if (i % 8 === 7) return { ...item, signature: rng.bytes(64), publicKey: rng.bytes(32) };
    return item;
  });
}

const [valid, other] = [signed(new SeededRandom(2)), signed(new SeededRandom(3))];
const ask = (verify: Verify, { signature, message, publicKey }: SignatureItem): boolean =>
  verify(signature, message, publicKey);

describe('a verifier that works ahead', () => {
  test('says what noble says of a thousand random signatures, whatever the native engine thinks', async () => {
    const items = randomItems(1000);
    const counter = counting();
    const verifier = createVerifier({ subtle, strict: counter.strict });
    await verifier.warm(items);
    const different = items.filter((item, i) => {
      const answer = ask(verifier.verify, item);
      // The valid ones are known by how they were made; of the others noble decides.
      return answer !== (i % 2 === 0 || ask(verifyZip215, item));
    });
    expect(different).toEqual([]);
    expect(counter.asked).toBe(500);
  }, 60_000);

  test('asks noble for nothing that it has seen to be valid, and for everything else', async () => {
    const counter = counting();
    const verifier = createVerifier({ subtle, strict: counter.strict });
    expect(ask(verifier.verify, valid)).toBe(true);
    expect(counter.asked).toBe(1);
    await verifier.warm([valid]);
    expect(ask(verifier.verify, valid)).toBe(true);
    expect(counter.asked).toBe(1);
    expect(ask(verifier.verify, { ...valid, message: other.message })).toBe(false);
    expect(ask(verifier.verify, { ...valid, publicKey: other.publicKey })).toBe(false);
    expect(ask(verifier.verify, { ...valid, signature: other.signature })).toBe(false);
    expect(counter.asked).toBe(4);
  });

  test('takes no other split of the same bytes for the same', async () => {
    const verifier = createVerifier({ subtle });
    await verifier.warm([valid]);
    const { signature, publicKey, message } = valid;
    const all = new Uint8Array([...signature, ...publicKey, ...message]);
    expect(verifier.verify(all.subarray(0, 63), all.subarray(96), all.subarray(63, 96))).toBe(false);
    expect(verifier.verify(all.subarray(0, 64), all.subarray(97), all.subarray(64, 97))).toBe(false);
  });

  test.each<[string, Partial<SubtleCrypto> | undefined]>([
    ['there is no crypto.subtle', undefined],
    ['it lacks Ed25519', { importKey: () => Promise.reject(new DOMException('', 'NotSupportedError')) }],
    ['it refuses all', { importKey: subtle.importKey.bind(subtle), verify: () => Promise.resolve(false) }],
    [
      'it fails',
      { importKey: subtle.importKey.bind(subtle), verify: () => Promise.reject(new Error('broken')) },
    ],
    [
      'it throws at once',
      {
        importKey: () => {
          throw new Error('broken');
        },
      },
    ],
  ])('is noble alone where %s', async (_, engine) => {
    const counter = counting();
    const verifier = createVerifier({ subtle: engine as SubtleCrypto | undefined, strict: counter.strict });
    await verifier.warm([valid, other]);
    expect(ask(verifier.verify, valid)).toBe(true);
    expect(ask(verifier.verify, { ...valid, message: other.message })).toBe(false);
    expect(counter.asked).toBe(2);
  });

  test('imports the key of a sender once, and again when a thousand others came between', async () => {
    let imports = 0;
    const engine = {
      importKey: () => Promise.resolve(imports++),
      verify: () => Promise.resolve(true),
    } as unknown as SubtleCrypto;
    const verifier = createVerifier({ subtle: engine });
    const from = (sender: number): SignatureItem => {
      const publicKey = new Uint8Array(32);
      new DataView(publicKey.buffer).setUint32(0, sender);
      return { ...valid, publicKey };
    };
    await verifier.warm([valid]);
    const before = imports;
    for (const message of [1, 2, 3]) await verifier.warm([{ ...valid, message: Uint8Array.of(message) }]);
    expect(imports).toBe(before);
    await verifier.warm(Array.from({ length: 2_000 }, (_, sender) => from(sender)));
    await verifier.warm([{ ...valid, message: Uint8Array.of(4) }]);
    expect(imports).toBe(before + 2_001);
  });

  test('forgets, so that nobody can fill its memory', async () => {
    // An engine to which everything is valid: only what is remembered counts here.
    const engine = {
      importKey: () => Promise.resolve({}),
      verify: () => Promise.resolve(true),
    } as unknown as SubtleCrypto;
    const counter = counting();
    const verifier = createVerifier({ subtle: engine, strict: counter.strict });
    const many = Array.from({ length: 10_000 }, (_, i) => {
      const message = new Uint8Array(32);
      new DataView(message.buffer).setUint32(0, i);
      return { ...valid, message };
    });
    for (let at = 0; at < many.length; at += 1000) await verifier.warm(many.slice(at, at + 1000));
    expect(ask(verifier.verify, many.at(-1) as SignatureItem)).toBe(true);
    expect(counter.asked).toBe(0);
    expect(ask(verifier.verify, many[0] as SignatureItem)).toBe(false);
    expect(counter.asked).toBe(1);
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
    const verifier = createVerifier({ subtle, strict: counter.strict });
    await verifier.warm(items);
    expect(items.filter((item) => ask(verifier.verify, item))).toHaveLength(196);
    // No engine agrees with ZIP215 on all of them: that is why noble has the last word.
    expect(counter.asked).toBeGreaterThan(0);
  });
});
