import type { RoomFigures } from '../propagation/figures.ts';
import { figure, figureColumns, spread, table } from './markdown.ts';
import type { Plot } from './plot.ts';
import type { Section } from './section.ts';

const GOAL_MS = 300;

export function propagationSection(all: readonly RoomFigures[]): Section {
  const messages = all[0]?.compact.messages ?? 0;
  const body = [
    'So many tabs of one window on this machine are a mesh; the one in front writes messages and seals them, the others are ' +
      'hidden, as tabs of one window are, and draw nothing. From the moment in which it has found a block until each other tab has verified and accepted it, in ms: p50 / p95 / most. The bound is a ' +
      'bare flood of 300 bytes over data channels in the same tabs and the same graph. The goal is a p95 of ' +
      `${GOAL_MS} ms at 40 tabs.`,
    table(
      figureColumns(
        'tabs (links each)',
        'a message just written',
        `${messages} known messages, compact`,
        `${messages} known messages, whole blocks`,
        'bound: bare flood',
        'message written to sealed',
      ),
      all.map(({ tabs, links, single, compact, whole, floodMs }) => [
        `${tabs} (${figure(links)})`,
        ...[single.acceptedMs, compact.acceptedMs, whole.acceptedMs, floodMs, single.sealedMs].map(spread),
      ]),
    ),
    '{{propagation}}',
    'What a node receives for each block, in bytes:',
    table(
      figureColumns(
        'tabs',
        'message and its block',
        `${messages} known, compact`,
        `${messages} known, whole`,
      ),
      all.map(({ tabs, single, compact, whole }) => [
        String(tabs),
        ...[single.bytes, compact.bytes, whole.bytes].map((bytes) => figure(Math.round(bytes))),
      ]),
    ),
  ].join('\n\n');
  return { title: 'Propagation', body, plots: { propagation: propagationPlot(all, messages) } };
}

function propagationPlot(all: readonly RoomFigures[], messages: number): Plot {
  const over = (of: (figures: RoomFigures) => number) => all.map((room) => ({ x: room.tabs, y: of(room) }));
  return {
    title: `A block with ${messages} known messages reaches the room`,
    xTitle: 'tabs in the room, all on this machine',
    yTitle: 'ms from found to accepted',
    series: [
      { name: 'compact blocks, p95', points: over(({ compact }) => compact.acceptedMs.p95) },
      { name: 'compact blocks, p50', points: over(({ compact }) => compact.acceptedMs.p50) },
      { name: 'whole blocks, p95', points: over(({ whole }) => whole.acceptedMs.p95) },
      { name: 'bound: bare flood, p95', points: over(({ floodMs }) => floodMs.p95), isBound: true },
    ],
  };
}
