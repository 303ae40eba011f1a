import { createSubscriber } from 'svelte/reactivity';
import { placeOf, type Place } from './place.ts';

const changes = createSubscriber((update) => {
  addEventListener('hashchange', update);
  return () => removeEventListener('hashchange', update);
});

/** Where the address bar says that the page is. */
export function currentPlace(): Place {
  changes();
  return placeOf(location.hash);
}
