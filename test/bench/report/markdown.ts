/** The few forms of Markdown that the report is made of. */
import type { Spread } from '../measuring/spread.ts';

export interface Column {
  readonly title: string;
  /** To the right. */
  readonly number?: boolean;
}

export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ number }) => (number === true ? '---:' : '---'))),
    ...rows.map(line),
  ].join('\n');
}

/** Columns of which the first names the row and the others hold figures. */
export function figureColumns(first: string, ...others: readonly string[]): Column[] {
  return [{ title: first }, ...others.map((title) => ({ title, number: true }))];
}

/** With separators of thousands; more digits for what is small. */
export function figure(value: number, unit = ''): string {
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 1 ? 2 : 3;
  const told = Number.isFinite(value) ? value.toLocaleString('en', { maximumFractionDigits: digits }) : '–';
  return unit === '' ? told : `${told} ${unit}`;
}

/** p50 / p95 / most. */
export function spread({ p50, p95, most }: Spread): string {
  return [p50, p95, most].map((value) => figure(Math.round(value))).join(' / ');
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(0)}%`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`;
}
