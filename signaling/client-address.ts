import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/** Whose limits a request counts against, if nothing is known of it. */
const UNKNOWN = 'unknown';

/**
 * The address that a request counts against: an IPv4 address, or the first 64 bits of an IPv6 address, since that
 * much is one subscriber's to choose from.
 *
 * `trustedProxies` is how many reverse proxies stand before this server. Each adds to X-Forwarded-For the address
 * that it was asked from, so the entry that the outermost one wrote is that many from the right; what stands left of
 * it is the client's own invention. With 0 the header is not looked at.
 */
export function clientAddress(request: IncomingMessage, trustedProxies: number): string {
  const socketAddress = request.socket.remoteAddress ?? UNKNOWN;
  if (trustedProxies === 0) return subscriber(socketAddress);
  // Node.js joins repeated headers of this name with commas.
  const header = request.headers['x-forwarded-for'];
  const entries = String(header ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  return subscriber(withoutPort(entries.at(-trustedProxies) ?? socketAddress));
}

/** Some proxies add the client's port, another one for each connection: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(entry: string): string {
  return /^([\d.]+):\d+$/.exec(entry)?.[1] ?? /^\[(.+)\](?::\d+)?$/.exec(entry)?.[1] ?? entry;
}

/** Its part that one subscriber can't choose, of the address that a socket shows. */
export function subscriber(address: string): string {
  // How an IPv4 client shows on a socket that listens for both.
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  return isIPv6(address) ? `${firstFourGroups(address)}::/64` : address;
}

/** The first 64 bits of a valid IPv6 address, as four groups without leading zeros. */
function firstFourGroups(address: string): string {
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    groups.push(...Array<string>(Math.max(0, 8 - groups.length - after.length)).fill('0'), ...after);
  }
  return groups
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':');
}
