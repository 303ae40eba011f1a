import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';

/** 128 bits as 22 characters of base64url: a room that nobody finds by guessing. The server forgets it once printed. */
export function newRoomSecret(): string {
  return randomBytes(16).toString('base64url');
}

/**
 * What people of this LAN can type instead of `localhost`: the machine's IPv4 addresses, self-assigned ones
 * (169.254.x.x) excepted. If the server listens on one address only, that one, or none if it is this machine's own.
 */
export function lanAddresses(host?: string, interfaces = networkInterfaces()): string[] {
  const addresses = Object.values(interfaces)
    .flatMap((infos) => infos ?? [])
    .filter(({ family, internal, address }) => {
      return family === 'IPv4' && !internal && !address.startsWith('169.254.');
    })
    .map(({ address }) => address);
  const everywhere = host === undefined || host === '0.0.0.0' || host === '::';
  return everywhere ? addresses : addresses.filter((address) => address === host);
}

export interface RoomLinks {
  /** Lines for a person. */
  readonly text: string;
  /** The links for other machines, in the order of the addresses. */
  readonly lanLinks: readonly string[];
}

/** Invites into a new room: one link for this machine, one for each address of the LAN. */
export function describeLinks(pageUrls: {
  readonly local: readonly string[];
  readonly lan: readonly string[];
}): RoomLinks {
  const secret = newRoomSecret();
  const link = (url: string) => `${url.replace(/\/$/, '')}/#${secret}`;
  const lanLinks = pageUrls.lan.map(link);
  const text = [
    'A new room. Every tab that opens one of these links is a node of its chain:',
    '',
    ...pageUrls.local.map((url) => `  on this machine   ${link(url)}`),
    ...lanLinks.map((lanLink) => `  on your network   ${lanLink}`),
    '',
    'Whoever has the link can read and write there.',
  ].join('\n');
  return { text, lanLinks };
}
