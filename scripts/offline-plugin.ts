import type { Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

/**
 * The web app manifest, and the service worker with the list of the build's files. Only in the page's build: during
 * development nothing is kept, and the server's bundle needs neither.
 */
export function offline(): Plugin[] {
  return VitePWA({
    strategies: 'injectManifest',
    srcDir: 'web/offline',
    filename: 'service-worker.ts',
    // The page does it itself, late (web/ui/offline/keep-page.ts).
    injectRegister: false,
    injectManifest: { globPatterns: ['index.html', 'assets/**'], rollupFormat: 'iife' },
    integration: { configureCustomSWViteBuild: (config) => void (config.logLevel = 'warn') },
    // An installed app has its icons already.
    includeManifestIcons: false,
    manifest: {
      id: '/',
      name: 'tabchain',
      short_name: 'tabchain',
      description: 'A blockchain that lives in this room’s browsers: every tab is a full node.',
      lang: 'en',
      // The landing page, with the recent rooms.
      start_url: '/',
      scope: '/',
      display: 'standalone',
      categories: ['education'],
      // --paper of the light theme (web/ui/tokens.css); index.html has both.
      theme_color: '#edf6f0',
      background_color: '#edf6f0',
      icons: [
        { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png' },
        { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png' },
        { src: '/icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
      ],
    },
  }).map(onlyForThePage);
}

function onlyForThePage(plugin: Plugin): Plugin {
  return { ...plugin, apply: (config, { command }) => command === 'build' && !config.build?.ssr };
}
