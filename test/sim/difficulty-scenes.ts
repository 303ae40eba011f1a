/** What the difficulty rule has to live through, each scene with the number that tells how it went. */
import { SeededRandom } from './seeded-random.ts';
import { SimRoom, type Miner, type Rule, type SimBlock } from './difficulty-room.ts';

export interface SimScene {
  readonly title: string;
  readonly unit: string;
  /** How the trials' numbers become one or two. */
  readonly summary: readonly Summary[];
  readonly trials: number;
  readonly play: (rule: Rule, random: SeededRandom) => number;
}

export type Summary = 'mean' | 'p95';

const NIGHT = 8 * 3600;
const tabs = (count: number): Miner => ({ tabs: count });

/** From the start of a stretch to its end, the longest time without a block. */
function longestGap(blocks: readonly SimBlock[], from: number, to: number): number {
  let longest = 0;
  let last = from;
  for (const { foundAt } of blocks) {
    longest = Math.max(longest, foundAt - last);
    last = foundAt;
  }
  return Math.max(longest, to - last);
}

/** Seconds for each block of `count` after a warm-up, with these miners from the start. */
function spacing(rule: Rule, miners: readonly Miner[], random: SeededRandom): number {
  const room = new SimRoom(
    rule,
    miners.reduce((sum, miner) => sum + miner.tabs, 0),
    random,
  );
  room.mine(miners, Infinity, (found) => found === 100);
  const start = room.now;
  room.mine(miners, Infinity, (found) => found === 500);
  return (room.now - start) / 500;
}

const AHEAD: NonNullable<Miner['stamp']> = (now) => now + 90;
const ONE_LATER: NonNullable<Miner['stamp']> = (_, __, parentTime) => parentTime + 1;
const AS_OLD_AS_CAN_BE: NonNullable<Miner['stamp']> = (_, median) => median + 1;

export const SCENES: readonly SimScene[] = [
  {
    title: '10 tabs, steady: spacing',
    unit: 's',
    summary: ['mean'],
    trials: 10,
    play: (rule, random) => spacing(rule, [tabs(10)], random),
  },
  {
    title: '10 tabs, steady: longest gap of an hour',
    unit: 's',
    summary: ['mean', 'p95'],
    trials: 40,
    play: (rule, random) => {
      const room = new SimRoom(rule, 10, random);
      const start = room.now;
      return longestGap(room.mine([tabs(10)], 3600), start, room.now);
    },
  },
  {
    title: '10 tabs sleep 8 h, then go on: blocks in the first minute',
    unit: '',
    summary: ['mean', 'p95'],
    trials: 40,
    play: (rule, random) => {
      const room = new SimRoom(rule, 10, random);
      room.idle(NIGHT);
      return room.mine([tabs(10)], 60).length;
    },
  },
  {
    title: '30 tabs become one: time to its first block',
    unit: 's',
    summary: ['mean', 'p95'],
    trials: 400,
    play: (rule, random) => {
      const room = new SimRoom(rule, 30, random);
      const start = room.now;
      room.mine([tabs(1)], 86_400, (found) => found === 1);
      return room.now - start;
    },
  },
  {
    title: '30 tabs become one: time to its tenth block',
    unit: 's',
    summary: ['mean', 'p95'],
    trials: 200,
    play: (rule, random) => {
      const room = new SimRoom(rule, 30, random);
      const start = room.now;
      room.mine([tabs(1)], 86_400, (found) => found === 10);
      return room.now - start;
    },
  },
  {
    title: 'one tab becomes 30: blocks in the first minute',
    unit: '',
    summary: ['mean', 'p95'],
    trials: 100,
    play: (rule, random) => new SimRoom(rule, 1, random).mine([tabs(30)], 60).length,
  },
  {
    title: '100 times the hash power for 5 minutes, then gone: longest gap of the next hour',
    unit: 's',
    summary: ['mean', 'p95'],
    trials: 100,
    play: (rule, random) => {
      const room = new SimRoom(rule, 3, random);
      room.mine([tabs(300)], 300);
      const start = room.now;
      return longestGap(room.mine([tabs(3)], 3600), start, room.now);
    },
  },
  {
    title: '30% stamp 90 s ahead: spacing',
    unit: 's',
    summary: ['mean'],
    trials: 10,
    play: (rule, random) => spacing(rule, [tabs(7), { tabs: 3, stamp: AHEAD }], random),
  },
  {
    title: '30% stamp 90 s ahead: their share of the blocks',
    unit: '%',
    summary: ['mean'],
    trials: 10,
    play: (rule, random) => {
      const room = new SimRoom(rule, 10, random);
      const blocks = room.mine([tabs(7), { tabs: 3, stamp: AHEAD }], Infinity, (found) => found === 500);
      return (100 * blocks.filter(({ miner }) => miner === 1).length) / blocks.length;
    },
  },
  {
    title: '50% stamp one second after the parent: spacing',
    unit: 's',
    summary: ['mean'],
    trials: 10,
    play: (rule, random) => spacing(rule, [tabs(5), { tabs: 5, stamp: ONE_LATER }], random),
  },
  {
    title: 'one of 10 stamps the oldest lawful time after a night: longest gap of an hour',
    unit: 's',
    summary: ['mean', 'p95'],
    trials: 60,
    play: (rule, random) => {
      const room = new SimRoom(rule, 10, random);
      room.idle(NIGHT);
      const start = room.now;
      const blocks = room.mine([tabs(9), { tabs: 1, stamp: AS_OLD_AS_CAN_BE }], 3600);
      return longestGap(blocks, start, room.now);
    },
  },
];

/** The scene's numbers under `rule`, in the order of its summary. */
export function playScene(scene: SimScene, rule: Rule, seed: number): number[] {
  const results = Array.from({ length: scene.trials }, (_, trial) =>
    scene.play(rule, new SeededRandom(seed * 1000 + trial)),
  ).sort((a, b) => a - b);
  return scene.summary.map((kind) =>
    kind === 'mean'
      ? results.reduce((sum, each) => sum + each, 0) / results.length
      : (results[Math.ceil(results.length * 0.95) - 1] as number),
  );
}
