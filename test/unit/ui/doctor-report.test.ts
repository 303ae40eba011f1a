import { expect, onTestFinished, test } from 'vitest';
import { iceUrls, serverFacts } from '../../../web/ui/doctor/facts.ts';
import { report } from '../../../web/ui/doctor/report.ts';
import { baseLocale, overwriteGetLocale } from '../../../web/ui/paraglide/runtime.js';
import { attempt, facts, HIDDEN, HOST, HOST_V6, LENT, NOW_MS, openAttempt, SEEN } from './doctor-facts.ts';
import { ALICE } from './snapshots.ts';

const USERNAME = '1767220000:a-user-of-turn';
const CREDENTIAL = 'a-password-of-turn';
const ADDRESSES = ['192.168.7.31', 'fd00::2', '203.0.113.9', '198.51.100.4', '95b2e44f6277'];

const attempts = [
  attempt({
    local: [HIDDEN, HOST, HOST_V6, SEEN, LENT],
    errors: [{ url: 'turn:turn.example.org:3478?transport=udp', code: 401 }],
  }),
  openAttempt({ linkId: '22'.repeat(16) }),
];
const known = facts({
  attempts,
  servers: iceUrls([
    { urls: 'stun:stun.example.org' },
    { urls: 'turn:turn.example.org', username: USERNAME, credential: CREDENTIAL },
  ]).map((url) => serverFacts(url, undefined, attempts)),
});
const write = (withAddresses: boolean): string =>
  report({
    facts: known,
    withAddresses,
    userAgent: 'Some Browser/1.0',
    isOnline: true,
    keys: new Map([['22'.repeat(16), ALICE]]),
  });

test('a report says what the dialog shows', () => {
  const text = write(false);
  for (const part of [
    new Date(NOW_MS).toISOString(),
    'Some Browser/1.0',
    'Signal: works',
    'TURN: ',
    'The credentials for turn:turn.example.org have expired.',
    '- stun:stun.example.org: not tried yet',
    'credentials have expired (error 401)',
    'dialled by this tab, through the server: timed out',
    '1 × own address, UDP, IPv4',
    '1 × lent by TURN, UDP, IPv4',
    'checking after 100 ms',
    'turn:turn.example.org:3478?transport=udp (401)',
    'own address to own address, UDP',
  ])
    expect(text).toContain(part);
  // The newest connection comes first.
  expect(text.indexOf('linked')).toBeLessThan(text.indexOf('timed out'));
});

test('it is in the language of who sends it, with codes for who reads another', () => {
  overwriteGetLocale(() => 'ja');
  onTestFinished(() => overwriteGetLocale(() => baseLocale));
  const text = write(false);
  for (const part of [
    'シグナル: 正常',
    '- [turn-expired] turn:turn.example.orgの認証情報が期限切れです。認証情報には',
    'このタブから接続、サーバーの紹介: 時間切れ',
    '端末のアドレス × 1(UDP、IPv4)',
    '100 ms後にchecking',
  ])
    expect(text).toContain(part);
});

test('it holds no credentials, whatever is asked for', () => {
  for (const text of [write(false), write(true)]) {
    expect(text).not.toContain(USERNAME);
    expect(text).not.toContain(CREDENTIAL);
    // The name that a candidate has for the connection it is of.
    expect(text).not.toContain('aHuo');
  }
});

test('addresses of devices are left out unless asked for', () => {
  for (const address of ADDRESSES) {
    expect(write(false)).not.toContain(address);
    expect(write(true)).toContain(address);
  }
});
