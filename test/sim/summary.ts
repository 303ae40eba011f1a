/** What a simulation comes to in numbers. */
import { blockSize } from '../../web/core/block.ts';
import { quantile } from './block-log.ts';
import type { SimNode } from './sim-node.ts';
import type { Simulation } from './simulation.ts';
import type { MessageCount } from './wire-tap.ts';

export interface Summary {
  readonly seed: number;
  readonly nodes: number;
  readonly virtualSeconds: number;
  /** From a find to another node's having the block; one value for each block and node. */
  readonly propagationMs: Quantiles;
  readonly hops: Quantiles;
  /** Received, of all kinds: on average by one node in the time of one found block. */
  readonly bytesPerNodePerBlock: number;
  readonly messagesPerNodePerBlock: number;
  /** Whole blocks that came to a node which had them already, of all whole blocks that came. */
  /** The same by message. */
  readonly received: Readonly<Record<string, MessageCount>>;
  readonly duplicates: { readonly wholeBlocks: number; readonly duplicates: number; readonly share: number };
  readonly blocksFound: number;
  /** Of the found blocks, those that are not in the final chain. */
  readonly staleRate: number;
  readonly largestNodeBytes: number;
  readonly tips: Readonly<Record<string, number>>;
  readonly trace: string;
}

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/**
 * Bytes of the heap that one of each takes, with what hangs on it. Measured
 * on Node.js 20 as differences of the used heap between a thousand and ten
 * thousand of them.
 */
const ENTRY_BYTES = 700;
const BODY_BYTES = 3_000;
/** A decoded and hashed transaction, by its encoded size. */
const POOLED_FACTOR = 8;
const PEER_BYTES = 30_000;

export function summarise(simulation: Simulation): Summary {
  const { log, tap, nodes, queue } = simulation;
  log.finish();
  const alive = simulation.alive;
  const tips: Record<string, number> = {};
  for (const { tip } of alive) {
    const name = `${tip.height} ${tip.id.slice(0, 16)}`;
    tips[name] = (tips[name] ?? 0) + 1;
  }
  const blocks = Math.max(log.found.length, 1);
  const perNodeAndBlock = 1 / (blocks * Math.max(nodes.length, 1));
  const best = alive.reduce<SimNode | undefined>(
    (a, b) => (a && a.tip.work >= b.tip.work ? a : b),
    undefined,
  );
  const stale = log.found.filter(({ id }) => {
    const entry = best?.node.chain.index.get(id);
    return !entry || !best?.node.chain.isActive(entry);
  });
  return {
    seed: simulation.seed,
    nodes: nodes.length,
    virtualSeconds: Math.round((queue.nowMs - simulation.startedAtMs) / 1000),
    propagationMs: quantiles(log.delaysMs),
    hops: quantiles(log.hops),
    bytesPerNodePerBlock: Math.round(tap.total.bytes * perNodeAndBlock),
    messagesPerNodePerBlock: Math.round(tap.total.messages * perNodeAndBlock * 10) / 10,
    received: Object.fromEntries(tap.counts),
    duplicates: {
      wholeBlocks: tap.wholeBlocks,
      duplicates: tap.duplicateBlocks,
      share: tap.duplicateBlocks / Math.max(tap.wholeBlocks, 1),
    },
    blocksFound: log.found.length,
    staleRate: stale.length / blocks,
    largestNodeBytes: Math.max(...alive.map(estimatedBytes), 0),
    tips,
    trace: simulation.trace.toString(),
  };
}

/** What a node's largest structures take, by counting what is in them. */
export function estimatedBytes({ node }: SimNode): number {
  const { index, residentBodies, tip } = node.chain;
  const body = node.chain.body(tip.id);
  const bodyBytes = BODY_BYTES + (body ? POOLED_FACTOR * blockSize(body) : 0);
  return (
    index.size * ENTRY_BYTES +
    residentBodies * bodyBytes +
    node.mempool.bytes * POOLED_FACTOR +
    [...node.peers].length * PEER_BYTES
  );
}

function quantiles(values: readonly number[]): Quantiles {
  const at = (part: number) => Math.round(quantile(values, part) ?? 0);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
