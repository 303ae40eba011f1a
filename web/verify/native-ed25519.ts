/**
 * The platform's own Ed25519: ten times as fast as noble, but it answers later and differs between engines. ZIP215
 * accepts every signature with a reduced S that a cofactorless verifier accepts, so a native *valid* is final for
 * these; whatever else an engine says is to be asked again of noble. So all tabs agree. On a plain-HTTP page
 * crypto.subtle does not exist, and not every engine has Ed25519.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE } from '@noble/curves/utils.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import type { SignatureItem } from '../core/transaction.ts';
import { BoundedMap } from '../node/bounded.ts';

/** Resolves, and never rejects; false says nothing of the signature. */
export type NativeVerify = (item: SignatureItem) => Promise<boolean>;

const ED25519 = 'Ed25519';
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

/** Undefined where the platform has none. */
export async function findNativeVerify(): Promise<NativeVerify | undefined> {
  const { subtle } = crypto as { readonly subtle?: SubtleCrypto };
  return subtle && nativeVerifyOf(subtle);
}

/** Undefined where it lacks Ed25519. */
export async function nativeVerifyOf(subtle: SubtleCrypto): Promise<NativeVerify | undefined> {
  const keys = new BoundedMap<string, Promise<CryptoKey>>(MAX_KEYS);

  function importedKey(publicKey: Uint8Array): Promise<CryptoKey> {
    const name = String.fromCharCode(...publicKey);
    let key = keys.get(name);
    if (key === undefined) {
      key = subtle.importKey('raw', unshared(publicKey), ED25519, false, ['verify']);
      keys.set(name, key);
    }
    return key;
  }

  const verify: NativeVerify = async ({ signature, message, publicKey }) => {
    try {
      if (!isReduced(signature)) return false;
      return await subtle.verify(
        ED25519,
        await importedKey(publicKey),
        unshared(signature),
        unshared(message),
      );
    } catch {
      // The engine lacks Ed25519, or refuses the key before it looks at the signature: no answer that counts.
      return false;
    }
  };
  return (await verify(KNOWN_VALID)) ? verify : undefined;
}

/**
 * RFC 8032, section 5.1.7: S is below the order of the group. An engine that stands on libgcrypt (WebKitGTK's) does
 * not look: libgcrypt 1.10 accepts S plus any multiple of the order, too, and ZIP215 does not.
 */
function isReduced(signature: Uint8Array): boolean {
  return bytesToNumberLE(signature.subarray(32)) < ed25519.Point.Fn.ORDER;
}

/** WebCrypto's types want a buffer that no other thread can change, which no buffer of ours can. */
function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
