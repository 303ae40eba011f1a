import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { clientAddress } from '../../signaling/client-address.ts';

function request(remoteAddress: string | undefined, forwarded?: string): IncomingMessage {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
}

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  [undefined, 'unknown'],
])('%s counts as %s', (address, expected) => {
  expect(clientAddress(request(address), 0)).toBe(expected);
});

test('what a client says of itself counts for nothing', () => {
  expect(clientAddress(request('192.0.2.1', '203.0.113.9'), 0)).toBe('192.0.2.1');
  expect(clientAddress(request('10.0.0.1', '203.0.113.9, 192.0.2.1'), 1)).toBe('192.0.2.1');
  expect(clientAddress(request('10.0.0.1', '203.0.113.9, 192.0.2.1, 10.0.0.2'), 2)).toBe('192.0.2.1');
});

test.each([
  ['192.0.2.1:4711', '192.0.2.1'],
  ['[2001:db8:1:2::6]:4711', '2001:db8:1:2::/64'],
  ['[2001:db8:1:2::6]', '2001:db8:1:2::/64'],
  ['[::ffff:192.0.2.1]:4711', '192.0.2.1'],
  ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
])('%s from a proxy counts as %s', (entry, address) => {
  expect(clientAddress(request('10.0.0.1', entry), 1)).toBe(address);
});

test('a proxy that says nothing counts as itself', () => {
  expect(clientAddress(request('10.0.0.1'), 1)).toBe('10.0.0.1');
  expect(clientAddress(request('10.0.0.1', ' , '), 1)).toBe('10.0.0.1');
  expect(clientAddress(request('10.0.0.1', '192.0.2.1'), 2)).toBe('10.0.0.1');
});
