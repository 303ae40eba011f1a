/** Has the page kept for use without its server (web/offline/), and offers its new versions. */
import { mount } from 'svelte';
import { PAGE_LOCK, SWITCH_NOW } from '../../offline/agreed.ts';
import UpdateNotice from './UpdateNotice.svelte';

const WORKER = '/service-worker.js';
/** Browsers ask for a new version when a page is opened. One that stays open for days asks by itself. */
const ASK_EACH_MS = 3_600_000;

/** `isStage`: nobody stands at a projector to be asked; its next opening brings the new version. */
export async function keepPage(above: HTMLElement, isStage: boolean): Promise<void> {
  const { serviceWorker } = navigator;
  holdVersion();
  let controller = serviceWorker.controller;
  let isOffered = false;
  try {
    await serviceWorker.register(WORKER, { updateViaCache: 'none' });
  } catch (error) {
    // Not allowed here, or no server. The page works as before, only not without it.
    console.info(`The page is not kept for offline use: ${String(error)}`);
    return;
  }
  const registration = await serviceWorker.ready;

  const offer = (): void => {
    if (isOffered || isStage) return;
    isOffered = true;
    const onaccept = (): void => switchVersion(registration);
    mount(UpdateNotice, { target: document.body, anchor: above, props: { onaccept } });
  };
  const watch = (worker: ServiceWorker | null): void => {
    const look = (): void => {
      if (worker?.state === 'installed') offer();
    };
    worker?.addEventListener('statechange', look);
    look();
  };
  watch(registration.waiting);
  watch(registration.installing);
  registration.addEventListener('updatefound', () => watch(registration.installing));
  serviceWorker.addEventListener('controllerchange', () => {
    // Another tab's user took it. This tab goes on with the old version; the very first one replaces none.
    if (controller !== null) offer();
    controller = serviceWorker.controller;
  });
  setInterval(() => void registration.update().catch(() => undefined), ASK_EACH_MS);
}

/** Reloads this tab alone: another one may hold an unsent text, and its user is offered the same. */
function switchVersion({ waiting }: ServiceWorkerRegistration): void {
  if (waiting === null) {
    location.reload(); // another tab has switched already
    return;
  }
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting.postMessage(SWITCH_NOW);
}

/** Until this page is gone, so that the files of its version stay. */
function holdVersion(): void {
  const script = document.querySelector<HTMLScriptElement>('script[type=module]');
  if (script === null) return;
  const name = PAGE_LOCK + new URL(script.src).pathname;
  // Refused where the browser keeps nothing for this site.
  navigator.locks
    .request(name, { mode: 'shared' }, () => new Promise(() => undefined))
    .catch(() => undefined);
}
