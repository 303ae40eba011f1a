import { describe, expect, test } from 'vitest';
import { Report } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

const SEED = Number(process.env.SEED ?? 7);
const LONG = process.env.TABCHAIN_LONG === '1';
/** Against a hang: the longest (`thousand` in full) takes 70 minutes of a core that is free. */
const TIMEOUT_MS = LONG ? 160 * 60_000 : 20 * 60_000;

describe(`scenarios (SEED=${SEED})`, () => {
  for (const scenario of SCENARIOS) {
    if (!scenario.short && !LONG) continue;
    test(
      `${scenario.name}: ${scenario.holds}`,
      () => {
        const report = new Report();
        scenario.play({ seed: SEED, nodes: scenario.nodes, long: LONG }, report);
        expect(report.checks.length).toBeGreaterThan(0);
        expect(report.failed).toEqual([]);
      },
      TIMEOUT_MS,
    );
  }
});
