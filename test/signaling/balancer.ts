/** A balancer as any: it spreads TCP connections over those servers that take one. No stickiness. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

export interface Balancer {
  readonly port: number;
  close(): void;
}

export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
    forward(socket, ports.length);
  });

  function forward(socket: Socket, triesLeft: number): void {
    const port = ports[turn++ % ports.length] ?? 0;
    const target = connect(port, '127.0.0.1');
    let connected = false;
    target.on('connect', () => {
      connected = true;
      socket.pipe(target).pipe(socket);
    });
    target.on('error', () => {
      if (connected || triesLeft === 1) socket.destroy();
      else forward(socket, triesLeft - 1);
    });
    target.on('close', () => connected && socket.destroy());
    socket.on('close', () => target.destroy());
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
