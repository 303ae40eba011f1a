/** What has passed over the wire while it was watched, as much of it as is kept, and which of it is wanted. */
import type { AccountId } from '../../core/hash.ts';
import type { MessageName } from '../../node/messages.ts';
import type { WireDirection, WireRecord } from '../../node/wire-record.ts';

/** Some minutes of a busy room, and at most 5 MB. The oldest go. */
export const MAX_RECORDS = 2_000;

/** What is undefined lets everything through. */
export interface WireFilter {
  readonly direction: WireDirection | undefined;
  readonly name: MessageName | undefined;
  /** As `whoOf` names it. */
  readonly who: string | undefined;
}

export const everything: WireFilter = { direction: undefined, name: undefined, who: undefined };

/** Keys by link. */
export type LinkKeys = ReadonlyMap<string, AccountId>;

/** Newest first. `records`: newest first; `news`: as they came, the oldest first. */
export function withNews(records: readonly WireRecord[], news: readonly WireRecord[]): readonly WireRecord[] {
  return [...news.toReversed(), ...records].slice(0, MAX_RECORDS);
}

/** The first messages of a link come before its peer has proved its key: the later ones tell whose they were. */
export function linkKeys(records: readonly WireRecord[]): LinkKeys {
  const keys = new Map<string, AccountId>();
  for (const { linkId, peer } of records) if (peer !== undefined) keys.set(linkId, peer);
  return keys;
}

/** The peer's key, or its link's id while it has none. */
export function whoOf({ linkId, peer }: WireRecord, keys: LinkKeys): string {
  return peer ?? keys.get(linkId) ?? linkId;
}

/** Keys are 32 bytes in hex, and links' ids 16. */
export function isKey(who: string): boolean {
  return who.length === 64;
}

export function everybodyIn(records: readonly WireRecord[], keys: LinkKeys): readonly string[] {
  return [...new Set(records.map((record) => whoOf(record, keys)))].sort();
}

export function filtered(
  records: readonly WireRecord[],
  filter: WireFilter,
  keys: LinkKeys,
): readonly WireRecord[] {
  const { direction, name, who } = filter;
  if (direction === undefined && name === undefined && who === undefined) return records;
  return records.filter(
    (record) =>
      (direction === undefined || record.direction === direction) &&
      (name === undefined || record.name === name) &&
      (who === undefined || whoOf(record, keys) === who),
  );
}
