import { encodedSignatureItem, verifyZip215, type SignatureItem, type Verify } from '../core/transaction.ts';
import { unpackTransactions, type CheckedBatch, type TransactionBatch } from './batch.ts';
import type { NativeVerify } from './native-ed25519.ts';

/** What a verification worker answers: the last word on each signature. */
export async function checkBatch(
  { batchId, genesisHash, packed }: TransactionBatch,
  native: NativeVerify | undefined,
): Promise<CheckedBatch> {
  const isGood = await Promise.all(
    unpackTransactions(packed).map((bytes) => judge(encodedSignatureItem(genesisHash, bytes), native)),
  );
  return { batchId, good: Uint8Array.from(isGood, Number) };
}

/** Says of a signature what noble alone says, which is asked only if the platform does not find it good. */
export async function judge(
  item: SignatureItem,
  native: NativeVerify | undefined,
  strict: Verify = verifyZip215,
): Promise<boolean> {
  if (await native?.(item)) return true;
  return strict(item.signature, item.message, item.publicKey);
}
