/** What an account did with a transaction, and which of them its page shows. */
import { m } from '../paraglide/messages.js';
import type { AccountFilter, AccountRole } from './account-role.ts';

export const FILTER_WORDS: Record<AccountFilter, () => string> = {
  all: m.account_filters_all,
  written: m.account_filters_written,
  credits: m.account_filters_credits,
  mined: m.account_filters_mined,
};

export const ROLE_WORDS: Record<AccountRole, () => string> = {
  wrote: m.account_roles_wrote,
  sent: m.account_roles_sent,
  got: m.account_roles_got,
  mined: m.account_roles_mined,
};
