/** A part of the measurement: something is done with a page, and what that cost its main thread is printed. */
import type { Browser, Page } from '@playwright/test';
import { CATEGORIES, mainThreadTasks, type Task } from '../measuring/main-thread.ts';

/** From here on a task is long: https://w3c.github.io/longtasks/. */
export const LONG_MS = 50;
/** After what was done, in ms: a view is fetched and drawn by then, and it counts too. */
const REST_MS = 300;
/** Of the long tasks of a stage so many are explained, and of each so many parts. */
const EXPLAINED = 3;
const PARTS = 4;

/** `name`: what the line begins with; asked for at the end. */
export async function stage(
  browser: Browser,
  page: Page,
  name: string | (() => Promise<string>),
  act: () => Promise<unknown>,
): Promise<void> {
  const before = await page.evaluate(() => window.pageTimes?.longTasks.length ?? 0);
  await browser.startTracing(page, { categories: CATEGORIES });
  const startMs = performance.now();
  await act();
  await page.waitForTimeout(REST_MS);
  const seconds = (performance.now() - startMs) / 1000;
  const trace = await browser.stopTracing();
  const seen = await page.evaluate((from) => window.pageTimes?.longTasks.slice(from) ?? [], before);
  const tasks = mainThreadTasks(trace.toString());
  const total = seen.reduce((sum, ms) => sum + ms, 0);
  const title = typeof name === 'string' ? name : await name();
  console.log(
    `${title.padEnd(46)} ${seconds.toFixed(1).padStart(5)} s  ` +
      `${String(seen.length).padStart(3)} long tasks, longest ${ms(Math.max(0, ...seen))}, together ${ms(total)}; ` +
      `most computed in one task ${ms(Math.max(0, ...tasks.map(({ cpuMs }) => cpuMs)))}`,
  );
  const worst = tasks
    .filter(({ wallMs, cpuMs }) => Math.max(wallMs, cpuMs) >= LONG_MS)
    .sort((a, b) => b.cpuMs - a.cpuMs);
  for (const task of worst.slice(0, EXPLAINED)) console.log(`    ${explain(task)}`);
}

function explain({ wallMs, cpuMs, parts }: Task): string {
  const told = parts.slice(0, PARTS).map(({ name, cpuMs: own }) => `${name} ${own.toFixed(0)}`);
  return `${ms(wallMs)}, of them ${ms(cpuMs)} computed: ${told.join(', ')}`;
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}
