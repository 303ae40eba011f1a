/**
 * Test data that nobody here wrote: real headers and blocks, other projects'
 * vectors. It is data only and lies beside the checkout, not in it; where it
 * is absent, its tests are skipped and their title says why.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe } from 'vitest';

const FOLDER = new URL('../../shared/vectors/', import.meta.url);

export function describeVectors(name: string, tests: () => void): void {
  if (existsSync(FOLDER)) describe(name, tests);
  else describe.skip(`${name} (skipped: there is no ../shared/vectors)`, tests);
}

export function vectorBytes(path: string): Uint8Array {
  return existsSync(FOLDER) ? new Uint8Array(readFileSync(new URL(path, FOLDER))) : new Uint8Array();
}

export function vectorText(path: string): string {
  return new TextDecoder().decode(vectorBytes(path));
}

/** `T` is what the caller knows of the file. An empty list where there are no vectors. */
export function vectorCases<T>(path: string): readonly T[] {
  const text = vectorText(path);
  if (text === '') return [];
  const data = JSON.parse(text) as readonly T[] | { readonly cases: readonly T[] };
  return 'cases' in data ? data.cases : data;
}
