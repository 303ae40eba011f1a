import { perLocale } from './per-locale.ts';

const conjunction = perLocale((locale) => new Intl.ListFormat(locale));

/** "a, b, and c". */
export function list(items: readonly string[]): string {
  return conjunction().format(items);
}
