import { createHmac } from 'node:crypto';
import { MAX_ICE_SERVERS, type IceServer } from './protocol.ts';

export interface IceServerOptions {
  /** The same for every node. */
  readonly iceServers: readonly IceServer[];
  /** At most MAX_ICE_URLS TURN servers that share `turnSecret`; none: nobody gets time-limited credentials. */
  readonly turnUrls?: readonly string[];
  readonly turnSecret?: string | undefined;
  /** How long such a credential is good, in s. */
  readonly turnTtlS?: number;
}

/** What one node is handed. */
export interface IceGrant {
  readonly iceServers: readonly IceServer[];
  /** When it should get a new one, in ms since 1970: at half of the lifetime. Infinity: never. */
  readonly renewMs: number;
}

/** ICE servers beside the one with time-limited credentials. */
export const MAX_OTHER_ICE_SERVERS = MAX_ICE_SERVERS - 1;

/**
 * Gives each node credentials of its own time and of its `address` (client-address.ts), or, without TURN_SECRET, all the
 * same servers.
 */
export function createIceGrants(options: IceServerOptions): (address: string, nowMs: number) => IceGrant {
  const { iceServers, turnUrls = [], turnSecret, turnTtlS = 0 } = options;
  if (turnSecret === undefined || turnUrls.length === 0) {
    const forAll: IceGrant = { iceServers, renewMs: Infinity };
    return () => forAll;
  }
  return (address, nowMs) => {
    const credentials = turnCredentials(turnSecret, Math.floor(nowMs / 1000) + turnTtlS, address);
    return {
      iceServers: [...iceServers, { urls: [...turnUrls], ...credentials }],
      renewMs: nowMs + (turnTtlS * 1000) / 2,
    };
  };
}

/**
 * TURN's time-limited credentials: the name tells until when (`expiryS`, seconds since 1970), the password is the
 * server's own signature of that name. coturn checks both with `use-auth-secret`, and keeps no list of users.
 * Source: draft-uberti-behave-turn-rest-00, section 2.2.
 */
export function turnCredentials(
  secret: string,
  expiryS: number,
  address: string,
): { readonly username: string; readonly credential: string } {
  // What follows the colon is coturn's user, whom `user-quota` limits: another one at each join would have no limit.
  const user = createHmac('sha256', secret).update(address).digest('hex').slice(0, 16);
  const username = `${expiryS}:${user}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}
