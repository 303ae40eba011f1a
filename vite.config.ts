import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  worker: { format: 'es' },
  build: { target: 'es2023', outDir: 'dist/page' },
  test: {
    include: ['test/{unit,sim,signaling}/**/*.test.ts'],
    environment: 'node',
  },
});
