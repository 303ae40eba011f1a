import type { MessageName } from '../../node/messages.ts';
import { m } from '../paraglide/messages.js';

const HINTS: Record<MessageName, () => string> = {
  hello: m.wire_hint_hello,
  ready: m.wire_hint_ready,
  ping: m.wire_hint_ping,
  pong: m.wire_hint_pong,
  getHeaders: m.wire_hint_get_headers,
  headers: m.wire_hint_headers,
  inv: m.wire_hint_inv,
  getData: m.wire_hint_get_data,
  notFound: m.wire_hint_not_found,
  block: m.wire_hint_block,
  tx: m.wire_hint_tx,
  sendCompact: m.wire_hint_send_compact,
  compactBlock: m.wire_hint_compact_block,
  getBlockTxn: m.wire_hint_get_block_txn,
  blockTxn: m.wire_hint_block_txn,
  getPeers: m.wire_hint_get_peers,
  peers: m.wire_hint_peers,
  signal: m.wire_hint_signal,
  unroutable: m.wire_hint_unroutable,
};

/** What a message of the wire is for. */
export function messageHint(name: MessageName): string {
  return HINTS[name]();
}
