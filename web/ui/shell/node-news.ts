/** Turns what happens in the node into the few toasts that the page shows. Joins and leaves stay silent. */
import type { NodeEvent } from '../../engine/messages.ts';
import type { EngineClient } from '../engine-client.ts';
import { accountName, isNobody } from '../names.ts';
import { texts } from '../texts.ts';

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
      toast(texts.toasts.refused(rule));
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

function eventText(event: NodeEvent): string | undefined {
  switch (event.kind) {
    case 'sealed':
      return event.amount > 0 && !isNobody(event.recipient)
        ? texts.toasts.sealedTransfer(event.amount, accountName(event.recipient), event.height)
        : texts.toasts.sealed(event.memo, event.height);
    case 'reorg':
      return event.ownReturned === 0
        ? undefined
        : texts.toasts.reorg(event.depth, event.forkHeight, event.ownReturned);
  }
}

function grown(before: Refusals, after: Refusals): string | undefined {
  return Object.entries(after).find(([rule, times]) => times > (before[rule] ?? 0))?.[0];
}
