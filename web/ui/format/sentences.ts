import { getLocale } from '../paraglide/runtime.js';

/** One after the other; an empty one is left out. Japanese has no space between sentences. */
export function sentences(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(getLocale() === 'ja' ? '' : ' ');
}
