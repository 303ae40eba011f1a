import { perLocale } from './per-locale.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Below this an age reads "now". Headers may also be a little ahead of our clock. */
const NOW_MS = 2 * SECOND_MS;

const relative = perLocale(
  (locale) => new Intl.RelativeTimeFormat(locale, { style: 'narrow', numeric: 'always' }),
);
const now = perLocale((locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
const absolute = perLocale(
  (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }),
);

/** "12s ago", "3h ago", in the largest unit that fits. */
export function relativeTime(atMs: number, nowMs: number): string {
  const ageMs = nowMs - atMs;
  if (ageMs < NOW_MS) return now().format(0, 'second');
  if (ageMs < MINUTE_MS) return relative().format(-Math.floor(ageMs / SECOND_MS), 'second');
  if (ageMs < HOUR_MS) return relative().format(-Math.floor(ageMs / MINUTE_MS), 'minute');
  if (ageMs < DAY_MS) return relative().format(-Math.floor(ageMs / HOUR_MS), 'hour');
  return relative().format(-Math.floor(ageMs / DAY_MS), 'day');
}

export function fullTime(atMs: number): string {
  return absolute().format(atMs);
}
