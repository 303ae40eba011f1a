import type { Plugin } from 'vite';
import { createHub, isSignalRequest } from './hub.ts';
import { readOptions } from './options.ts';
import { describeLinks } from './room-links.ts';

/**
 * Signaling inside Vite's development server: one process and one port, as with `npm start`.
 * Takes ICE_SERVERS from the environment; port and host are Vite's own.
 */
export function signaling(): Plugin {
  return {
    name: 'tabchain-signaling',
    apply: 'serve',
    configureServer(vite) {
      const { httpServer } = vite;
      // The test runner has a Vite server too, but one without HTTP.
      if (httpServer === null) return;
      const result = readOptions({ ICE_SERVERS: process.env.ICE_SERVERS });
      if (!result.ok) throw new Error(result.problem);
      const hub = createHub({ iceServers: result.options.iceServers });
      httpServer.on('upgrade', (request, socket, head) => {
        // All others are Vite's, for hot reload.
        if (isSignalRequest(request)) hub.upgrade(request, socket, head);
      });
      httpServer.on('close', () => void hub.close());

      const printUrls = vite.printUrls.bind(vite);
      vite.printUrls = () => {
        printUrls();
        const { local = [], network = [] } = vite.resolvedUrls ?? {};
        vite.config.logger.info(`\n${describeLinks({ local, lan: network })}\n`);
      };
    },
  };
}
