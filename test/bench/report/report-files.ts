/** Where benchmarks leave what they have measured, and the page that is made of it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeReport } from './report-page.ts';
import type { AnyMeasurement } from './section.ts';
import { SUITE } from './suite.ts';

const DOCS = join(import.meta.dirname, '../../../docs');
const FOLDER = 'benchmarks';

export function measurementFile(benchmark: string): string {
  mkdirSync(join(DOCS, FOLDER), { recursive: true });
  return join(DOCS, FOLDER, `${benchmark}.json`);
}

export function forgetMeasurement(benchmark: string): void {
  rmSync(measurementFile(benchmark), { force: true });
}

/** Makes the page anew out of what is there. */
export function writeReport(): void {
  const measurements = new Map<string, AnyMeasurement>();
  for (const { name } of SUITE) {
    const file = measurementFile(name);
    if (existsSync(file)) measurements.set(name, JSON.parse(readFileSync(file, 'utf8')) as AnyMeasurement);
  }
  const { page, pictures } = makeReport(SUITE, measurements, FOLDER);
  for (const name of readdirSync(join(DOCS, FOLDER)))
    if (name.endsWith('.svg') && !pictures.has(name)) rmSync(join(DOCS, FOLDER, name));
  for (const [name, picture] of pictures) writeFileSync(join(DOCS, FOLDER, name), picture);
  writeFileSync(join(DOCS, `${FOLDER}.md`), page);
  console.log(`docs/${FOLDER}.md is made of ${[...measurements.keys()].join(', ') || 'nothing'}.`);
}
