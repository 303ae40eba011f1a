import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { describeLinks, lanAddresses } from '../../signaling/room-links.ts';
import { isGuessable, parseRoomLink } from '../../web/net/room.ts';

function address(address: string, family: 'IPv4' | 'IPv6', internal = false): NetworkInterfaceInfo {
  const common = { address, netmask: '', mac: '', internal, cidr: null };
  return family === 'IPv4' ? { ...common, family } : { ...common, family, scopeid: 0 };
}

const INTERFACES = {
  lo: [address('127.0.0.1', 'IPv4', true), address('::1', 'IPv6', true)],
  eth0: [address('192.168.1.5', 'IPv4'), address('fe80::1', 'IPv6')],
  wlan0: [address('10.0.0.7', 'IPv4')],
  usb0: [address('169.254.3.3', 'IPv4')],
};

test('a LAN is invited by its IPv4 addresses, as far as the server listens there', () => {
  expect(lanAddresses(undefined, INTERFACES)).toEqual(['192.168.1.5', '10.0.0.7']);
  expect(lanAddresses('0.0.0.0', INTERFACES)).toEqual(['192.168.1.5', '10.0.0.7']);
  expect(lanAddresses('10.0.0.7', INTERFACES)).toEqual(['10.0.0.7']);
  expect(lanAddresses('127.0.0.1', INTERFACES)).toEqual([]);
});

test('all links lead into the same fresh, unguessable room', () => {
  const urls = { local: ['http://localhost:8080/'], lan: ['http://10.0.0.7:8080'] };
  const secrets = () => {
    const links = describeLinks(urls).text.match(/http\S+/g) ?? [];
    expect(links).toHaveLength(2);
    return links.map((link) => {
      expect(link).toMatch(/^http:\/\/(localhost|10\.0\.0\.7):8080\/#[A-Za-z0-9_-]{22}$/);
      const result = parseRoomLink(link);
      return result.ok ? result.secret : '';
    });
  };
  const [first = '', second] = secrets();
  expect(second).toBe(first);
  expect(isGuessable(first)).toBe(false);
  expect(secrets()).not.toContain(first);
});
