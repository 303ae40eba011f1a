import { describe, expect, test } from 'vitest';
import { ROOM } from '../../web/core/params.ts';
import { absoluteRule, cappedAboveRule, roomRule, type Rule } from './difficulty-room.ts';
import { playScene, SCENES } from './difficulty-scenes.ts';

const SEED = 1;
const ours = roomRule('this rule', ROOM);

/** The first number, a mean, of the scene whose title begins so. */
function mean(title: string, rule: Rule, trials = 20): number {
  const scene = SCENES.find((each) => each.title.startsWith(title));
  if (!scene) throw new Error(`no scene "${title}"`);
  return playScene({ ...scene, trials }, rule, SEED)[0] as number;
}

describe('in the simulation', () => {
  test('blocks keep their spacing, whatever miners stamp', () => {
    for (const title of ['10 tabs, steady: spacing', '30% stamp 90 s ahead: spacing', '50% stamp']) {
      expect(Math.abs(mean(title, ours, 3) - 15), title).toBeLessThan(0.5);
    }
  });

  test('a night without blocks owes a minute of haste, not an hour', () => {
    expect(mean('10 tabs sleep', ours)).toBeLessThan(20);
    expect(mean('10 tabs sleep', absoluteRule('absolute', ROOM), 2)).toBeGreaterThan(500);
  });

  test('one tab left of thirty still gets a block, thanks to relief', () => {
    const withoutRelief = roomRule('no relief', { ...ROOM, reliefMaxDoublings: 0 });
    expect(mean('30 tabs become one: time to its first', ours, 100)).toBeLessThan(300);
    expect(mean('30 tabs become one: time to its first', withoutRelief, 100)).toBeGreaterThan(300);
  });

  test('the oldest lawful time after a night stops nobody', () => {
    expect(mean('one of 10 stamps the oldest', ours)).toBeLessThan(150);
    expect(mean('one of 10 stamps the oldest', cappedAboveRule('capped above', ROOM), 5)).toBeGreaterThan(
      1000,
    );
  });

  test('one seed gives one table', () => {
    for (const scene of SCENES) {
      const short = { ...scene, trials: 2 };
      expect(playScene(short, ours, SEED)).toEqual(playScene(short, ours, SEED));
    }
  });
});
