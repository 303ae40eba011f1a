import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import { parseClientMessage, parseServerMessage } from '../../signaling/protocol.ts';

/**
 * Stands in front of a signaling server and decides who may reach whom: tabs that are kept apart never get each
 * other's offers, so no link comes about. Each tab opens the page under a host name of its own
 * (`http://amber.localhost:1234/`, which browsers resolve to this machine), and that name is how it is told.
 */
export interface SelectiveRelay {
  /** Address of the page for the tab of this name, without a slash at its end. */
  urlFor(tab: string): string;
  /** Drops all signals between tabs of different groups. A tab in no group reaches everybody. */
  separate(...groups: readonly (readonly string[])[]): void;
  /** Lets everybody reach everybody. */
  unite(): void;
  /** Breaks the tab's connection to the server, which it then makes again; its links are not touched. */
  disconnect(tab: string): void;
  /** How many signals were dropped: proof that a test kept apart what it meant to. */
  readonly dropped: number;
  close(): Promise<void>;
}

export async function startSelectiveRelay(upstreamPort: number): Promise<SelectiveRelay> {
  const names = new Map<string, string>();
  const open = new Set<{ readonly tab: string; readonly downstream: WebSocket }>();
  let groups: readonly (readonly string[])[] = [];
  let dropped = 0;
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const server = createServer(pass);
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (downstream) => {
      relay(downstream, tabOf(request), request.url ?? '/');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;

  function relay(downstream: WebSocket, tab: string, path: string): void {
    const upstream = new WebSocket(`ws://localhost:${upstreamPort}${path}`, { perMessageDeflate: false });
    const early: string[] = [];
    const entry = { tab, downstream };
    open.add(entry);
    upstream.on('open', () => early.splice(0).forEach((text) => upstream.send(text)));
    downstream.on('message', (data: RawData) => {
      const text = textOf(data);
      const message = parseClientMessage(text);
      const target = message?.type === 'signal' ? names.get(message.to) : undefined;
      if (target !== undefined && areSeparated(tab, target)) dropped += 1;
      else if (upstream.readyState === WebSocket.OPEN) upstream.send(text);
      else early.push(text);
    });
    upstream.on('message', (data: RawData) => {
      const text = textOf(data);
      const message = parseServerMessage(text);
      if (message?.type === 'welcome') names.set(message.id, tab);
      downstream.send(text);
    });
    // A server that is gone must look gone.
    upstream.on('close', () => downstream.terminate());
    upstream.on('error', () => downstream.terminate());
    downstream.on('close', () => {
      open.delete(entry);
      upstream.terminate();
    });
    downstream.on('error', () => upstream.terminate());
  }

  function areSeparated(a: string, b: string): boolean {
    const groupOfA = groups.find((group) => group.includes(a));
    const groupOfB = groups.find((group) => group.includes(b));
    return groupOfA !== undefined && groupOfB !== undefined && groupOfA !== groupOfB;
  }

  function pass(request: IncomingMessage, response: ServerResponse): void {
    const { method, url, headers } = request;
    const onward = httpRequest({ port: upstreamPort, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }

  return {
    urlFor: (tab) => `http://${tab}.localhost:${port}`,
    separate(...apart) {
      groups = apart;
    },
    unite() {
      groups = [];
    },
    disconnect(tab) {
      for (const entry of open) if (entry.tab === tab) entry.downstream.terminate();
    },
    get dropped() {
      return dropped;
    },
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function tabOf(request: IncomingMessage): string {
  return request.headers.host?.split('.', 1)[0] ?? '';
}

function textOf(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString() : '';
}
