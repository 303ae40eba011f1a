import { createSubscriber } from 'svelte/reactivity';

const TICK_MS = 1_000;

/** The time for ages and countdowns: what reads it in a template runs again each second, while it is seen. */
const ticks = createSubscriber((update) => {
  const timer = setInterval(() => {
    if (!document.hidden) update();
  }, TICK_MS);
  return () => clearInterval(timer);
});

export function tickingNow(): number {
  ticks();
  return Date.now();
}
