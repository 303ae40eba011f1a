/** What happened to the tree, in words. */
import type { ReorgRecord } from '../../node/snapshot.ts';
import { accountName } from '../names.ts';
import { m } from '../paraglide/messages.js';
import type { ForkEvent } from './fork-log.ts';

export function reorgSentence({ depth, forkHeight, ownReturned }: ReorgRecord): string {
  const at = forkHeight + 1;
  return ownReturned === 0
    ? m.forks_reorg({ depth, at })
    : m.forks_reorg_returned({ depth, at, returned: ownReturned });
}

export function replacedSentence({ depth, forkHeight, newHeight }: ReorgRecord): string {
  const at = forkHeight + 1;
  return depth === 1
    ? m.forks_replaced_one({ at, newHeight })
    : m.forks_replaced_many({ at, last: at + depth - 1, newHeight });
}

export function refusalSentence({ height, from }: Extract<ForkEvent, { kind: 'refused' }>): string {
  return from === undefined
    ? m.forks_refusal({ height })
    : m.forks_refusal_from({ height, name: accountName(from) });
}
