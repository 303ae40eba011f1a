import { createSubscriber } from 'svelte/reactivity';
import { inviteIn } from './invite-link.ts';

const changes = createSubscriber((update) => {
  addEventListener('hashchange', update);
  return () => removeEventListener('hashchange', update);
});

/** The invitation in the address bar. */
export function currentInvite(): string | undefined {
  changes();
  return inviteIn(location.hash);
}
