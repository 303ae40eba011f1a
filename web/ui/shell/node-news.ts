/** Turns what happens in the node into the few toasts that the page shows. Joins and leaves stay silent. */
import type { NodeEvent } from '../../engine/messages.ts';
import type { PeerCode } from '../../node/penalties.ts';
import type { EngineClient } from '../engine-client.ts';
import { shortMemo } from '../format/short-memo.ts';
import { accountName, isNobody } from '../names.ts';
import { m } from '../paraglide/messages.js';

type Refusals = Readonly<Record<string, number>>;

/** One flooding peer is one piece of news. */
const REFUSAL_QUIET_MS = 15_000;

export function followNodeNews(
  client: EngineClient,
  toast: (text: string) => void,
  now: () => number,
): () => void {
  let refusals: Refusals | undefined;
  let quietUntilMs = 0;
  const stops = [
    client.onEvent((event) => {
      const text = eventText(event);
      if (text !== undefined) toast(text);
    }),
    client.subscribe('wire', () => {
      const latest = client.slice('wire')?.refusals;
      const rule = refusals === undefined ? undefined : grown(refusals, latest ?? {});
      refusals = latest;
      if (rule === undefined || now() < quietUntilMs) return;
      quietUntilMs = now() + REFUSAL_QUIET_MS;
      void refusalText(rule).then(toast);
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

function eventText(event: NodeEvent): string | undefined {
  switch (event.kind) {
    case 'sealed':
      return event.amount > 0 && !isNobody(event.recipient)
        ? m.toasts_sealed_transfer({
            amount: event.amount,
            name: accountName(event.recipient),
            height: event.height,
          })
        : m.toasts_sealed({ memo: shortMemo(event.memo), height: event.height });
    case 'reorg':
      return event.ownReturned === 0
        ? undefined
        : m.toasts_reorg({ depth: event.depth, forkHeight: event.forkHeight, returned: event.ownReturned });
  }
}

/** The words for rules come when there is one to name; if their file can't be had any more, its code has to do. */
async function refusalText(code: PeerCode): Promise<string> {
  const rule = await import('../wire/refusal-words.ts').then(
    ({ refusalWords }) => refusalWords(code),
    () => code,
  );
  return m.toasts_refused({ rule });
}

function grown(before: Refusals, after: Refusals): PeerCode | undefined {
  return (Object.entries(after) as [PeerCode, number][]).find(
    ([rule, times]) => times > (before[rule] ?? 0),
  )?.[0];
}
