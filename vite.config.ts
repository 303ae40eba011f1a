import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { catalogue } from './scripts/catalogue-plugin.ts';
import { kernel } from './scripts/kernel-plugin.ts';
import { offline } from './scripts/offline-plugin.ts';
import { signaling } from './signaling/vite-plugin.ts';

export default defineConfig({
  plugins: [svelte({ configFile: false }), catalogue(), signaling(), kernel(), offline()],
  // What is served as it is: the icons of the installed app.
  publicDir: 'web/ui/public',
  server: { host: true },
  // Workers are bundled by themselves, with plugins of their own.
  worker: { format: 'es', plugins: () => [kernel()] },
  build: {
    target: 'es2023',
    outDir: 'dist/page',
    // What imports what: for scripts/page-size.ts.
    manifest: true,
    // Not for the person who only wants to start the server.
    rolldownOptions: {
      checks: { pluginTimings: false },
      // Else each module that a later part shares with the first load would be a chunk of its own.
      output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
    },
  },
  test: {
    // Against a hang, not a measure of speed: on a busy machine a test may stand still for seconds.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/{unit,sim,signaling}/**/*.test.ts'],
          exclude: ['test/unit/ui/**'],
          environment: 'node',
          // An hour of full blocks in a hundred nodes takes more than what Node.js allows by itself.
          execArgv: process.env.TABCHAIN_LONG ? ['--max-old-space-size=12288'] : [],
        },
      },
      {
        extends: true,
        // Svelte's server build, which Node.js would get, has no reactivity.
        resolve: { conditions: ['browser'] },
        test: { name: 'page', include: ['test/unit/ui/**/*.test.ts'], environment: 'happy-dom' },
      },
    ],
  },
});
