/** What the fields of a header are called, and what they are for. */
import { m } from '../paraglide/messages.js';
import type { HeaderFieldName } from './header-bytes.ts';

export const FIELD_NAMES: Record<HeaderFieldName, () => string> = {
  version: m.block_fields_version,
  prevHash: m.block_fields_prev_hash,
  merkleRoot: m.block_fields_merkle_root,
  time: m.block_fields_time,
  bits: m.block_fields_bits,
  nonce: m.block_fields_nonce,
};

export const FIELD_HINTS: Record<HeaderFieldName, () => string> = {
  version: m.block_field_hints_version,
  prevHash: m.block_field_hints_prev_hash,
  merkleRoot: m.block_field_hints_merkle_root,
  time: m.block_field_hints_time,
  bits: m.block_field_hints_bits,
  nonce: m.block_field_hints_nonce,
};
