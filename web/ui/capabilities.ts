import { texts } from './texts.ts';

/**
 * What this browser lacks of what a node needs, in words; empty if it can be one. Module workers can't be asked
 * for without starting one, but every browser that runs this page's syntax has them.
 */
export function missingCapabilities(scope: object): readonly string[] {
  const { unsupported } = texts;
  const needs = {
    Worker: unsupported.worker,
    RTCPeerConnection: unsupported.webrtc,
    indexedDB: unsupported.indexedDb,
    WebSocket: unsupported.webSocket,
    BigInt: unsupported.bigInt,
  };
  return Object.entries(needs)
    .filter(([name]) => !(name in scope))
    .map(([, text]) => text);
}
