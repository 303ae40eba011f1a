import type { PeerView } from '../../node/snapshot.ts';
import { m } from '../paraglide/messages.js';

const ROUTES: Record<Exclude<PeerView['route'], 'server'>, () => string> = {
  peers: m.network_routes_peers,
  invitation: m.network_routes_invitation,
};

/** Who introduced the two; undefined where it was the server, as it mostly is. */
export function routeWord(route: PeerView['route']): string | undefined {
  return route === 'server' ? undefined : ROUTES[route]();
}
