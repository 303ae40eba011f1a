import type { Server, Socket } from 'node:net';
import { subscriber } from './client-address.ts';
import type { Limits } from './limits.ts';

export interface TcpOptions {
  readonly limits: Pick<Limits, 'maxSockets' | 'maxSocketsPerAddress' | 'spareConnections'>;
  /** All connections come from the proxy's address then, and who made them is its affair. */
  readonly isBehindProxy: boolean;
  /** A connection was closed because its address has enough. */
  readonly onRefused: () => void;
}

/** A server's connections, whatever they have become: half a TLS handshake, a request, a WebSocket. */
export interface TcpConnections {
  destroyAll(): void;
}

/** Bounds them: else one address could hold every one that the server has, without a single WebSocket. */
export function boundTcp(server: Server, { limits, isBehindProxy, onRefused }: TcpOptions): TcpConnections {
  const sockets = new Set<Socket>();
  const perAddress = new Map<string, number>();
  const maxPerAddress = isBehindProxy ? Infinity : limits.maxSocketsPerAddress + limits.spareConnections;
  server.maxConnections = limits.maxSockets + limits.spareConnections;
  server.on('connection', (socket: Socket) => {
    const address = subscriber(socket.remoteAddress ?? '');
    const others = perAddress.get(address) ?? 0;
    if (others >= maxPerAddress) {
      onRefused();
      socket.destroy();
      return;
    }
    perAddress.set(address, others + 1);
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left === 0) perAddress.delete(address);
      else perAddress.set(address, left);
    });
  });
  return {
    destroyAll() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
