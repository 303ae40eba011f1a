/** Where each field lies in the 80 bytes of a header, for colouring them. */
import type { BlockDetail } from '../../node/snapshot.ts';

export const headerFields = [
  { name: 'version', bytes: 4 },
  { name: 'prevHash', bytes: 32 },
  { name: 'merkleRoot', bytes: 32 },
  { name: 'time', bytes: 4 },
  { name: 'bits', bytes: 4 },
  { name: 'nonce', bytes: 4 },
] as const;

export type HeaderFieldName = (typeof headerFields)[number]['name'];

export interface HeaderByte {
  readonly offset: number;
  readonly hex: string;
  readonly field: HeaderFieldName;
}

export function headerBytes(header: BlockDetail['header']): readonly HeaderByte[] {
  const fieldOfByte = headerFields.flatMap(({ name, bytes }) => Array<HeaderFieldName>(bytes).fill(name));
  return fieldOfByte.map((field, offset) => ({
    offset,
    field,
    hex: header.slice(2 * offset, 2 * offset + 2),
  }));
}
