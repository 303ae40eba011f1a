/** Numbers of the charts with their units, short enough for an axis. */
import { perLocale } from '../format/per-locale.ts';

const threeDigits = perLocale((locale) => new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }));
const compact = perLocale(
  (locale) => new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 }),
);
const minute = perLocale(
  (locale) => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
);
const second = perLocale(
  (locale) => new Intl.DateTimeFormat(locale, { timeStyle: 'medium', hourCycle: 'h23' }),
);

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;

/** "0.4 s", "90 s", "7.5 min", "3.2 h"; may be below zero. */
export function duration(seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 2 * MINUTE_S) return `${threeDigits().format(Math.round(seconds * 10) / 10)} s`;
  if (size < 2 * HOUR_S) return `${threeDigits().format(seconds / MINUTE_S)} min`;
  return `${threeDigits().format(seconds / HOUR_S)} h`;
}

/** "4.19M": so many hashes. */
export function hashCount(hashes: number): string {
  return compact().format(hashes);
}

/** "14:03:07". `time`: seconds since 1970. */
export function clockSecond(time: number): string {
  return second().format(time * 1000);
}

/** "14:03". `time`: seconds since 1970. */
export function clockMinute(time: number): string {
  return minute().format(time * 1000);
}
