/** Puts a recording in the engine's place, for states of the page that take a crowded room to get into. */
import type { Page } from '@playwright/test';
import type { FromEngine, SliceMessage, ToEngine } from '../../web/engine/messages.ts';

export interface PlayedEngine {
  /** What the page has told its engine so far. */
  heard(): Promise<readonly ToEngine[]>;
  say(message: FromEngine): Promise<void>;
}

interface Stage {
  readonly heard: ToEngine[];
  say(message: FromEngine): void;
}

/** Before the page is opened. `opening`: what the engine says as soon as it is started. */
export async function playEngine(page: Page, opening: readonly FromEngine[]): Promise<PlayedEngine> {
  // As text: the type of what Playwright can pass on is too deep for the compiler to compare with ours.
  await page.addInitScript((json: string) => {
    const lines = JSON.parse(json) as readonly FromEngine[];
    const stage: Stage = { heard: [], say: () => {} };
    (window as unknown as { stage: Stage }).stage = stage;
    window.Worker = class {
      onmessage: ((event: { readonly data: FromEngine }) => void) | null = null;
      constructor() {
        stage.say = (data) => this.onmessage?.({ data });
      }
      postMessage(message: ToEngine): void {
        stage.heard.push(message);
        if (message.type === 'start') setTimeout(() => lines.forEach((data) => stage.say(data)));
      }
    } as unknown as typeof Worker;
  }, JSON.stringify(opening));
  return {
    heard: () => page.evaluate(() => (window as unknown as { stage: Stage }).stage.heard),
    say: (message) =>
      page.evaluate(
        (json: string) => (window as unknown as { stage: Stage }).stage.say(JSON.parse(json) as FromEngine),
        JSON.stringify(message),
      ),
  };
}

export function slice(message: Omit<SliceMessage, 'type'>): FromEngine {
  return { type: 'slice', ...message } as SliceMessage;
}
