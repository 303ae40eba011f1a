import { getLocale, type Locale } from '../paraglide/runtime.js';

/** A formatter for the page's language, made when it is first needed: making one takes longer than formatting. */
export function perLocale<Formatter>(make: (locale: Locale) => Formatter): () => Formatter {
  const made = new Map<Locale, Formatter>();
  return () => {
    const locale = getLocale();
    const known = made.get(locale);
    if (known !== undefined) return known;
    const formatter = make(locale);
    made.set(locale, formatter);
    return formatter;
  };
}
