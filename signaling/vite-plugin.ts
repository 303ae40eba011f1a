import type { Plugin } from 'vite';
import { isSignalRequest } from './handshake.ts';
import { createHub } from './hub.ts';
import { createIceGrants } from './ice-servers.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { readOptions } from './options.ts';
import { describeLinks } from './room-links.ts';

/**
 * Signaling inside Vite's development server: one process and one port, as with `npm start`.
 * Takes ICE servers from the environment; all else is Vite's own affair, or not for one developer.
 */
export function signaling(): Plugin {
  return {
    name: 'tabchain-signaling',
    apply: 'serve',
    configureServer(vite) {
      const { httpServer } = vite;
      // The test runner has a Vite server too, but one without HTTP.
      if (httpServer === null) return;
      const result = readOptions([], iceVariables(process.env));
      if (!result.ok) throw new Error(result.problem);
      const hub = createHub({
        ice: createIceGrants(result.options),
        limits: DEFAULT_LIMITS,
        origins: undefined,
        trustedProxies: 0,
        metrics: createMetrics(),
        log: createLog('warn'),
      });
      httpServer.on('upgrade', (request, socket, head) => {
        // All others are Vite's, for hot reload.
        if (isSignalRequest(request)) hub.upgrade(request, socket, head);
      });
      httpServer.on('close', () => void hub.close());

      const printUrls = vite.printUrls.bind(vite);
      vite.printUrls = () => {
        printUrls();
        const { local = [], network = [] } = vite.resolvedUrls ?? {};
        vite.config.logger.info(`\n${describeLinks({ local, lan: network }).text}\n`);
      };
    },
  };
}

function iceVariables({ ICE_SERVERS, TURN_URLS, TURN_SECRET, TURN_TTL }: NodeJS.ProcessEnv) {
  return { ICE_SERVERS, TURN_URLS, TURN_SECRET, TURN_TTL };
}
