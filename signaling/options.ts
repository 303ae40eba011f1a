import { parseIceServers, type IceServer } from './protocol.ts';

/** Where the server listens unless PORT says otherwise: the usual second choice of web servers, and not Vite's. */
export const DEFAULT_PORT = 8080;

/** What the environment says. Everything has a default that suits a LAN. */
export interface Options {
  /** PORT: 0 to 65535; 0 picks any free port. */
  readonly port: number;
  /** HOST: the address to listen on; all of the machine's if not set. */
  readonly host?: string;
  /** ICE_SERVERS: JSON list of RTCIceServer; none by default, which is enough on one LAN. */
  readonly iceServers: readonly IceServer[];
}

/** `problem` is one sentence for the person who set the variable. */
export type OptionsResult =
  { readonly ok: true; readonly options: Options } | { readonly ok: false; readonly problem: string };

/** Reads the server's environment variables; an empty one counts as not set. */
export function readOptions(env: Readonly<Record<string, string | undefined>>): OptionsResult {
  const port = parsePort(env.PORT || String(DEFAULT_PORT));
  if (port === undefined) {
    return problem(`PORT must be a whole number from 0 to 65535, not "${env.PORT}". Example: PORT=8081`);
  }
  const host = env.HOST;
  if (host && !/^[A-Za-z0-9.:_-]+$/.test(host)) {
    return problem(`HOST must be an address or a host name, not "${host}". Example: HOST=127.0.0.1`);
  }
  const iceServers = parseIceServers(parseJson(env.ICE_SERVERS || '[]'));
  if (iceServers === undefined) {
    return problem(
      'ICE_SERVERS must be a JSON list of ICE servers with "urls", and for turn: also "username" and ' +
        '"credential". Example: ICE_SERVERS=\'[{"urls":"stun:stun.example.org:3478"}]\'',
    );
  }
  return { ok: true, options: host ? { port, host, iceServers } : { port, iceServers } };
}

function problem(sentence: string): OptionsResult {
  return { ok: false, problem: sentence };
}

function parsePort(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65_535 ? port : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // which no parser of ours accepts
  }
}
