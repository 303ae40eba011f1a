/**
 * The page's export and import of a chain file, and its check of the stored chain: one of each at a time, a new one
 * takes an older one's place.
 */
import type { ExportPlan, ExportReply, ImportReply } from '../node/archive-report.ts';
import type { CheckReply } from '../node/check-report.ts';
import { ChainCheck, type CheckContext } from './chain-check.ts';
import { ChainExport } from './chain-export.ts';
import { ChainImport, type ImportContext } from './chain-import.ts';
import type { ChainStore } from '../store/chain-store.ts';

export interface ArchiveDeskOptions extends Omit<ImportContext, 'settled'>, Pick<CheckContext, 'fetchLost'> {
  readonly store: ChainStore;
}

export class ArchiveDesk {
  readonly #options: ArchiveDeskOptions;
  #export: ChainExport | undefined;
  #import: ChainImport | undefined;
  #check: ChainCheck | undefined;

  constructor(options: ArchiveDeskOptions) {
    this.#options = options;
  }

  beginExport(): ExportPlan {
    const { chain, store } = this.#options;
    this.#export = new ChainExport(chain, store, store.completeFrom);
    return this.#export.plan;
  }

  async nextPiece(): Promise<ExportReply> {
    const running = this.#export;
    const reply: ExportReply = (await running?.next()) ?? { kind: 'stopped' };
    // Its list of blocks is as long as the chain.
    if ((reply.kind !== 'piece' || reply.isLast) && this.#export === running) this.#export = undefined;
    return reply;
  }

  stopExport(): undefined {
    this.#export = undefined;
  }

  /** `isFirst`: of a new import. */
  async takePiece(bytes: Uint8Array, isFirst: boolean, isLast: boolean): Promise<ImportReply> {
    if (isFirst) {
      this.stopImport();
      const { store, ...context } = this.#options;
      this.#import = new ChainImport({ ...context, settled: () => store.settled() });
    }
    const running = this.#import;
    const reply: ImportReply = (await running?.take(bytes, isLast)) ?? { kind: 'stopped' };
    if (reply.kind === 'done' && this.#import === running) this.#import = undefined;
    return reply;
  }

  /** `isFirst`: of a new check. */
  async checkOn(isFirst: boolean): Promise<CheckReply> {
    if (isFirst) {
      this.stopCheck();
      this.#check = new ChainCheck(this.#options);
    }
    const running = this.#check;
    const reply: CheckReply = (await running?.next()) ?? { kind: 'stopped' };
    if (reply.kind === 'done' && this.#check === running) this.#check = undefined;
    return reply;
  }

  stopCheck(): undefined {
    this.#check?.stop();
    this.#check = undefined;
  }

  stopImport(): undefined {
    this.#import?.stop();
    this.#import = undefined;
  }
}
