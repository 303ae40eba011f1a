/** Numbers with their units, by Intl. */
import { perLocale } from './per-locale.ts';

const whole = perLocale((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }));
const threeDigits = perLocale((locale) => new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }));

export function count(value: number): string {
  return whole().format(value);
}

/** 1024-based, as a tool that shows traffic does: "812 B", "14.2 KiB". */
export function byteSize(bytes: number): string {
  return scaled(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']);
}

/** "1.24 MH/s": hashes a second. */
export function hashRate(hashesPerSecond: number): string {
  return scaled(hashesPerSecond, 1000, ['H/s', 'kH/s', 'MH/s', 'GH/s', 'TH/s']);
}

export function milliseconds(value: number): string {
  return `${whole().format(value)} ms`;
}

function scaled(value: number, base: number, units: readonly string[]): string {
  let rest = value;
  let unit = 0;
  // 999.5 would be written as 1000 of the smaller unit.
  while (rest >= base - 0.5 && unit < units.length - 1) {
    rest /= base;
    unit++;
  }
  // From 1000 on (1000 to 1023 KiB) three significant digits would invent a round number.
  return `${(rest < 1000 ? threeDigits : whole)().format(rest)} ${units[unit] ?? ''}`;
}
