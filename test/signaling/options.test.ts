import { expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../signaling/limits.ts';
import { DEFAULT_PORT, describeOptions, readOptions, type Options } from '../../signaling/options.ts';

function read(args: string[], env: Record<string, string> = {}): Options {
  const result = readOptions(args, env);
  if (!result.ok) throw new Error(result.problem);
  return result.options;
}

function problem(args: string[], env: Record<string, string> = {}): string {
  const result = readOptions(args, env);
  return result.ok ? 'none' : result.problem;
}

test('nothing set suits a LAN', () => {
  const options = read([]);
  expect(options).toMatchObject({
    port: DEFAULT_PORT,
    host: undefined,
    https: false,
    iceServers: [],
    turnUrls: [],
    origins: undefined,
    redisUrl: undefined,
    trustedProxies: 0,
    logLevel: 'warn',
    drainS: 0,
    maxSockets: DEFAULT_LIMITS.maxSockets,
  });
  expect(read([], { PORT: '', HOST: '', ICE_SERVERS: '' })).toEqual(options);
});

test('takes flags and variables, flags first', () => {
  expect(
    read(['--port', '0', '--https', '--turn-urls=turn:a,turns:b?transport=tcp', '--turn-secret', 's'], {
      PORT: '80',
      HOST: '127.0.0.1',
      ICE_SERVERS: '[{"urls":"stun:a"}]',
      ORIGINS: 'https://a.example, http://b.example:8080',
      LOG_LEVEL: 'info',
    }),
  ).toMatchObject({
    port: 0,
    host: '127.0.0.1',
    https: true,
    iceServers: [{ urls: ['stun:a'] }],
    turnUrls: ['turn:a', 'turns:b?transport=tcp'],
    turnSecret: 's',
    origins: ['https://a.example', 'http://b.example:8080'],
    logLevel: 'info',
  });
});

test.each([
  ['port', 'PORT', 'http'],
  ['port', 'PORT', '-1'],
  ['port', 'PORT', '80.5'],
  ['port', 'PORT', '65536'],
  ['port', 'PORT', '0x50'],
  ['host', 'HOST', 'http://localhost'],
  ['host', 'HOST', 'a b'],
  ['ice-servers', 'ICE_SERVERS', 'stun:a'],
  ['ice-servers', 'ICE_SERVERS', '{"urls":"stun:a"}'],
  ['ice-servers', 'ICE_SERVERS', '[{"urls":"turn:a"}]'],
  ['turn-urls', 'TURN_URLS', 'stun:a'],
  ['turn-urls', 'TURN_URLS', 'turn:a,turn:b,turn:c,turn:d,turn:e'],
  ['turn-ttl', 'TURN_TTL', '1'],
  ['origins', 'ORIGINS', 'https://a.example/page'],
  ['trust-proxy', 'TRUST_PROXY', 'yes'],
  ['log-level', 'LOG_LEVEL', 'loud'],
  ['drain', 'DRAIN_SECONDS', '1h'],
  ['max-sockets', 'MAX_SOCKETS', '0'],
])('--%s or %s of "%s" is named in a sentence with an example', (flag, env, value) => {
  const quoted = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  expect(problem([], { [env]: value })).toMatch(
    new RegExp(`^${env} must be .*, not "${quoted}"\\. Example: ${env}=\\S+$`),
  );
  expect(problem([`--${flag}=${value}`])).toMatch(
    new RegExp(`^--${flag} must be .*, not "${quoted}"\\. Example: --${flag} \\S+$`),
  );
});

test('an example is one that works', () => {
  const flags = [...describeOptions().matchAll(/^ {2}--([\w-]+) </gm)].map(([, flag]) => flag);
  expect(flags.length).toBeGreaterThan(15);
  for (const flag of flags) {
    const [, example = ''] = /needs a value\. Example: --[\w-]+ (.+)$/.exec(problem([`--${flag}`])) ?? [];
    const text = example.replace(/^'(.*)'$/, '$1');
    expect(problem([`--${flag}`, text]), flag).not.toContain('must be');
  }
});

test('a secret is not repeated', () => {
  expect(problem([], { REDIS_URL: 'http://:password@redis' })).not.toContain('password');
});

test.each([
  [['--prot', '80'], 'There is no option "--prot": --help lists them all.'],
  [['start'], '"start" is no option: --help lists them all.'],
  [['--port'], '--port needs a value. Example: --port 8081'],
  [['--https=yes'], '--https takes no value.'],
  [['--cert', 'a.pem'], '--cert and --key go together: give both, or neither and --https.'],
  [['--turn-urls', 'turn:a'], 'TURN_URLS and TURN_SECRET go together: give both, or neither.'],
])('%j is one sentence', (args, sentence) => {
  expect(problem(args)).toBe(sentence);
});

test('the help tells of every option and its variable', () => {
  const help = describeOptions();
  for (const word of ['--port <n>', '[PORT]', '--https', '[REDIS_URL]', '[TURN_SECRET]', '--help', '8080']) {
    expect(help).toContain(word);
  }
  expect(Math.max(...help.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(110);
});
