import { expect, test } from 'vitest';
import { nextNode } from '../../../web/ui/network/graph-walk.ts';

/** As on a clock, `far` behind `three`. */
const places = new Map(
  Object.entries({
    middle: { x: 0, y: 0 },
    twelve: { x: 5, y: -100 },
    three: { x: 100, y: 5 },
    six: { x: -5, y: 100 },
    nine: { x: -100, y: -5 },
    far: { x: 220, y: 0 },
  }),
);

test.each([
  ['middle', 'ArrowUp', 'twelve'],
  ['middle', 'ArrowRight', 'three'],
  ['middle', 'ArrowDown', 'six'],
  ['middle', 'ArrowLeft', 'nine'],
  ['three', 'ArrowRight', 'far'],
  ['far', 'ArrowLeft', 'three'],
  ['far', 'ArrowRight', undefined],
  ['middle', 'Enter', undefined],
  ['nobody', 'ArrowUp', undefined],
])('from %s, %s leads to %s', (from, arrow, to) => {
  expect(nextNode(places, from, arrow)).toBe(to);
});

test('what lies straight on comes before what is nearer and aside', () => {
  const around = new Map([
    ['here', { x: 0, y: 0 }],
    ['aside', { x: 30, y: 60 }],
    ['ahead', { x: 90, y: 0 }],
  ]);
  expect(nextNode(around, 'here', 'ArrowRight')).toBe('ahead');
});
