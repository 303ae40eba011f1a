import { join } from 'node:path';
import { defineConfig, type Project } from '@playwright/test';
import { findChromium, findFirefox } from '../../scripts/browsers.ts';

const root = join(import.meta.dirname, '../..');
const firefox = findFirefox();

const projects: Project[] = [
  { name: 'chromium', use: { browserName: 'chromium', launchOptions: findChromium() ?? {} } },
];
if (firefox !== undefined) {
  const { channel, ...launchOptions } = firefox;
  projects.push({
    name: 'firefox',
    // What depends on the browser. The rest is the same code, and mixed.spec.ts has both in one room.
    testMatch: ['slots.spec.ts', 'persistence.spec.ts'],
    use: {
      browserName: 'firefox',
      ...(channel === undefined ? {} : { channel }),
      launchOptions,
    },
  });
}

export default defineConfig({
  testDir: import.meta.dirname,
  outputDir: join(root, 'test-results/e2e'),
  globalSetup: './global-setup.ts',
  reporter: [['list'], ['json', { outputFile: join(root, 'test-results/playwright.json') }]],
  // Every tab computes hashes, and each test has several of them.
  workers: 2,
  // A test that fails now and then is a failure to look into.
  retries: 0,
  // A block takes 2^22 hashes on average, and now and then five times that. On a busy machine that is minutes.
  timeout: 180_000,
  expect: { timeout: 60_000 },
  use: {
    // No trace: recording it makes these tests three times slower and starves a page that shows six blocks a second.
    // To look into one: npm run test:e2e -- name --trace on
    screenshot: 'only-on-failure',
    // Each test's browser is fresh, and would keep the whole page for a use offline that only offline.spec.ts makes.
    serviceWorkers: 'block',
    // Long enough for a busy machine, and far below a test's own time: it is a click that hangs, not the test.
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
  },
  projects,
});
