/** How the catalogue's texts write a number and choose a plural. Takes the place of the compiler's own, which makes a formatter each time. */
import type { Locale } from '../paraglide/runtime.js';

const numbers = new Map<string, Intl.NumberFormat>();
const plurals = new Map<Locale, Intl.PluralRules>();

export function number(locale: Locale, value: unknown, options: Intl.NumberFormatOptions): string {
  const key = `${locale} ${JSON.stringify(options)}`;
  const format = numbers.get(key) ?? new Intl.NumberFormat(locale, options);
  numbers.set(key, format);
  return format.format(Number(value));
}

export function plural(locale: Locale, value: unknown): Intl.LDMLPluralRule {
  const rules = plurals.get(locale) ?? new Intl.PluralRules(locale);
  plurals.set(locale, rules);
  return rules.select(Number(value));
}
