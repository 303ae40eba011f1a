import { m } from './paraglide/messages.js';

/**
 * What this browser lacks of what a node needs, in words; empty if it can be one. Module workers can't be asked
 * for without starting one, but every browser that runs this page's syntax has them.
 */
export function missingCapabilities(scope: object): readonly (() => string)[] {
  const needs = {
    Worker: m.unsupported_worker,
    RTCPeerConnection: m.unsupported_webrtc,
    indexedDB: m.unsupported_indexed_db,
    WebSocket: m.unsupported_web_socket,
    BigInt: m.unsupported_big_int,
  };
  return Object.entries(needs)
    .filter(([name]) => !(name in scope))
    .map(([, text]) => text);
}
