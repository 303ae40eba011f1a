import type { EngineClient, Topic } from './engine-client.ts';

/** What of a document tells whether somebody sees it. */
export type Seen = Pick<Document, 'hidden' | 'addEventListener' | 'removeEventListener'>;

/** Calls `run` at once if the page is seen, else once, when it is seen again. Returns what calls that off. */
export function whenSeen(run: () => void, page: Seen = document): () => void {
  if (!page.hidden) {
    run();
    return () => undefined;
  }
  const callOff = (): void => page.removeEventListener('visibilitychange', onVisibility);
  const onVisibility = (): void => {
    if (page.hidden) return;
    callOff();
    run();
  };
  page.addEventListener('visibilitychange', onVisibility);
  return callOff;
}

/**
 * Calls `onChange` after each change of a topic while the page is seen. A hidden one hears of all that changed once,
 * when it is seen again: what nobody looks at is not drawn, and its node has the processor for itself. The status is
 * told always: it changes seldom, and more hangs on it than pictures.
 */
export function subscribeWhileSeen(
  client: EngineClient,
  topic: Topic,
  onChange: () => void,
  page: Seen = document,
): () => void {
  if (topic === 'status') return client.subscribe(topic, onChange);
  let callOff = (): void => undefined;
  const stop = client.subscribe(topic, () => {
    callOff();
    callOff = whenSeen(onChange, page);
  });
  return () => {
    stop();
    callOff();
  };
}
