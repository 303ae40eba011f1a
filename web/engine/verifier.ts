/**
 * Verifies signatures ahead of need with the platform's own Ed25519, which is
 * ten times as fast as noble but answers later, and differs between engines.
 * ZIP215 accepts every signature that a cofactorless verifier accepts, so a
 * native *valid* is final; whatever else an engine says is asked again of
 * noble. So all tabs agree. On a plain-HTTP page crypto.subtle does not exist,
 * and not every engine has Ed25519: then it is noble alone.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { verifyZip215, type SignatureItem, type Verify } from '../core/transaction.ts';
import { BoundedMap } from '../node/bounded.ts';

export interface AheadVerifier {
  /** Answers as noble would; at once for what `warm` has found valid. */
  readonly verify: Verify;
  /** Resolves, and never rejects, when all of `items` have been looked at. */
  warm(items: readonly SignatureItem[]): Promise<void>;
}

export interface VerifierOptions {
  /** `crypto.subtle`; undefined where there is none. */
  readonly subtle: SubtleCrypto | undefined;
  /** The verifier that decides. */
  readonly strict?: Verify;
}

const ED25519 = 'Ed25519';
/** Signatures found valid, in each of two generations: several full blocks that are on their way in. */
const MAX_REMEMBERED = 4_096;
/** Senders whose keys are kept imported: several rooms full. Importing one takes a tenth of verifying with it. */
const MAX_KEYS = 1_024;

/** RFC 8032, section 7.1, test 1: the empty message. */
const KNOWN_VALID: SignatureItem = {
  publicKey: hexToBytes('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'),
  message: new Uint8Array(),
  signature: hexToBytes(
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ),
};

export function createVerifier({ subtle, strict = verifyZip215 }: VerifierOptions): AheadVerifier {
  let recent = new Set<string>();
  let older = new Set<string>();
  const keys: Keys = new BoundedMap(MAX_KEYS);
  let supported: Promise<boolean> | undefined;

  const remember = (key: string): void => {
    if (recent.size >= MAX_REMEMBERED) {
      older = recent;
      recent = new Set();
    }
    recent.add(key);
  };

  return {
    verify(signature, message, publicKey) {
      const key = keyOf({ signature, message, publicKey });
      if (key !== undefined && (recent.has(key) || older.has(key))) return true;
      return strict(signature, message, publicKey);
    },

    async warm(items) {
      if (!subtle) return;
      supported ??= nativeAccepts(subtle, KNOWN_VALID, keys);
      if (!(await supported)) return;
      await Promise.all(
        items.map(async (item) => {
          const key = keyOf(item);
          if (key === undefined || recent.has(key) || older.has(key)) return;
          if (await nativeAccepts(subtle, item, keys)) remember(key);
        }),
      );
    },
  };
}

/** The item in one string; undefined if its parts have lengths that would let two items have one. */
function keyOf({ signature, message, publicKey }: SignatureItem): string | undefined {
  if (signature.length !== 64 || publicKey.length !== 32 || message.length > 1024) return undefined;
  return String.fromCharCode(...signature, ...publicKey, ...message);
}

type Keys = BoundedMap<string, Promise<CryptoKey>>;

async function nativeAccepts(subtle: SubtleCrypto, item: SignatureItem, keys: Keys): Promise<boolean> {
  try {
    const key = await importedKey(subtle, item.publicKey, keys);
    return await subtle.verify(ED25519, key, copy(item.signature), copy(item.message));
  } catch {
    // The engine lacks Ed25519, or refuses the key before it looks at the signature: no answer that counts.
    return false;
  }
}

function importedKey(subtle: SubtleCrypto, publicKey: Uint8Array, keys: Keys): Promise<CryptoKey> {
  const name = String.fromCharCode(...publicKey);
  let key = keys.get(name);
  if (key === undefined) {
    key = subtle.importKey('raw', copy(publicKey), ED25519, false, ['verify']);
    keys.set(name, key);
  }
  return key;
}

/** WebCrypto's types want a buffer that no other thread can change. */
function copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
