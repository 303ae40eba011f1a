/** uPlot, told what our charts look like. The only file that knows it. */
import UPlot, { type AlignedData, type Options } from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { ChartData } from './chart-data.ts';

const HEIGHT_PX = 200;
const X_AXIS_PX = 28;
const Y_AXIS_PX = 64;
/** Steps of the horizontal axis: heights are whole, and a time is written without its seconds. */
const WHOLE = [1, 2, 5, 10, 20, 50, 100];
const MINUTES = [1, 2, 5, 10, 15, 30].map((minutes) => 60 * minutes);
/** 0.1, 0.2, 0.5, 1, and so on: no step needs more digits than its label has. */
const STEPS = Array.from({ length: 48 }, (_, i) => ([1, 2, 5][i % 3] ?? 1) * 10 ** (Math.floor(i / 3) - 1));
/** A chart of times spans at least this, so that there is a minute to write. */
const MIN_SPAN_S = 300;
const FONT = '12px system-ui, sans-serif';

export interface PlotLook {
  readonly xFormat: (x: number) => string;
  readonly yFormat: (y: number) => string;
  /** Is the horizontal axis time? Then uPlot chooses round times. */
  readonly time: boolean;
  /** The point under the pointer, undefined if there is none. */
  readonly onpoint: (index: number | undefined) => void;
}

export interface Plot {
  show(data: ChartData): void;
  destroy(): void;
}

/** Draws into `host` and follows its width. Colours are taken from its tokens, once. */
export function createPlot(host: HTMLElement, data: ChartData, look: PlotLook): Plot {
  const colour = (token: string) => resolved(host, token);
  const axis = { stroke: colour('faded'), font: FONT, ticks: { show: false } };
  const options: Options = {
    width: host.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    // No zoom by dragging: nothing on the page could undo it by keyboard.
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: {
        time: look.time,
        range: (_, min, max) => [look.time ? Math.min(min, max - MIN_SPAN_S) : min, max],
      },
      y: { range: (_, min, max) => [Math.min(0, min), max > 0 ? 1.1 * max : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 80,
        size: X_AXIS_PX,
        incrs: look.time ? MINUTES : WHOLE,
        values: (_, splits) => splits.map(look.xFormat),
      },
      {
        ...axis,
        size: Y_AXIS_PX,
        incrs: STEPS,
        grid: { stroke: colour('rule'), width: 1 },
        values: (_, splits) => splits.map(look.yFormat),
      },
    ],
    series: [
      {},
      ...data.lines.map(({ label, colour: token, dashed = false }) => ({
        label,
        stroke: colour(token),
        width: 2,
        spanGaps: true,
        points: { show: !dashed && data.x.length < 60, size: 5 },
        ...(dashed ? { dash: [6, 4] } : {}),
      })),
    ],
    hooks: { setCursor: [({ cursor }) => look.onpoint(cursor.idx ?? undefined)] },
  };
  const plot = new UPlot(options, aligned(data), host);
  const resize = new ResizeObserver(() => plot.setSize({ width: host.clientWidth, height: HEIGHT_PX }));
  resize.observe(host);
  return {
    show: (next) => plot.setData(aligned(next)),
    destroy() {
      resize.disconnect();
      plot.destroy();
    },
  };
}

function aligned({ x, lines }: ChartData): AlignedData {
  return [[...x], ...lines.map(({ values }) => [...values])];
}

/** A token's colour in the theme of the moment: a canvas does not know `light-dark()`. */
function resolved(host: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--${token})`;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
