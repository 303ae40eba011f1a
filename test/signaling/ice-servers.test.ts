import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createIceGrants, turnCredentials } from '../../signaling/ice-servers.ts';

const STUN = [{ urls: ['stun:stun.example.org'] }];
const NOW_MS = 1_700_000_000_500;

const ADDRESS = '192.0.2.1';

test('without a secret everybody gets the same, for good', () => {
  expect(createIceGrants({ iceServers: STUN })(ADDRESS, NOW_MS)).toEqual({
    iceServers: STUN,
    renewMs: Infinity,
  });
});

describe('with one', () => {
  const grant = createIceGrants({ iceServers: STUN, turnUrls: ['turn:t'], turnSecret: 's', turnTtlS: 600 });

  test('each gets a password that tells its end, to be renewed at half of its time', () => {
    const { iceServers, renewMs } = grant(ADDRESS, NOW_MS);
    expect(iceServers[0]).toEqual(STUN[0]);
    expect(iceServers[1]).toMatchObject({ urls: ['turn:t'] });
    expect(iceServers[1]?.username).toMatch(/^1700000600:[0-9a-f]{16}$/);
    expect(renewMs).toBe(NOW_MS + 300_000);
  });

  test('an address is one user, however often it joins, and does not show', () => {
    const userOf = (address: string, nowMs: number) =>
      grant(address, nowMs).iceServers[1]?.username?.split(':')[1];
    expect(userOf(ADDRESS, NOW_MS + 60_000)).toBe(userOf(ADDRESS, NOW_MS));
    expect(userOf('192.0.2.2', NOW_MS)).not.toBe(userOf(ADDRESS, NOW_MS));
    const other = createIceGrants({ iceServers: [], turnUrls: ['turn:t'], turnSecret: 't', turnTtlS: 600 });
    expect(other(ADDRESS, NOW_MS).iceServers[0]?.username).not.toContain(userOf(ADDRESS, NOW_MS));
  });
});

test('the password is the signature of the name', () => {
  const { username, credential } = turnCredentials('north', 1_700_000_000, ADDRESS);
  expect(credential).toBe(createHmac('sha1', 'north').update(username).digest('base64'));
});
