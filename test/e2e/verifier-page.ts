/** What verifier.spec.ts runs inside a page: bundled by itself, without the application. */
export { createVerifier } from '../../web/engine/verifier.ts';
export { verifyZip215 } from '../../web/core/transaction.ts';
