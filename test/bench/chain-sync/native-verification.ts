/** What the browser's own Ed25519 takes for a chain's signatures: no node that verifies them can be faster. */
import { genesisBlock } from '../../../web/core/genesis.ts';
import { headerHash } from '../../../web/core/header.ts';
import { REGTEST } from '../../../web/core/params.ts';
import { isCoinbase, signatureItem, type SignatureItem } from '../../../web/core/transaction.ts';
import { deriveRoom } from '../../../web/net/room.ts';
import { openRoom, readBodies } from './stored-room.ts';

/** Whose signatures are given to the browser at once. */
const BATCH_BLOCKS = 200;

export interface NativeVerification {
  readonly signatures: number;
  /** Each key imported once. */
  readonly ms: number;
}

/** Of the blocks 1 to `height` in the first slot; what reads and decodes them is not counted. */
export async function verifyNatively(secret: string, height: number): Promise<NativeVerification> {
  const store = openRoom(secret);
  const genesisHash = headerHash(genesisBlock(REGTEST, deriveRoom(secret).genesisSeed).header);
  const keys = new Map<string, Promise<CryptoKey>>();
  let signatures = 0;
  let ms = 0;
  for (let from = 1; from <= height; from += BATCH_BLOCKS) {
    const blocks = await readBodies(store, from, Math.min(height, from + BATCH_BLOCKS - 1));
    const signed = blocks.flatMap(({ transactions }) => transactions.filter((tx) => !isCoinbase(tx)));
    const items = signed.map((tx) => ({ sender: tx.sender, item: signatureItem(genesisHash, tx) }));
    const startMs = performance.now();
    const valid = await Promise.all(
      items.map(async ({ sender, item }) => {
        let key = keys.get(sender);
        if (key === undefined) keys.set(sender, (key = importKey(item)));
        return crypto.subtle.verify('Ed25519', await key, own(item.signature), own(item.message));
      }),
    );
    ms += performance.now() - startMs;
    if (valid.includes(false)) throw new Error(`a bad signature in blocks ${from} and on`);
    signatures += valid.length;
  }
  return { signatures, ms };
}

function importKey({ publicKey }: SignatureItem): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', own(publicKey), 'Ed25519', false, ['verify']);
}

/** WebCrypto's types want a buffer that no other thread can change. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
