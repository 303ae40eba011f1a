/** An engine with a chain of any length in the real one's place: a room at height 100,000 takes days to mine. */
import type { Page } from '@playwright/test';

/** Before the page is opened. It answers what the list asks, from blocks that are made when asked for. */
export async function playLongChain(page: Page, height: number): Promise<void> {
  await page.addInitScript((tip) => {
    const id = (at: number) => at.toString(16).padStart(64, '0');
    /** Of a class of thirty. */
    const account = (n: number) =>
      id(((n % 30) + 1) * 2_654_435_761)
        .slice(8)
        .padEnd(64, '5');
    const block = (at: number) => ({
      height: at,
      id: id(at),
      prevId: id(at - 1),
      time: 1_767_225_600 + at,
      bits: 0x1e03ffff,
      size: 300,
      producer: account(at),
      transactionCount: 2,
      // Rows of several heights.
      memos: [{ sender: account(at + 1), memo: `message ${at} `.repeat(1 + (at % 7) * 3) }],
    });
    const range = (from: number, to: number) =>
      Array.from({ length: Math.max(Math.min(to, tip) - from + 1, 0) }, (_, i) => block(from + i));
    const opening = [
      {
        type: 'status',
        status: {
          phase: { kind: 'running' },
          slot: 0,
          storage: { kind: 'saved' },
          signaling: { kind: 'connected', members: 1 },
          invitations: [],
        },
      },
      { type: 'slice', slice: 'peers', value: { peers: [] } },
      {
        type: 'slice',
        slice: 'chain',
        value: {
          network: 'room',
          genesisId: id(0),
          height: tip,
          tipId: id(tip),
          tipTime: 1_767_225_600 + tip,
          headerHeight: tip,
          recent: range(tip - 23, tip).reverse(),
          reorgs: [],
        },
      },
    ];
    window.Worker = class {
      onmessage: ((event: { readonly data: unknown }) => void) | null = null;
      postMessage(message: {
        readonly type: string;
        readonly requestId: number;
        readonly question: {
          readonly kind: string;
          readonly range: { readonly from: number; readonly to: number };
        };
      }): void {
        const say = (data: unknown) => setTimeout(() => this.onmessage?.({ data }));
        if (message.type === 'start') for (const line of opening) say(line);
        if (message.type !== 'ask' || message.question.kind !== 'summaries') return;
        const { from, to } = message.question.range;
        const { requestId } = message;
        say({ type: 'answer', requestId, answer: { kind: 'summaries', value: range(from, to) } });
      }
    } as unknown as typeof Worker;
  }, height);
}
