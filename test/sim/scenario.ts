/** What a scenario is, and what it says when it is over. */
import type { Simulation } from './simulation.ts';

export interface ScenarioSettings {
  readonly seed: number;
  readonly nodes: number;
  /** Is there time for the full size? `npm test` plays a shorter one. */
  readonly long: boolean;
}

export interface Scenario {
  /** As `npm run sim -- --scenario` takes it. */
  readonly name: string;
  /** What must hold, in one line. */
  readonly holds: string;
  /** Unless `--nodes` says otherwise. */
  readonly nodes: number;
  /** Below this it would show nothing. */
  readonly minNodes: number;
  /** Played by `npm test`, in its shorter form; the others by `npm run test:long` only. */
  readonly short: boolean;
  /** The simulation that the summary is to be about: the last one, if there were many. */
  play(settings: ScenarioSettings, report: Report): Simulation;
}

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was seen, for whoever reads that it failed. */
  readonly saw: string;
}

/** What a scenario found out. */
export class Report {
  readonly checks: Check[] = [];
  readonly figures: Record<string, number | string> = {};

  check(name: string, ok: boolean, saw: unknown = ok): void {
    this.checks.push({ name, ok, saw: String(saw) });
  }

  /** Both values must be the same. */
  equal(name: string, seen: unknown, wanted: unknown): void {
    this.check(name, seen === wanted, `${String(seen)}, wanted ${String(wanted)}`);
  }

  atMost(name: string, seen: number, limit: number): void {
    this.check(name, seen <= limit, `${round(seen)}, at most ${limit}`);
  }

  atLeast(name: string, seen: number, limit: number): void {
    this.check(name, seen >= limit, `${round(seen)}, at least ${limit}`);
  }

  /** A number worth printing that nothing depends on. Its name says the unit. */
  figure(name: string, value: number | string): void {
    this.figures[name] = typeof value === 'number' ? round(value) : value;
  }

  get failed(): Check[] {
    return this.checks.filter(({ ok }) => !ok);
  }
}

function round(value: number): number {
  return Math.abs(value) < 10 ? Math.round(value * 1000) / 1000 : Math.round(value * 10) / 10;
}
