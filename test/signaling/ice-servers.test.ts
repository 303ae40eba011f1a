import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { createIceGrants, turnCredentials } from '../../signaling/ice-servers.ts';

const STUN = [{ urls: ['stun:stun.example.org'] }];
const NOW_MS = 1_700_000_000_500;

test('without a secret everybody gets the same, for good', () => {
  expect(createIceGrants({ iceServers: STUN })(NOW_MS)).toEqual({ iceServers: STUN, renewMs: Infinity });
});

test('with one, each gets a password that tells its end, to be renewed at half of its time', () => {
  const grant = createIceGrants({ iceServers: STUN, turnUrls: ['turn:t'], turnSecret: 's', turnTtlS: 600 });
  const { iceServers, renewMs } = grant(NOW_MS);
  expect(iceServers[0]).toEqual(STUN[0]);
  expect(iceServers[1]).toMatchObject({ urls: ['turn:t'] });
  expect(iceServers[1]?.username).toMatch(/^1700000600:[0-9a-f]{8}$/);
  expect(renewMs).toBe(NOW_MS + 300_000);
  expect(grant(NOW_MS).iceServers[1]?.username).not.toBe(iceServers[1]?.username);
});

test('the password is the signature of the name', () => {
  const { username, credential } = turnCredentials('north', 1_700_000_000);
  expect(credential).toBe(createHmac('sha1', 'north').update(username).digest('base64'));
});
