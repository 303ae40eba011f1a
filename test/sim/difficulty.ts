/**
 * Prints how the difficulty rule does, against the rules that it was chosen
 * over. `npm run sim:difficulty [-- --seed 7]`; README.md says how to read it.
 */
import { parseArgs } from 'node:util';
import { ROOM, type Params } from '../../web/core/params.ts';
import { absoluteRule, cappedAboveRule, roomRule, type Rule } from './difficulty-room.ts';
import { playScene, SCENES, type SimScene } from './difficulty-scenes.ts';

const room = (change: Partial<Params>): Params => ({ ...ROOM, ...change });

const RULES: readonly Rule[] = [
  roomRule('this rule', ROOM),
  roomRule('no relief', room({ reliefMaxDoublings: 0 })),
  roomRule('half-life 75 s', room({ halfLifeSeconds: 75 })),
  roomRule('half-life 300 s', room({ halfLifeSeconds: 300 })),
  roomRule('cap 150 s', room({ solveCapSeconds: 150 })),
  roomRule('cap 900 s', room({ solveCapSeconds: 900 })),
  roomRule('relief 60 s', room({ reliefStepSeconds: 60 })),
  cappedAboveRule('capped above only', ROOM),
  absoluteRule('absolute schedule', ROOM),
];

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' } } });
const seed = Number(values.seed);

function cell(scene: SimScene, numbers: readonly number[]): string {
  const digits = scene.unit === 's' && (numbers[0] as number) < 100 ? 1 : 0;
  return numbers.map((each) => each.toFixed(digits)).join(' / ');
}

const NAME_WIDTH = 20;
console.log(`Difficulty, simulated. Seed ${seed}; "a / b" is mean / 95th percentile of the trials.`);
for (const scene of SCENES) {
  console.log(`\n${scene.title}${scene.unit && ` (${scene.unit})`}`);
  for (const rule of RULES)
    console.log(`  ${rule.name.padEnd(NAME_WIDTH)}${cell(scene, playScene(scene, rule, seed))}`);
}
