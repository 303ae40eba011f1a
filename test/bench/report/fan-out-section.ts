import type { FanOutFigures } from '../fan-out/figures.ts';
import { figureColumns, spread, table } from './markdown.ts';
import type { Section } from './section.ts';

export function fanOutSection(all: readonly FanOutFigures[]): Section {
  const { messages = 0, bytes = 0 } = all[0] ?? {};
  const body = [
    `${messages} messages of ${bytes} bytes, one after another, from one tab to so many others of this machine: from given away ` +
      'by the page until each other page has it, in ms: p50 / p95 / most. In tabchain a message is signed, announced and asked ' +
      'for hop by hop through a mesh of 4 to 12 links each, and verified before it is passed on. ' +
      '[y-webrtc](https://github.com/yjs/y-webrtc), on the same simple-peer, sends it to each by a link of its own, neither ' +
      'signed nor verified; nor is what a bare channel carries.',
    table(
      figureColumns('receivers', 'tabchain', 'y-webrtc', 'bound: bare channels'),
      all.map(({ receivers, tabchainMs, yWebrtcMs, bareMs }) => [
        String(receivers),
        ...[tabchainMs, yWebrtcMs, bareMs].map(spread),
      ]),
    ),
  ].join('\n\n');
  return { title: 'Messages to everybody', body, plots: {} };
}
