/** Messages as text: one line of a list, a table of fields, rows of bytes, a line of JSON. */
import type { WireRecord, WireRest, WireValue } from '../../node/wire-record.ts';
import { perLocale } from '../format/per-locale.ts';
import { shortId } from '../format/short-id.ts';

/** Facts on a line of the list; the rest is a click away. */
const SUMMARY_FACTS = 5;
const SUMMARY_TEXT_CHARS = 40;
const HEX_ROW_BYTES = 16;

export interface FieldRow {
  /** Names from the message down to the field, with an item's place in its list: `headers 0 nonce`. */
  readonly path: string;
  readonly name: string;
  /** How deep it lies, 0 for a field of the message itself. */
  readonly depth: number;
  readonly value: FieldText;
}

export type FieldText =
  /** Something that has parts, in the rows below it; `items` of a list. */
  | { readonly kind: 'parts'; readonly items: number | undefined }
  /** Of a list, what is not shown. */
  | { readonly kind: 'more'; readonly items: number }
  | { readonly kind: 'hex' | 'text' | 'plain'; readonly text: string };

const HEX = /^([0-9a-f]{2}){6,}…?$/;

/** A message's fields, each list's items and each item's fields, in the order of the wire. */
export function fieldRows(fields: WireValue, depth = 0, above = ''): readonly FieldRow[] {
  if (typeof fields !== 'object') return [];
  return Object.entries(fields as Record<string, WireValue>).flatMap(([name, value]) => {
    const path = above === '' ? name : `${above} ${name}`;
    const row = { path, name, depth, value: fieldText(name, value) };
    return row.value.kind === 'parts' ? [row, ...fieldRows(value, depth + 1, path)] : [row];
  });
}

function fieldText(name: string, value: WireValue): FieldText {
  if (typeof value === 'string')
    return { kind: HEX.test(value) && name !== 'memo' ? 'hex' : 'text', text: value };
  if (typeof value !== 'object') return { kind: 'plain', text: String(value) };
  if (isRest(value)) return { kind: 'more', items: value.more };
  return { kind: 'parts', items: Array.isArray(value) ? lengthOf(value) : undefined };
}

function lengthOf(list: readonly WireValue[]): number {
  const last = list.at(-1);
  return last !== undefined && isRest(last) ? list.length - 1 + last.more : list.length;
}

function isRest(value: WireValue): value is WireRest {
  return typeof value === 'object' && !Array.isArray(value) && 'more' in value;
}

/** The first facts of a message on one line: `items 3 · kind tx · id 5c0f…91aa`. */
export function summary(record: WireRecord, separator: string): string {
  const facts = fieldRows(record.fields ?? {}).flatMap(({ name, value }) => {
    switch (value.kind) {
      case 'parts':
        return value.items === undefined ? [] : [`${name} ${value.items}`];
      case 'more':
        return [];
      case 'hex':
        return [`${name} ${shortId(value.text, 4)}`];
      case 'text':
        return value.text === '' ? [] : [`${name} ${value.text.slice(0, SUMMARY_TEXT_CHARS)}`];
      case 'plain':
        return [`${name} ${value.text}`];
    }
  });
  // What people wrote says more than the numbers around it, and a version or an item's place in its list says nothing.
  const memos = facts.filter((fact) => fact.startsWith('memo '));
  const others = facts.filter((fact) => !/^(memo |version |\d)/.test(fact));
  return [...memos, ...others].slice(0, SUMMARY_FACTS).join(separator);
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, hexByte).join('');
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

export interface HexRow {
  readonly offset: number;
  readonly bytes: readonly string[];
  /** The same as ASCII, a dot for each that has no sign. */
  readonly text: string;
}

export function hexRows(bytes: Uint8Array): readonly HexRow[] {
  return Array.from({ length: Math.ceil(bytes.length / HEX_ROW_BYTES) }, (_, row) => {
    const part = Array.from(bytes.subarray(row * HEX_ROW_BYTES, (row + 1) * HEX_ROW_BYTES));
    return {
      offset: row * HEX_ROW_BYTES,
      bytes: part.map(hexByte),
      text: part.map((byte) => (byte > 0x1f && byte < 0x7f ? String.fromCharCode(byte) : '.')).join(''),
    };
  });
}

/** JSON Lines (jsonlines.org): a message a line, the oldest first. `records`: newest first. */
export function jsonLines(records: readonly WireRecord[]): string {
  return records.toReversed().map(jsonLine).join('');
}

function jsonLine(record: WireRecord): string {
  const { number, atMs, direction, peer, linkId, name, size, fields, bytes } = record;
  const line = {
    number,
    at: new Date(atMs).toISOString(),
    direction,
    peer: peer ?? null,
    link: linkId,
    type: name,
    size,
    fields: fields ?? null,
    hex: toHex(bytes),
    cut: bytes.length < size,
  };
  return `${JSON.stringify(line)}\n`;
}

const clock = perLocale(
  (locale) =>
    new Intl.DateTimeFormat(locale, {
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      fractionalSecondDigits: 3,
      hourCycle: 'h23',
    }),
);

/** "14:03:07.125". */
export function preciseTime(atMs: number): string {
  return clock().format(atMs);
}
