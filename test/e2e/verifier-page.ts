/** What verifier.spec.ts runs inside a page: bundled by itself, without the application. */
export { verifyZip215 } from '../../web/core/transaction.ts';
export { judge } from '../../web/verify/check-batch.ts';
export { findNativeVerify } from '../../web/verify/native-ed25519.ts';
