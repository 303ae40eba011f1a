import type { EngineClient, Topic } from './engine-client.ts';

/** What of a document tells whether somebody sees it. */
export type Seen = Pick<Document, 'hidden' | 'addEventListener' | 'removeEventListener'>;

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
  let isBehind = false;
  const onVisibility = (): void => {
    if (page.hidden || !isBehind) return;
    isBehind = false;
    onChange();
  };
  page.addEventListener('visibilitychange', onVisibility);
  const stop = client.subscribe(topic, () => {
    if (page.hidden) isBehind = true;
    else onChange();
  });
  return () => {
    stop();
    page.removeEventListener('visibilitychange', onVisibility);
  };
}
