/** The page: starts the engine in its worker, lends it connections and workers, and mounts the UI. */
import { mount } from 'svelte';
import { SIGNAL_PATH } from '../signaling/protocol.ts';
import type { Network } from './core/params.ts';
import type { FromEngine, ToEngine } from './engine/messages.ts';
import { createLentWorkers } from './lent-workers.ts';
import { createConnectionLog, type ConnectionLog } from './net/connection-log.ts';
import { createConnections, type Connections } from './net/webrtc.ts';
import { parseRoomLink } from './net/room.ts';
import './ui/base.css';
import { missingCapabilities } from './ui/capabilities.ts';
import { EngineClient } from './ui/engine-client.ts';
import { guardedStorage } from './ui/guarded-storage.ts';
import Landing from './ui/landing/Landing.svelte';
import { RecentRooms } from './ui/landing/recent-rooms.ts';
import { beginLanguage } from './ui/language.svelte.ts';
import { watchLifecycle } from './ui/lifecycle.ts';
import { PowChoice } from './ui/pow-choice.svelte.ts';
import { hasLowBattery, isPhone } from './ui/pow-default.ts';
import Room from './ui/Room.svelte';
import { slotMemory } from './ui/slot-memory.ts';
import LazyStage from './ui/stage/LazyStage.svelte';

const query = new URLSearchParams(location.search);
const network: Network = query.get('network') === 'regtest' ? 'regtest' : 'room';
/** For a projector (web/ui/stage/). */
const isStage = query.get('view') === 'stage';
/** `?ice=relay` shows whether the TURN servers work: without them such a tab gets no link. */
const icePolicy = query.get('ice') === 'relay' ? 'relay' : 'all';
const rooms = new RecentRooms(guardedStorage(() => localStorage));

beginLanguage(
  navigator.languages,
  guardedStorage(() => localStorage),
);
const page = pageElement();
open(page);
// The server in development would have its changes hidden by what was kept. Plain HTTP has no service workers.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  addEventListener('load', () => {
    import('./ui/offline/keep-page.ts').then(
      ({ keepPage }) => keepPage(page, isStage),
      (error: unknown) => console.info(`The page is not kept for offline use: ${String(error)}`),
    );
  });
}

function open(target: HTMLElement): void {
  const missing = missingCapabilities(globalThis);
  if (missing.length > 0) {
    void import('./ui/landing/Unsupported.svelte').then(({ default: Unsupported }) =>
      mount(Unsupported, { target, props: { missing } }),
    );
    return;
  }
  const link = parseRoomLink(location.hash);
  reloadForAnotherRoom(link.ok ? link.secret : undefined);
  if (!link.ok) {
    const brokenLink = link.problem === 'empty' ? undefined : link.problem;
    mount(Landing, { target, props: { rooms, brokenLink } });
    return;
  }
  openRoom(target, link.secret);
}

function openRoom(target: HTMLElement, secret: string): void {
  rooms.opened(secret, Date.now());
  const hold = isPhone() ? 'phone' : undefined;
  const { client, connections, log } = startEngine(secret, hold === undefined ? 'on-demand' : 'off');
  const powChoice = new PowChoice(client, hold);
  void hasLowBattery().then((low) => {
    if (low) powChoice.holdBack('battery');
  });
  if (isStage) {
    mount(LazyStage, { target, props: { secret, network, client } });
    return;
  }
  const doctor = {
    log,
    signalingUrl: signalingUrl(),
    loadChecks: () => import('./net/connection-checks.ts'),
  };
  mount(Room, {
    target,
    props: { secret, network, client, powChoice, askLinkPath: connections.path, doctor },
  });
}

interface Engine {
  readonly client: EngineClient;
  readonly connections: Connections;
  readonly log: ConnectionLog;
}

function startEngine(secret: string, powMode: 'on-demand' | 'off'): Engine {
  const worker = new Worker(new URL('./engine/worker.ts', import.meta.url), {
    type: 'module',
    name: 'engine',
  });
  const post = (message: ToEngine, transfer: Transferable[] = []): void =>
    worker.postMessage(message, transfer);
  const client = new EngineClient(post);
  const log = createConnectionLog(Date.now);
  const connections = createConnections(post, log, icePolicy);
  const lentWorkers = createLentWorkers(post);
  const slot = slotMemory(
    guardedStorage(() => sessionStorage),
    network,
    secret,
  );

  worker.onmessage = ({ data }: MessageEvent<FromEngine>) => {
    switch (data.type) {
      case 'connection-create':
      case 'connection-apply':
      case 'connection-send':
      case 'connection-destroy':
        connections.handle(data);
        return;
      case 'worker-start':
      case 'worker-terminate':
        lentWorkers.handle(data);
        return;
      case 'slot':
        slot.remember(data.slot);
        return;
      default:
        client.receive(data);
    }
  };
  worker.onerror = () => client.lose();

  watchLifecycle((event) => {
    if (event === 'pagehide') connections.destroyAll();
    post({ type: 'lifecycle', event });
  });
  post({
    type: 'start',
    options: {
      roomSecret: secret,
      network,
      signalingUrl: signalingUrl(),
      slotHint: slot.recall(),
      powMode,
      workers: undefined,
    },
  });
  return { client, connections, log };
}

function signalingUrl(): string {
  const url = new URL(SIGNAL_PATH, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  return url.href;
}

/** A room is for the page's whole life. Places within a room are links too, and those stay. */
function reloadForAnotherRoom(secret: string | undefined): void {
  addEventListener('hashchange', () => {
    const link = parseRoomLink(location.hash);
    if (!link.ok || link.secret !== secret) location.reload();
  });
}

function pageElement(): HTMLElement {
  const element = document.getElementById('page');
  if (element === null) throw new Error('index.html has no #page');
  element.replaceChildren();
  return element;
}
