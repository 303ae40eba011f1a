/** TCP ports of this machine, for servers that tests and benchmarks start as processes. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

/** One that nobody listens on now. Somebody else may take it before it is used: then the server says so. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether somebody takes connections there. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
