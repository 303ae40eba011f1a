import { describe, expect, test } from 'vitest';
import type { SignalingStatus } from '../../../web/engine/messages.ts';
import { groupCandidates, parseCandidate, parseCandidates } from '../../../web/ui/doctor/candidate.ts';
import { diagnosis } from '../../../web/ui/doctor/diagnosis.ts';
import { findingWords } from '../../../web/ui/doctor/finding-words.ts';
import { iceUrls, serverFacts, type Facts } from '../../../web/ui/doctor/facts.ts';
import { services } from '../../../web/ui/doctor/services.ts';
import {
  attempt,
  facts,
  HIDDEN,
  HOST,
  HOST_V6,
  LENT,
  NOW_MS,
  openAttempt,
  SEEN,
  server,
} from './doctor-facts.ts';

const STUN = 'stun:stun.example.org';
const TURN = 'turn:turn.example.org';
const works = { ok: true, tookMs: 20 } as const;
const fails = (
  problem: 'no-answer' | 'unauthorized' | 'unreachable' | 'refused' | 'not-taken' | 'no-network',
  code?: number,
) => ({ ok: false, problem, code }) as const;
const retrying: SignalingStatus = { kind: 'retrying', atMs: NOW_MS + 5_000 };
const noAnswer = { ok: false, problem: 'no-answer' } as const;

/** What is known, and the findings in their order, each with its tone: `!` bad, `~` busy, `+` good, none idle. */
const CASES: readonly (readonly [string, Partial<Facts>, readonly string[]])[] = [
  ['all is well', { linked: 1, attempts: [openAttempt({ local: [HOST] })] }, ['+linked']],
  ['nothing has failed yet', {}, ['~linking']],
  ['nobody else is here', { signaling: { kind: 'connected', members: 1 } }, ['alone']],
  ['the server can’t be reached', { signaling: retrying }, ['!signal-unreachable']],
  ['it can’t, and a check agrees', { signaling: retrying, signalCheck: noAnswer }, ['!signal-unreachable']],
  [
    'its first connection hangs, and a check gets no answer',
    { signaling: { kind: 'connecting' }, signalCheck: noAnswer },
    ['!signal-unreachable'],
  ],
  [
    'it is back before this tab’s next try',
    { signaling: retrying, signalCheck: { ok: true, roundTripMs: 3 } },
    ['alone', '~signal-returns'],
  ],
  ['the room is full', { signaling: { kind: 'refused', code: 'room-full' } }, ['!signal-refused']],
  [
    'the server is gone, the links are there',
    { signaling: retrying, linked: 2, attempts: [openAttempt({ local: [HOST] })] },
    ['+linked', '~signal-unreachable'],
  ],
  [
    'no WebRTC: a check says so',
    { loopback: { ok: false, problem: 'blocked', candidates: [] } },
    ['!webrtc-blocked'],
  ],
  [
    'no WebRTC: a connection was refused',
    { attempts: [attempt({ end: 'not-opened', local: [] })] },
    ['!webrtc-blocked'],
  ],
  [
    'no candidates at all: a check says so',
    { loopback: { ok: false, problem: 'no-candidates', candidates: [] } },
    ['!no-network'],
  ],
  ['no candidates at all: a connection had none', { attempts: [attempt({ local: [] })] }, ['!no-network']],
  [
    'a firewall on the device itself',
    { loopback: { ok: false, problem: 'no-link', candidates: [HOST] } },
    ['!loopback-fails'],
  ],
  ['STUN blocked', { servers: [server({ check: fails('no-answer') })] }, ['!stun-unreachable']],
  [
    'STUN blocked, but linked',
    {
      servers: [server({ check: fails('no-answer') })],
      linked: 1,
      attempts: [openAttempt({ local: [HOST] })],
    },
    ['+linked', '~stun-unreachable'],
  ],
  [
    'TURN refuses a password',
    { servers: [server({ url: TURN, check: fails('unauthorized', 401) })] },
    ['!turn-unauthorized'],
  ],
  [
    'TURN refuses credentials that still hold',
    { servers: [server({ url: TURN, check: fails('unauthorized', 401), expiresAtMs: NOW_MS + 1 })] },
    ['!turn-unauthorized'],
  ],
  [
    'TURN refuses credentials that have expired',
    { servers: [server({ url: TURN, check: fails('unauthorized', 401), expiresAtMs: NOW_MS })] },
    ['!turn-expired'],
  ],
  [
    'a connection met expired credentials',
    { servers: [server({ url: TURN, error: 401, expiresAtMs: NOW_MS - 1 })] },
    ['!turn-expired'],
  ],
  [
    'credentials that should have expired work',
    { servers: [server({ url: TURN, check: works, error: 401, expiresAtMs: NOW_MS - 1 })] },
    ['~linking'],
  ],
  [
    'TURN is down',
    { servers: [server({ url: TURN, check: fails('unreachable', 701) })] },
    ['!turn-unreachable'],
  ],
  ['TURN was down for a connection', { servers: [server({ url: TURN, error: 701 })] }, ['!turn-unreachable']],
  ['TURN is full', { servers: [server({ url: TURN, check: fails('refused', 486) })] }, ['!server-error']],
  [
    'a port that browsers block',
    {
      servers: [server({ check: fails('not-taken') })],
      attempts: [attempt({ end: 'not-opened', local: [] })],
    },
    ['!server-not-taken'],
  ],
  [
    'expired comes before down, and down TURN before down STUN',
    {
      servers: [
        server({ check: fails('no-answer') }),
        server({ url: TURN, check: fails('no-answer') }),
        server({ url: 'turns:t.example.org', check: fails('unauthorized', 401), expiresAtMs: 1 }),
      ],
    },
    ['!turn-expired', '!turn-unreachable', '!stun-unreachable'],
  ],
  [
    'hidden names that can’t be looked up: client isolation',
    { attempts: [attempt({ remote: [HIDDEN], pairs: 0 })] },
    ['!names-unresolved', 'names-hidden'],
  ],
  [
    'the same without any TURN server',
    { servers: [server()], attempts: [attempt({ remote: [HIDDEN], pairs: 0 })] },
    ['!names-unresolved', '!need-turn', 'names-hidden'],
  ],
  [
    'addresses on both sides, and nothing comes back: isolation or a firewall',
    { attempts: [attempt({ local: [HOST], remote: [HOST] }), attempt({ local: [HOST], end: 'failed' })] },
    ['!packets-lost'],
  ],
  [
    'only own addresses, and no server at all',
    { servers: [], attempts: [attempt({ local: [HOST] })] },
    ['!packets-lost', '!need-turn'],
  ],
  ['no server at all, and nothing tried yet', { servers: [] }, ['~linking', 'one-network']],
  [
    'the peer’s addresses never come',
    { attempts: [attempt({ local: [HOST], remote: [], pairs: 0 })] },
    ['!no-remote'],
  ],
  ['packets pass, no channel', { attempts: [attempt({ local: [HOST], answered: true })] }, ['!half-open']],
  [
    'a peer that left without a word',
    { attempts: [attempt({ local: [HOST], remote: [], described: false, pairs: 0 })] },
    ['~linking', '~no-answer'],
  ],
  [
    'what the peer declines is no fault of the network',
    {
      attempts: [
        attempt({ local: [HOST], end: 'full' }),
        attempt({ local: [HOST], end: 'replaced', described: false }),
      ],
    },
    ['~linking'],
  ],
  [
    'what failed before the link that holds is past',
    { linked: 1, attempts: [attempt({ local: [HOST] }), openAttempt({ local: [HOST] })] },
    ['+linked'],
  ],
  [
    'what fails after it is a nuisance',
    { linked: 1, attempts: [openAttempt({ local: [HOST] }), attempt({ local: [HOST] })] },
    ['+linked', '~packets-lost'],
  ],
  ['plain HTTP', { isSecure: false }, ['~linking', 'plain-http']],
];

const MARKS = { good: '+', busy: '~', bad: '!', idle: '' } as const;

test.each(CASES)('%s', (_name, changes, expected) => {
  const found = diagnosis(facts(changes));
  expect(found.map(({ kind, tone }) => `${MARKS[tone]}${kind}`)).toEqual(expected);
  for (const finding of found) {
    const { what, advice } = findingWords(finding);
    expect(what).toMatch(/[.:]( .*)?$/);
    expect(advice).toMatch(/\.$/);
  }
});

test('every kind of finding has a case', () => {
  const kinds = new Set(
    CASES.flatMap(([, , expected]) => expected.map((mark) => mark.replace(/^[+~!]/, ''))),
  );
  expect([...kinds].sort()).toEqual(
    [
      ...[
        'alone',
        'half-open',
        'linked',
        'linking',
        'loopback-fails',
        'names-hidden',
        'names-unresolved',
        'need-turn',
      ],
      ...[
        'no-answer',
        'no-network',
        'no-remote',
        'one-network',
        'packets-lost',
        'plain-http',
        'server-error',
      ],
      ...['server-not-taken', 'signal-refused', 'signal-returns', 'signal-unreachable', 'stun-unreachable'],
      ...['turn-expired', 'turn-unauthorized', 'turn-unreachable', 'webrtc-blocked'],
    ].sort(),
  );
});

test('a link through TURN is told from a direct one', () => {
  const direct = findingWords({ kind: 'linked', tone: 'good', count: 2, relayed: 0 });
  expect(direct.advice).toContain('straight from device to device');
  const path = { local: 'relay', remote: 'host', protocol: 'udp' } as const;
  const [relayed] = diagnosis(facts({ linked: 1, attempts: [openAttempt({ path })] }));
  expect(relayed).toMatchObject({ kind: 'linked', relayed: 1 });
});

describe('the three lines', () => {
  const stateOf = (name: string, changes: Partial<Facts>, isChecking = false) =>
    services(facts(changes), isChecking).find((service) => service.name === name)?.state;

  test('signal', () => {
    expect(stateOf('signal', {})).toBe('works');
    expect(stateOf('signal', { signaling: retrying })).toBe('fails');
    expect(stateOf('signal', { signaling: retrying, signalCheck: { ok: true, roundTripMs: 1 } })).toBe(
      'trying',
    );
    expect(stateOf('signal', { signaling: { kind: 'connecting' } })).toBe('trying');
    expect(stateOf('signal', { signaling: { kind: 'refused', code: 'room-full' } })).toBe('fails');
  });

  test('STUN and TURN: by checks, or by what connections saw', () => {
    expect(stateOf('stun', {})).toBe('untried');
    expect(stateOf('stun', {}, true)).toBe('trying');
    expect(stateOf('stun', { servers: [] })).toBe('none');
    expect(stateOf('stun', { attempts: [openAttempt({ local: [SEEN] })] })).toBe('works');
    expect(stateOf('turn', { attempts: [openAttempt({ local: [SEEN] })] })).toBe('untried');
    expect(stateOf('turn', { attempts: [openAttempt({ local: [LENT] })] })).toBe('works');
    expect(stateOf('stun', { servers: [server({ check: works })] })).toBe('works');
    expect(stateOf('stun', { servers: [server({ check: fails('no-answer') })] })).toBe('fails');
    expect(
      stateOf('stun', { servers: [server({ check: works }), server({ check: fails('no-answer') })] }),
    ).toBe('partly');
    // A check of now outweighs what was seen before.
    const seen = [openAttempt({ local: [SEEN] })];
    expect(stateOf('stun', { servers: [server({ check: fails('no-answer') })], attempts: seen })).toBe(
      'fails',
    );
  });
});

describe('what a server is known by', () => {
  test('each URL is asked on its own, with its credentials', () => {
    const listed = iceUrls([
      { urls: [STUN] },
      { urls: [TURN, 'turns:t.example.org'], username: 'u', credential: 'c' },
    ]);
    expect(listed).toEqual([
      { url: STUN },
      { url: TURN, username: 'u', credential: 'c' },
      { url: 'turns:t.example.org', username: 'u', credential: 'c' },
    ]);
  });

  test.each([
    ['1767225600:ab12', 1_767_225_600_000],
    ['1767225600', 1_767_225_600_000],
    ['alice', undefined],
    ['12345', undefined],
    ['1767225600x', undefined],
  ])('the end of the credentials of %s', (username, expiresAtMs) => {
    expect(serverFacts({ url: TURN, username }, undefined, []).expiresAtMs).toBe(expiresAtMs);
  });

  test.each([
    [TURN, 'turn:turn.example.org:3478?transport=udp', true],
    ['turn:h:3479?transport=tcp', 'turn:h:3479?transport=tcp', true],
    ['turn:h:3479', 'turn:h:3479?transport=tcp', false],
    ['turns:h', 'turns:h:5349?transport=tcp', true],
    ['stun:H', 'stun:h:3478', true],
    ['stun:[::1]', 'stun:[::1]:3478', true],
    ['stun:h:1', 'stun:h:2', false],
  ])('an error of %s is told as one of %s: %s', (url, told, isIts) => {
    const met = attempt({ errors: [{ url: told, code: 401 }] });
    expect(serverFacts({ url }, undefined, [met]).error).toBe(isIts ? 401 : undefined);
  });
});

describe('candidates', () => {
  test.each([
    [
      HIDDEN,
      { type: 'host', protocol: 'UDP', family: 'hidden', place: expect.stringMatching(/\.local:41234$/) },
    ],
    [HOST, { type: 'host', protocol: 'UDP', family: 'IPv4', place: '192.168.7.31:50000' }],
    [HOST_V6, { type: 'host', protocol: 'TCP', family: 'IPv6', place: '[fd00::2]:9' }],
    [SEEN, { type: 'srflx', protocol: 'UDP', family: 'IPv4', place: '203.0.113.9:61000' }],
    [LENT, { type: 'relay', protocol: 'UDP', family: 'IPv4', place: '198.51.100.4:65507' }],
    ['candidate:1', undefined],
    ['', undefined],
    ['candidate:1 1 udp 1 1.2.3.4 5 typ strange', undefined],
  ])('%s', (line, expected) => expect(parseCandidate(line)).toEqual(expected));

  test('of one kind are counted together', () => {
    expect(groupCandidates(parseCandidates([HOST, HIDDEN, HOST, 'nonsense']))).toEqual([
      { type: 'host', protocol: 'UDP', family: 'IPv4', count: 2 },
      { type: 'host', protocol: 'UDP', family: 'hidden', count: 1 },
    ]);
  });
});
