/** What a chart draws, and its table says: points along one axis, and a value of each line at each of them. */
import type { HeightPoint, TimePoint } from './block-series.ts';

export interface ChartLine {
  readonly label: string;
  /** A token of tokens.css, without its dashes: `accent`. */
  readonly colour: 'accent' | 'good' | 'busy' | 'faded';
  /** Colour never tells alone. */
  readonly dashed?: boolean;
  /** As many as the chart has points; undefined where there is none. */
  readonly values: readonly (number | undefined)[];
}

export interface ChartData {
  readonly x: readonly number[];
  readonly lines: readonly ChartLine[];
}

type LineLook = Omit<ChartLine, 'values'>;

/** One line by height, and a straight one to compare it with, if there is one. */
export function byHeight(
  points: readonly HeightPoint[],
  look: LineLook,
  goal?: { readonly look: LineLook; readonly value: number },
): ChartData {
  const line = { ...look, values: points.map(({ value }) => value) };
  const goalLine = goal && { ...goal.look, values: points.map(() => goal.value) };
  return { x: points.map(({ height }) => height), lines: goalLine ? [line, goalLine] : [line] };
}

/** Lines whose points lie at different times, over all of their times since `fromS`. */
export function byTime(
  lines: readonly { readonly look: LineLook; readonly points: readonly TimePoint[] }[],
  fromS: number,
): ChartData {
  const recent = lines.map(({ points }) => points.filter(({ time }) => time >= fromS));
  const x = [...new Set(recent.flatMap((points) => points.map(({ time }) => time)))].sort((a, b) => a - b);
  return {
    x,
    lines: lines.map(({ look }, i) => {
      const values = new Map((recent[i] ?? []).map(({ time, value }) => [time, value]));
      return { ...look, values: x.map((time) => values.get(time)) };
    }),
  };
}
