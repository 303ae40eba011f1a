import { perLocale } from './per-locale.ts';

type Unit = 'second' | 'minute' | 'hour';

const formatter = (unit: Unit) =>
  perLocale((locale) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }));
const formats = { second: formatter('second'), minute: formatter('minute'), hour: formatter('hour') };

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
/** A guess that named each second would claim to know more than it does. */
const STEP_S = 10;

/** "20 seconds", "3 minutes", "2 hours": rounded up, so that it is rather early than late. */
export function roughTime(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000 / STEP_S)) * STEP_S;
  if (seconds < MINUTE_S) return formats.second().format(seconds);
  if (seconds < HOUR_S) return formats.minute().format(Math.ceil(seconds / MINUTE_S));
  return formats.hour().format(Math.ceil(seconds / HOUR_S));
}
