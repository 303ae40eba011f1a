import type { EngineClient } from '../engine-client.ts';
import { CheckRun } from './check-run.svelte.ts';
import { ExportRun } from './export-run.svelte.ts';
import { ImportRun } from './import-run.svelte.ts';

export interface ArchiveRuns {
  readonly save: ExportRun;
  readonly load: ImportRun;
  readonly check: CheckRun;
}

const runs = new WeakMap<EngineClient, ArchiveRuns>();

/** The same each time: a dialog may be closed while a file is saved, and opened again. */
export function archiveRuns(client: EngineClient): ArchiveRuns {
  const known = runs.get(client) ?? {
    save: new ExportRun(client),
    load: new ImportRun(client),
    check: new CheckRun(client),
  };
  runs.set(client, known);
  return known;
}
