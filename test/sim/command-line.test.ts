import { describe, expect, test } from 'vitest';
import { runCommand } from './command-line.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { Simulation } from './simulation.ts';

/** A room of a few seconds, and a check that holds if `ok`. */
const scenario = (name: string, ok: boolean): Scenario => ({
  name,
  holds: 'what is promised',
  nodes: 3,
  minNodes: 2,
  short: true,
  play({ seed, nodes }, report) {
    const simulation = new Simulation({ seed });
    simulation.joinMany(nodes, { powMode: 'always', hashRate: 0.1 });
    simulation.run(60);
    report.check('promise', ok);
    report.figure('a figure', 1.23456);
    return simulation;
  },
});

function run(...argv: string[]) {
  const said: string[] = [];
  const complaints: string[] = [];
  const scenarios = [scenario('good', true), scenario('bad', false)];
  const code = runCommand(argv, scenarios, {
    say: (text) => said.push(text),
    complain: (s) => complaints.push(s),
  });
  return { code, said: said.join('\n'), complaints };
}

describe('npm run sim', () => {
  test('a scenario whose checks hold ends with 0, one with a failed check with 1', () => {
    expect(run('--scenario', 'good').code).toBe(0);
    const bad = run('--scenario', 'bad');
    expect(bad.code).toBe(1);
    expect(bad.said).toContain('FAILED  promise');
  });

  test('the summary as JSON has all that the text says', () => {
    const { said, code } = run('--scenario', 'good', '--seed', '7', '--nodes', '4', '--json');
    expect(code).toBe(0);
    const summary = JSON.parse(said) as Record<string, unknown>;
    expect(summary).toMatchObject({ scenario: 'good', seed: 7, nodes: 4, figures: { 'a figure': 1.235 } });
    expect(summary.blocksFound).toBeGreaterThan(0);
    expect(summary.propagationMs).toMatchObject({ p50: expect.any(Number), p95: expect.any(Number) });
    expect((summary.propagationMs as { p50: number }).p50).toBeGreaterThanOrEqual(50);
    expect(summary.bytesPerNodePerBlock).toBeGreaterThan(100);
    expect(summary.largestNodeBytes).toBeGreaterThan(1_000);
  });

  test('one seed gives one run, another gives another', () => {
    const trace = (seed: string) => /trace +(\w+)/.exec(run('--scenario', 'good', '--seed', seed).said)?.[1];
    expect(trace('5')).toBeDefined();
    expect(trace('5')).toBe(trace('5'));
    expect(trace('6')).not.toBe(trace('5'));
  });

  test('--list and --help are answered', () => {
    expect(run('--list')).toMatchObject({ code: 0, said: expect.stringContaining('good') });
    expect(run('--help')).toMatchObject({ code: 0, said: expect.stringContaining('--scenario NAME') });
  });

  test.each([
    [[], 'Which scenario?'],
    [['--scenario', 'none'], 'no scenario "none"'],
    [['--scenario', 'good', '--nodes', '1'], 'from 2 to'],
    [['--scenario', 'good', '--nodes', 'many'], 'whole number'],
    [['--scenario', 'good', '--seed', '-1'], 'seed'],
    [['--scenario', 'good', '--seed', '1.5'], 'whole number'],
    [['--what'], '--what'],
    [['--scenario'], 'scenario'],
  ])('%j is refused in one sentence', (argv, part) => {
    const { code, complaints, said } = run(...argv);
    expect({ code, said }).toEqual({ code: 2, said: '' });
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain(part);
    expect(complaints[0]).not.toContain('\n');
  });

  test('the scenarios have names of their own', () => {
    expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length);
  });
});
