/** Why a tab will forget the chain, and what to do about it. */
import type { EngineStatus } from '../engine/messages.ts';
import { sentences } from './format/sentences.ts';
import { m } from './paraglide/messages.js';

type ForgettingStorage = Extract<EngineStatus['storage'], { readonly kind: 'forgetting' }>;

const REASONS: Record<Exclude<ForgettingStorage['reason'], 'unread'>, () => string> = {
  full: m.storage_reason_full,
  refused: m.storage_reason_refused,
  deleted: m.storage_reason_deleted,
  closed: m.storage_reason_closed,
  taken: m.storage_reason_taken,
  failed: m.storage_reason_failed,
};

export function forgettingText({ reason, detail, retries }: ForgettingStorage): string {
  const said = detail === undefined ? '' : m.storage_browser_says({ words: detail });
  // The chain itself may well be stored.
  if (reason === 'unread') return sentences(m.storage_key_unread(), said);
  const advice = retries
    ? m.storage_retries()
    : reason === 'refused'
      ? m.storage_elsewhere()
      : m.storage_reload();
  return sentences(m.storage_forgets(), REASONS[reason](), said, advice);
}
