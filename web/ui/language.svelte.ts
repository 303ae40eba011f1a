/** The language that the page speaks: the one chosen here, else the first of the browser's that the page knows. */
import type { GuardedStorage } from './guarded-storage.ts';
import { baseLocale, isLocale, overwriteGetLocale, type Locale } from './paraglide/runtime.js';

const KEY = 'tabchain:language';

/** As the speakers of a language call it. */
export const LANGUAGE_NAMES: Record<Locale, string> = { en: 'English', ja: '日本語' };

let current = $state<Locale>(baseLocale);
let storage: GuardedStorage | undefined;

/** Before the first text is asked for. `preferred`: BCP 47 tags, the best first, as in navigator.languages. */
export function beginLanguage(preferred: readonly string[], memory: GuardedStorage): void {
  storage = memory;
  const primary = preferred.map((tag) => tag.split('-', 1)[0]?.toLowerCase());
  show([memory.read(KEY), ...primary].find(isLocale) ?? baseLocale);
  // Each text that is shown depends on this rune, so that a switch changes texts and nothing else.
  overwriteGetLocale(() => current);
}

export function currentLanguage(): Locale {
  return current;
}

/** From now on, and after a reload. */
export function chooseLanguage(locale: Locale): void {
  show(locale);
  storage?.write(KEY, locale);
}

function show(locale: Locale): void {
  current = locale;
  document.documentElement.lang = locale;
}
