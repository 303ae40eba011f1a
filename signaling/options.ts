import { homedir } from 'node:os';
import { join } from 'node:path';
import { MAX_OTHER_ICE_SERVERS } from './ice-servers.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { LOG_LEVELS, type LogLevel } from './log.ts';
import { isIceUrl, MAX_ICE_URLS, parseIceServers, type IceServer } from './protocol.ts';
import { describeSettings, readSettings, type Setting, type ValuesOf } from './setting.ts';

/** Where the server listens unless told otherwise: the usual second choice of web servers, and not Vite's. */
export const DEFAULT_PORT = 8080;
/** A school day: whoever opens a tab in the morning still has relays in the afternoon. */
const DEFAULT_TURN_TTL_S = 12 * 60 * 60;

/** All that can be chosen, in the order of the help. Everything has a default that suits a LAN. */
const SETTINGS = {
  port: number('port', 'PORT', 0, 65_535, DEFAULT_PORT, '8081', {
    help: 'Port of page and signaling; 0 picks any free one',
  }),
  host: setting<string | undefined>({
    flag: 'host',
    env: 'HOST',
    placeholder: 'address',
    help: 'Address to listen on',
    otherwise: "all of the machine's",
    fallback: undefined,
    read: (text) => (/^[A-Za-z0-9.:_-]+$/.test(text) ? text : undefined),
    must: 'an address or a host name',
    example: '127.0.0.1',
  }),
  https: setting<boolean>({
    flag: 'https',
    env: 'HTTPS',
    placeholder: undefined,
    help: 'HTTPS, with a certificate that is made once and kept in the state folder, unless --cert gives one',
    otherwise: 'plain HTTP',
    fallback: false,
    read: (text) => ({ 1: true, true: true, 0: false, false: false })[text],
    must: '1 or 0',
    example: '1',
  }),
  cert: file('cert', 'TLS_CERT', 'Certificate chain for HTTPS, a PEM file; with --key', 'cert.pem'),
  key: file('key', 'TLS_KEY', 'Its private key, a PEM file', 'key.pem'),
  stateDir: setting<string>({
    ...file('state-dir', 'STATE_DIR', 'Folder for the certificate that --https makes', '/var/lib/tabchain'),
    placeholder: 'folder',
    otherwise: '.tabchain in your home folder',
    fallback: join(homedir(), '.tabchain'),
    read: (text) => text,
  }),
  iceServers: setting<readonly IceServer[]>({
    flag: 'ice-servers',
    env: 'ICE_SERVERS',
    placeholder: 'json',
    help: 'STUN servers for nodes of other networks, and TURN servers with lasting passwords',
    otherwise: 'none, which is enough on one LAN',
    fallback: [],
    read: (text) => parseIceServers(parseJson(text)),
    must: 'a JSON list of ICE servers with "urls", and for turn: also "username" and "credential"',
    example: `'[{"urls":"stun:stun.example.org:3478"}]'`,
  }),
  turnUrls: setting<readonly string[]>({
    flag: 'turn-urls',
    env: 'TURN_URLS',
    placeholder: 'url,url',
    help: 'TURN servers that share --turn-secret: each node gets a password of its own, for a time',
    otherwise: 'none',
    fallback: [],
    read: (text) => readList(text, MAX_ICE_URLS, (url) => /^turns?:/i.test(url) && isIceUrl(url)),
    must: `1 to ${MAX_ICE_URLS} turn: or turns: URLs with commas between`,
    example: 'turn:turn.example.org:3478,turns:turn.example.org:443?transport=tcp',
  }),
  turnSecret: setting<string | undefined>({
    flag: 'turn-secret',
    env: 'TURN_SECRET',
    placeholder: 'text',
    help: "coturn's static-auth-secret. Better as a variable: other users of a machine see command lines",
    otherwise: 'none',
    fallback: undefined,
    read: (text) => (text === '' ? undefined : text),
    must: "coturn's static-auth-secret",
    example: 'north-wind',
    isSecret: true,
  }),
  turnTtlS: number('turn-ttl', 'TURN_TTL', 60, 7 * 24 * 60 * 60, DEFAULT_TURN_TTL_S, '3600', {
    help: 'Seconds for which such a password is good; new ones come in time',
  }),
  origins: setting<readonly string[] | undefined>({
    flag: 'origins',
    env: 'ORIGINS',
    placeholder: 'origin,origin',
    help: 'Pages that may use this signaling server',
    otherwise: 'all: there are no cookies or accounts to abuse',
    fallback: undefined,
    read: (text) => readList(text, 100, (origin) => /^https?:\/\/[^\s/,]+$/.test(origin)),
    must: 'origins with commas between, each a scheme and a host, without a path',
    example: 'https://chain.school.example',
  }),
  trustedProxies: number('trust-proxy', 'TRUST_PROXY', 0, 10, 0, '1', {
    help: 'Reverse proxies before this server, whose X-Forwarded-For tells the address that limits count against',
  }),
  redisUrl: setting<string | undefined>({
    flag: 'redis-url',
    env: 'REDIS_URL',
    placeholder: 'url',
    help: 'Redis that makes all servers which share it one (docs/scaling.md)',
    otherwise: 'none: this server is alone',
    fallback: undefined,
    read: (text) => (/^rediss?:\/\/\S+$/.test(text) ? text : undefined),
    must: 'a redis: or rediss: URL',
    example: 'redis://localhost:6379',
    isSecret: true,
  }),
  logLevel: setting<LogLevel>({
    flag: 'log-level',
    env: 'LOG_LEVEL',
    placeholder: 'level',
    help: `JSON lines on stderr from this level up: ${LOG_LEVELS.join(', ')}`,
    otherwise: 'warn',
    fallback: 'warn',
    read: (text) => LOG_LEVELS.find((level) => level === text),
    must: `one of ${LOG_LEVELS.join(', ')}`,
    example: 'info',
  }),
  drainS: number('drain', 'DRAIN_SECONDS', 0, 3_600, 0, '10', {
    help: 'After SIGTERM, seconds in which /readyz says no and all else goes on, so that a balancer can look away',
  }),
  maxSockets: number('max-sockets', 'MAX_SOCKETS', 1, 1_000_000, DEFAULT_LIMITS.maxSockets, '20000', {
    help: 'Nodes of this server',
  }),
  maxSocketsPerAddress: number(
    'max-sockets-per-address',
    'MAX_SOCKETS_PER_ADDRESS',
    1,
    1_000_000,
    DEFAULT_LIMITS.maxSocketsPerAddress,
    '1000',
    { help: 'Nodes of one network address, such as a whole school behind one router' },
  ),
  joinsPerMinute: number(
    'max-joins-per-minute',
    'MAX_JOINS_PER_MINUTE',
    1,
    1_000_000,
    DEFAULT_LIMITS.joinsPerMinute,
    '2000',
    { help: 'Joins of one network address in a minute' },
  ),
  maxRooms: number('max-rooms', 'MAX_ROOMS', 1, 1_000_000, DEFAULT_LIMITS.maxRooms, '10000', {
    help: 'Rooms of this server',
  }),
} as const;

export type Options = ValuesOf<typeof SETTINGS>;

/** `problem` is one sentence for the person at the keyboard. */
export type OptionsResult =
  { readonly ok: true; readonly options: Options } | { readonly ok: false; readonly problem: string };

/** `args` without the program's own name. */
export function readOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): OptionsResult {
  const result = readSettings(SETTINGS, args, env);
  if (!result.ok) return result;
  const options = result.values;
  const problem = findContradiction(options);
  return problem === undefined ? { ok: true, options } : { ok: false, problem };
}

function findContradiction({ cert, key, turnUrls, turnSecret, iceServers }: Options): string | undefined {
  if ((cert === undefined) !== (key === undefined)) {
    return '--cert and --key go together: give both, or neither and --https.';
  }
  if ((turnSecret === undefined) !== (turnUrls.length === 0)) {
    return 'TURN_URLS and TURN_SECRET go together: give both, or neither.';
  }
  if (turnSecret !== undefined && iceServers.length > MAX_OTHER_ICE_SERVERS) {
    return `With TURN_URLS there may be ${MAX_OTHER_ICE_SERVERS} ICE_SERVERS, not ${iceServers.length}: leave some out.`;
  }
  return undefined;
}

/** What `--help` prints. */
export function describeOptions(): string {
  return [
    'tabchain: serves the page of a blockchain that lives in browser tabs, and the signaling by which tabs meet.',
    '',
    'npm start -- [options]      in a clone',
    'npx tabchain [options]      from a package',
    '',
    describeSettings(SETTINGS),
    '  --help                          Prints this.',
    '',
    'Each option may also be given as the environment variable in brackets; the option wins.',
    'On the same port: /healthz, /readyz, and /metrics for Prometheus. docs/host-your-own.md tells of all this.',
  ].join('\n');
}

/** Says of what type the value is. */
function setting<Value>(definition: Setting<Value>): Setting<Value> {
  return definition;
}

function number(
  flag: string,
  env: string,
  min: number,
  max: number,
  fallback: number,
  example: string,
  { help }: { help: string },
): Setting<number> {
  return {
    flag,
    env,
    placeholder: 'n',
    help,
    otherwise: String(fallback),
    fallback,
    read(text) {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
      return value >= min && value <= max ? value : undefined;
    },
    must: `a whole number from ${min} to ${max}`,
    example,
  };
}

function file(flag: string, env: string, help: string, example: string): Setting<string | undefined> {
  return {
    flag,
    env,
    placeholder: 'file',
    help,
    otherwise: 'none',
    fallback: undefined,
    read: (text) => (text === '' ? undefined : text),
    must: 'the name of a file',
    example,
  };
}

function readList(text: string, max: number, isEntry: (entry: string) => boolean): string[] | undefined {
  const entries = text.split(',').map((entry) => entry.trim());
  return entries.length <= max && entries.every(isEntry) ? entries : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // which no parser of ours accepts
  }
}
