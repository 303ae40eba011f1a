import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AdmissionRefusal } from './admission.ts';
import { SIGNAL_PATH } from './protocol.ts';

const STATUS = {
  'half-open': '408 Request Timeout',
  'bad-request': '400 Bad Request',
  'unknown-path': '404 Not Found',
  origin: '403 Forbidden',
  'address-full': '429 Too Many Requests',
  'server-full': '503 Service Unavailable',
  stopping: '503 Service Unavailable',
} as const satisfies Record<
  AdmissionRefusal | 'half-open' | 'bad-request' | 'unknown-path' | 'stopping',
  string
>;

export function isSignalRequest(request: IncomingMessage): boolean {
  return request.url?.split('?', 1)[0] === SIGNAL_PATH;
}

/** Answers a WebSocket handshake, or what never became one, with an HTTP status instead, and ends the connection. */
export function refuseHandshake(socket: Duplex, reason: keyof typeof STATUS): void {
  // The other side may be gone already, which is what we want.
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${STATUS[reason]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => {
    // Who does not end its own half would keep the file handle.
    socket.destroy();
  });
}
