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

/** The lines that invite into a new room: one link for this machine, one for each address of the LAN. */
export function describeLinks(pageUrls: { local: readonly string[]; lan: readonly string[] }): string {
  const secret = newRoomSecret();
  const line = (label: string) => (url: string) => `  ${label}  ${url.replace(/\/$/, '')}/#${secret}`;
  return [
    'A new room. Every tab that opens one of these links is a node of its chain:',
    '',
    ...pageUrls.local.map(line('on this machine ')),
    ...pageUrls.lan.map(line('on your network ')),
    '',
    'Whoever has the link can read and write there.',
  ].join('\n');
}
