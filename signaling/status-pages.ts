import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';

/** What the pages tell of the server. Counts only: nothing that tells who or where. */
export interface StatusSource {
  readonly registry: Registry;
  readonly roomCount: number;
  readonly socketCount: number;
  /** False while it starts and from the first moment of a stop: a balancer then sends newcomers elsewhere. */
  readonly isReady: boolean;
}

/**
 * `/healthz`: the process answers, whatever it is busy with; restart it if this fails. `/readyz`: 200 if newcomers
 * are welcome, else 503. `/metrics`: for Prometheus. False if the request is for none of them.
 */
export function answerStatus(
  request: IncomingMessage,
  response: ServerResponse,
  source: StatusSource,
): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  switch (request.url?.split('?', 1)[0]) {
    case '/healthz':
      sendJson(response, 200, { ok: true, rooms: source.roomCount, sockets: source.socketCount });
      return true;
    case '/readyz':
      sendJson(response, source.isReady ? 200 : 503, { ready: source.isReady });
      return true;
    case '/metrics':
      void sendMetrics(response, source.registry);
      return true;
    default:
      return false;
  }
}

function sendJson(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(json));
}

async function sendMetrics(response: ServerResponse, registry: Registry): Promise<void> {
  const text = await registry.metrics();
  response.writeHead(200, { 'Content-Type': registry.contentType, 'Cache-Control': 'no-store' });
  response.end(text);
}
