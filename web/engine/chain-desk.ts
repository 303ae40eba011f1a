/** Answers the page's questions about the chain, its file and the node's key, and runs its searches. */
import type { Ledger } from '../core/ledger.ts';
import type { AccountId, BlockId } from '../core/hash.ts';
import { readActiveBlocks, type HeightRange } from '../node/block-reader.ts';
import type { ChainQuery } from '../node/chain-query.ts';
import { ChainSearch, type SearchProgress } from '../node/chain-search.ts';
import { keyText, readKeyText } from '../node/key-text.ts';
import type { Node } from '../node/node.ts';
import type { Store } from '../node/ports.ts';
import type { BlockDetail, BlockSummary } from '../node/snapshot.ts';
import { blockDetail, blockSummary } from '../node/views.ts';
import type { ArchiveDesk } from './archive-desk.ts';
import type { Answer, KeyResult, Question } from './messages.ts';

/** Names are looked for among these: 400 kB of ids, and more accounts than a room of people has. */
export const MAX_ACCOUNTS = 5_000;
/** A page shows two at a time. One more stops the oldest, whose asker must be gone. */
const MAX_SEARCHES = 4;

export interface ChainDeskOptions {
  readonly node: Node;
  readonly store: Store;
  readonly archive: ArchiveDesk;
  /** Ed25519, 32 bytes. */
  readonly secretKey: Uint8Array;
  /** Rejects if it can't be stored. */
  readonly replaceKey: (secretKey: Uint8Array) => Promise<void>;
  readonly onProgress: (requestId: number, progress: SearchProgress) => void;
}

export class ChainDesk {
  readonly #options: ChainDeskOptions;
  /** In the order in which they were begun. */
  readonly #searches = new Map<number, ChainSearch>();

  constructor(options: ChainDeskOptions) {
    this.#options = options;
  }

  async answer(question: Question): Promise<Answer> {
    const { archive, node, secretKey } = this.#options;
    const { kind } = question;
    switch (kind) {
      case 'summaries':
        return { kind, value: await this.#summaries(question.range) };
      case 'block':
        return { kind, value: this.#block(question.id) };
      case 'accounts':
        return { kind, value: busiest(node.chain.ledger) };
      case 'account':
        return { kind, value: node.chain.ledger.get(question.account) };
      case 'key':
        return { kind, value: keyText(secretKey) };
      case 'read-key':
        return { kind, value: readKey(question.text) };
      case 'replace-key':
        return { kind, value: await this.#replaceKey(question.text) };
      case 'export-begin':
        return { kind, value: archive.beginExport() };
      case 'export-next':
        return { kind, value: await archive.nextPiece() };
      case 'export-stop':
        return { kind, value: archive.stopExport() };
      case 'import-piece':
        return { kind, value: await archive.takePiece(question.bytes, question.isFirst, question.isLast) };
      case 'import-stop':
        return { kind, value: archive.stopImport() };
      case 'check-next':
        return { kind, value: await archive.checkOn(question.isFirst) };
      case 'check-stop':
        return { kind, value: archive.stopCheck() };
    }
  }

  search(requestId: number, query: ChainQuery, range: HeightRange): void {
    for (const oldest of this.#searches.keys()) {
      if (this.#searches.size < MAX_SEARCHES) break;
      this.stop(oldest);
    }
    const { node, store, onProgress } = this.#options;
    const context = {
      chain: node.chain,
      mempool: node.mempool,
      store,
      later: (run: () => void) => void setTimeout(run),
      onProgress: (progress: SearchProgress) => {
        if (progress.end !== undefined) this.#searches.delete(requestId);
        onProgress(requestId, progress);
      },
    };
    this.#searches.set(requestId, new ChainSearch(context, query, range));
  }

  stop(requestId: number): void {
    this.#searches.get(requestId)?.stop();
    this.#searches.delete(requestId);
  }

  #summaries(range: HeightRange): Promise<readonly BlockSummary[]> {
    const { node, store } = this.#options;
    return new Promise((resolve) => {
      readActiveBlocks(node.chain, store, range, (blocks) =>
        resolve(blocks.map(({ entry, block }) => blockSummary(entry, block, node.heard(entry.id)))),
      );
    });
  }

  #block(id: BlockId): BlockDetail | undefined {
    const { node } = this.#options;
    const entry = node.chain.index.get(id);
    const body = node.chain.body(id);
    return entry && body && blockDetail(entry, body, node.heard(id) ?? node.stale.heard(id));
  }

  async #replaceKey(text: string): Promise<KeyResult> {
    const read = readKeyText(text);
    if (!read.ok) return read;
    try {
      await this.#options.replaceKey(read.secretKey);
    } catch {
      // Refused, full or deleted: the chain's own store tells the page which.
      return { ok: false, problem: 'not-stored' };
    }
    return { ok: true, account: read.account };
  }
}

function readKey(text: string): KeyResult {
  const read = readKeyText(text);
  return read.ok ? { ok: true, account: read.account } : read;
}

function busiest(ledger: Ledger): readonly AccountId[] {
  return ledger
    .accounts()
    .sort((a, b) => b.nonce - a.nonce)
    .slice(0, MAX_ACCOUNTS)
    .map(({ account }) => account);
}
