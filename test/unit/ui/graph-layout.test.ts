import { expect, test } from 'vitest';
import { FRAME_BUDGET_MS, GraphLayout } from '../../../web/ui/network/graph-layout.ts';
import { networkGraph } from '../../../web/ui/network/graph-model.ts';
import { account, crowd } from './crowd.ts';
import { peer } from './snapshots.ts';

const OWN = account(999);
const WIDTH = 1100;
const HEIGHT = 600;

/** A clock that stands: every step is free. */
const still = (): number => 0;

function settle(layout: GraphLayout): void {
  let frames = 0;
  while (layout.advance(still)) expect(frames++).toBeLessThan(1_000);
}

function settled(count: number, beyond: number): GraphLayout {
  const layout = new GraphLayout();
  layout.show(networkGraph(OWN, crowd(count, beyond, 8)), WIDTH, HEIGHT);
  settle(layout);
  return layout;
}

test('this tab stands in the middle, the others inside and apart from each other', () => {
  const places = [...settled(30, 110).places()];
  expect(places).toHaveLength(120);
  expect(places[0]).toEqual([OWN, { x: WIDTH / 2, y: HEIGHT / 2 }]);
  for (const [i, [, a]] of places.entries()) {
    expect(a.x).toBeGreaterThan(20);
    expect(a.x).toBeLessThan(WIDTH - 20);
    expect(a.y).toBeGreaterThan(20);
    expect(a.y).toBeLessThan(HEIGHT - 20);
    for (const [, b] of places.slice(i + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(15);
  }
});

test('the same room lies alike each time', () => {
  expect(settled(6, 10).places()).toEqual(settled(6, 10).places());
});

test('news that change no link move nobody', () => {
  const layout = settled(6, 10);
  const before = layout.places();
  const peers = crowd(6, 10, 8).map((view) => ({ ...view, bytesIn: view.bytesIn + 1, tipId: 'a11' }));
  layout.show(networkGraph(OWN, peers), WIDTH, HEIGHT);
  expect(layout.advance(still)).toBe(false);
  expect(layout.places()).toEqual(before);
});

test('a newcomer starts near this tab, and the others stay about where they were', () => {
  const layout = settled(6, 10);
  const before = layout.places();
  const newcomer = account(500);
  const peers = [...crowd(6, 10, 8), peer({ key: newcomer, linkId: 'new' })];
  layout.show(networkGraph(OWN, peers), WIDTH, HEIGHT);
  const start = layout.places().get(newcomer);
  expect(Math.hypot((start?.x ?? 0) - WIDTH / 2, (start?.y ?? 0) - HEIGHT / 2)).toBeLessThan(60);
  for (const [key, place] of before) expect(layout.places().get(key)).toEqual(place);
  settle(layout);
  const moved = [...before].map(([key, { x, y }]) => {
    const now = layout.places().get(key);
    return Math.hypot((now?.x ?? 0) - x, (now?.y ?? 0) - y);
  });
  expect(moved.reduce((sum, px) => sum + px, 0) / moved.length).toBeLessThan(120);
});

test('a step that took the whole budget is the last one of its frame', () => {
  const layout = new GraphLayout();
  layout.show(networkGraph(OWN, crowd(30, 110, 8)), WIDTH, HEIGHT);
  let asked = 0;
  expect(layout.advance(() => asked++ * FRAME_BUDGET_MS)).toBe(true);
  expect(asked).toBe(2);
});
