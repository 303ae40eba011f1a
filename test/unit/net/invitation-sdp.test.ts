import { describe, expect, test } from 'vitest';
import { decodeOrUndefined } from '../../../web/core/codec.ts';
import {
  descriptionCodec,
  MAX_CANDIDATES,
  readSdp,
  writeSdp,
  type Description,
} from '../../../web/net/invitation-sdp.ts';
import { CHROMIUM_ANSWER, CHROMIUM_OFFER, FIREFOX_ANSWER, FIREFOX_OFFER } from './recorded-sdp.ts';

const recorded = [
  ['Chromium’s offer', 'offer', CHROMIUM_OFFER],
  ['Chromium’s answer', 'answer', CHROMIUM_ANSWER],
  ['Firefox’s offer', 'offer', FIREFOX_OFFER],
  ['Firefox’s answer', 'answer', FIREFOX_ANSWER],
] as const;

const read = (sdp: string): Description => {
  const description = readSdp(sdp);
  if (description === undefined) throw new Error('this SDP was not understood');
  return description;
};

/** The lines of an SDP whose meaning must survive, in one order and one spelling. */
function essentials(sdp: string): string[] {
  return sdp
    .split('\r\n')
    .filter((line) => /^(m=|a=(candidate|ice-ufrag|ice-pwd|fingerprint|setup|mid|sctp-port):)/.test(line))
    .filter((line) => !/ tcp /i.test(line))
    .map((line) => line.replace(/^a=candidate:\S+/, 'a=candidate:').replace(/( typ host).*$/, '$1'))
    .map((line) => (line.startsWith('a=candidate') ? line.toLowerCase() : line))
    .sort();
}

describe.each(recorded)('%s', (_name, type, sdp) => {
  test('comes back with the same meaning', () => {
    expect(essentials(writeSdp(type, read(sdp)))).toEqual(essentials(sdp));
  });

  test('fits 200 bytes and survives them', () => {
    const description = read(sdp);
    const bytes = descriptionCodec.encode(description);
    expect(bytes.length).toBeLessThan(200);
    expect(descriptionCodec.decode(bytes)).toEqual(description);
  });
});

test('Chromium’s two hidden addresses are read as they are', () => {
  expect(read(CHROMIUM_OFFER)).toEqual({
    ufrag: 'jWID',
    pwd: 'fmifJzrHZ2WTSxGxAutZrx2S',
    fingerprint: '954d4ad692bd7c9309ded01a5d766122d7729650f3f1be1a079bcdb992596bb0',
    candidates: [
      {
        kind: 'host',
        address: 'c4387d8f-a637-48d6-8300-ada3d9a763ee.local',
        port: 43669,
        priority: 2113937151,
      },
      {
        kind: 'host',
        address: 'd0496e0e-1675-4b0e-bce1-b8130d869191.local',
        port: 43473,
        priority: 2113942271,
      },
    ],
  });
});

const withCandidates = (...candidates: string[]): string =>
  `${CHROMIUM_OFFER.replaceAll(/a=candidate:.*\r\n/g, '')}${candidates.map((line) => `a=candidate:${line}\r\n`).join('')}`;

test('addresses of every kind, and the base that nobody needs left out', () => {
  const sdp = withCandidates(
    '1 1 udp 2113937151 192.168.1.7 50000 typ host generation 0',
    '2 1 UDP 2113937150 fd00::1:2 50001 typ host',
    '3 1 udp 1677729535 198.51.100.4 50002 typ srflx raddr 192.168.1.7 rport 50000',
    '4 1 udp 33562623 203.0.113.9 65535 typ relay raddr 198.51.100.4 rport 50002',
  );
  expect(writeSdp('offer', read(sdp)).match(/a=candidate.*/g)).toEqual([
    'a=candidate:1 1 udp 2113937151 192.168.1.7 50000 typ host',
    'a=candidate:2 1 udp 2113937150 fd00::1:2 50001 typ host',
    'a=candidate:3 1 udp 1677729535 198.51.100.4 50002 typ srflx raddr 0.0.0.0 rport 0',
    'a=candidate:4 1 udp 33562623 203.0.113.9 65535 typ relay raddr 0.0.0.0 rport 0',
  ]);
});

test('a machine with many networks keeps what servers saw of it', () => {
  const hosts = Array.from({ length: 30 }, (_, n) => `${n} 1 udp ${9999 - n} 10.0.${n}.1 5000 typ host`);
  const relay = '99 1 udp 1 203.0.113.9 5000 typ relay raddr 0.0.0.0 rport 0';
  const { candidates } = read(withCandidates(...hosts, relay));
  expect(candidates.length).toBeLessThanOrEqual(MAX_CANDIDATES);
  expect(candidates[0]?.address).toBe('10.0.0.1');
  expect(candidates.at(-1)?.kind).toBe('relay');
});

test('what is no address of a device is left out', () => {
  const sdp = withCandidates(
    '1 1 tcp 2105458943 192.168.1.7 9 typ host tcptype active',
    '2 2 udp 2113937151 192.168.1.7 50000 typ host',
    '3 1 udp 2113937151 printer.local 50000 typ host',
    '4 1 udp 2113937151 example.org 50000 typ host',
  );
  expect(read(sdp).candidates).toEqual([]);
});

test.each([
  ['media', CHROMIUM_OFFER.replace('m=application', 'm=audio 9 RTP/AVP 0\r\nm=application')],
  ['another mid', CHROMIUM_OFFER.replace('a=mid:0', 'a=mid:data')],
  ['another hash', CHROMIUM_OFFER.replace('sha-256', 'sha-512')],
  ['no password', CHROMIUM_OFFER.replace(/a=ice-pwd.*\r\n/, '')],
  ['nothing', ''],
])('an SDP with %s is not one that we can carry', (_name, sdp) => expect(readSdp(sdp)).toBeUndefined());

describe('a made-up description', () => {
  const good = read(FIREFOX_ANSWER);

  test.each([
    ['a line break in the password', { pwd: `${good.pwd}\r\na=x` }],
    ['a short password', { pwd: 'abc' }],
    ['a user name of 33 characters', { ufrag: 'a'.repeat(33) }],
    [
      'a name for an address',
      { candidates: [{ kind: 'host', address: 'example.org', port: 1, priority: 1 }] },
    ],
    [
      'too many addresses',
      { candidates: Array.from({ length: MAX_CANDIDATES + 1 }, () => good.candidates[0]) },
    ],
  ] as const)('with %s can’t be written', (_name, change) => {
    expect(() => descriptionCodec.encode({ ...good, ...change } as Description)).toThrow();
  });

  test('of altered bytes decodes to nothing or to something that is written in its own form', () => {
    const bytes = descriptionCodec.encode(good);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const altered = Uint8Array.from(bytes);
      altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7));
      const description = decodeOrUndefined(descriptionCodec, altered);
      if (description === undefined) continue;
      // Nothing that came in can be a line of its own.
      const expected = writeSdp('answer', good).split('\r\n').length;
      const lines = writeSdp('answer', description).split('\r\n').length;
      expect(lines - description.candidates.length).toBe(expected - good.candidates.length);
      expect(descriptionCodec.encode(description)).toEqual(altered);
    }
  });
});
