/** Draws lines over an axis as an SVG that is legible on light and on dark, by its own style. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  /** What the others are measured against: drawn dashed. */
  readonly isBound?: boolean;
}

export interface Plot {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** For lengths that grow tenfold. */
  readonly isLogX?: boolean;
  /** One color for what belongs together; at most COLORS. */
  readonly series: readonly Series[];
}

const WIDTH = 720;
const HEIGHT = 400;
const LEFT = 76;
const RIGHT = 36;
const BOTTOM = 58;
/** Of the title; each row of the legend comes below. */
const TITLE_HEIGHT = 44;
const LEGEND_ROW = 20;
const LEGEND_COLUMNS = 2;
const MARKED_POINTS = 12;
const TICKS = 6;

/** Told apart by those who see red and green alike, too; on light and on dark. */
const COLORS = [
  ['#2a78d6', '#5a9ff0'],
  ['#d9541e', '#f0804f'],
  ['#12805c', '#2fb98c'],
  ['#7a3fb0', '#b08ae6'],
] as const;

const STYLE = `
  .paper { fill: #ffffff } text { fill: #1c1f24; font: 13px system-ui, sans-serif }
  .title { font-size: 15px; font-weight: 600 } .tick { fill: #59616b; font-size: 12px }
  .grid { stroke: #e3e6ea; stroke-width: 1 } .axis { stroke: #8a929c; stroke-width: 1 }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round } .bound { stroke-dasharray: 6 4 }
  ${COLORS.map(([light], n) => `.s${n} { stroke: ${light} } .d${n} { fill: ${light} }`).join(' ')}
  @media (prefers-color-scheme: dark) {
    .paper { fill: #14171b } text { fill: #e8eaed } .tick { fill: #a4acb6 }
    .grid { stroke: #2a2f36 } .axis { stroke: #6d7580 }
    ${COLORS.map(([, dark], n) => `.s${n} { stroke: ${dark} } .d${n} { fill: ${dark} }`).join(' ')}
  }`;

/** @throws Error where nothing is to be drawn. */
export function drawPlot({ title, xTitle, yTitle, isLogX = false, series }: Plot): string {
  const points = series.flatMap((one) => one.points);
  if (points.length === 0) throw new Error(`nothing to draw in "${title}"`);
  const top = TITLE_HEIGHT + Math.ceil(series.length / LEGEND_COLUMNS) * LEGEND_ROW;
  const yTicks = niceTicks(Math.max(...points.map(({ y }) => y)));
  const xTicks = ticksOfX(points.map(({ x }) => x));
  const scaled = (x: number): number => (isLogX ? Math.log10(x) : x);
  const [least, most] = [scaled(xTicks[0] ?? 0), scaled(xTicks.at(-1) ?? 1)];
  const yMost = yTicks.at(-1) ?? 1;
  const atX = (x: number): number =>
    LEFT + ((scaled(x) - least) / (most - least || 1)) * (WIDTH - LEFT - RIGHT);
  const atY = (y: number): number => HEIGHT - BOTTOM - (y / yMost) * (HEIGHT - BOTTOM - top);

  const grid = yTicks.map(
    (y) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(atY(y))}" y2="${at(atY(y))}"/>` +
      `<text class="tick" x="${LEFT - 8}" y="${at(atY(y) + 4)}" text-anchor="end">${told(y)}</text>`,
  );
  const marks = xTicks.map(
    (x) =>
      `<line class="axis" x1="${at(atX(x))}" x2="${at(atX(x))}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM + 5}"/>` +
      `<text class="tick" x="${at(atX(x))}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${told(x)}</text>`,
  );
  const lines = series.map((one, n) => drawSeries(one, n, ({ x, y }) => `${at(atX(x))},${at(atY(y))}`));
  const legend = series.map(({ name, isBound }, n) => {
    const x = LEFT + (n % LEGEND_COLUMNS) * ((WIDTH - LEFT - RIGHT) / LEGEND_COLUMNS);
    const y = TITLE_HEIGHT + Math.floor(n / LEGEND_COLUMNS) * LEGEND_ROW;
    return (
      `<line class="line ${classOf(n, isBound)}" x1="${at(x)}" x2="${at(x + 26)}" y1="${y - 4}" y2="${y - 4}"/>` +
      `<text x="${at(x + 34)}" y="${y}">${escaped(name)}</text>`
    );
  });
  const middle = (HEIGHT - BOTTOM + top) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>`,
    `<text class="title" x="16" y="24">${escaped(title)}</text>`,
    ...legend,
    ...grid,
    `<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM}"/>`,
    ...marks,
    `<text x="${at((LEFT + WIDTH - RIGHT) / 2)}" y="${HEIGHT - 14}" text-anchor="middle">${escaped(xTitle)}</text>`,
    `<text transform="translate(20 ${at(middle)}) rotate(-90)" text-anchor="middle">${escaped(yTitle)}</text>`,
    ...lines,
    '</svg>\n',
  ].join('\n');
}

function drawSeries({ points, isBound }: Series, n: number, place: (point: Point) => string): string {
  const line = `<polyline class="line ${classOf(n, isBound)}" points="${points.map(place).join(' ')}"/>`;
  // Of many, each would hide the next.
  if (points.length > MARKED_POINTS) return line;
  const dots = points.map((point) => {
    const [x, y] = place(point).split(',');
    return `<circle class="d${n % COLORS.length}" cx="${x}" cy="${y}" r="3.5"/>`;
  });
  return [line, ...dots].join('');
}

function classOf(n: number, isBound = false): string {
  return `s${n % COLORS.length}${isBound ? ' bound' : ''}`;
}

/** The values themselves where there are few, else round ones. */
function ticksOfX(values: readonly number[]): number[] {
  const own = [...new Set(values)].sort((a, b) => a - b);
  return own.length <= TICKS ? own : niceTicks(own.at(-1) ?? 1);
}

/** From 0 up to at least `most`, in steps of 1, 2 or 5 times a power of ten. */
export function niceTicks(most: number): number[] {
  if (!(most > 0)) return [0, 1];
  const rough = most / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: Math.max(count, 1) + 1 }, (_, n) => Number((n * step).toPrecision(12)));
}

/** A coordinate. */
function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function told(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 3 });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
