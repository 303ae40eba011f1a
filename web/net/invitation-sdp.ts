/**
 * What two browsers have to know of each other for a data channel, taken out of the SDP that one of them wrote, and
 * the SDP for the other one made anew from it: a tenth of the size, and a text that somebody made up can say nothing
 * to the browser but these fields.
 *
 * The rest of a data channel's SDP is the same in all browsers (RFC 8841, RFC 8839), or may be left out: without
 * `max-message-size` it is 64 KiB, and our frames are 16 KiB at most.
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import * as P from 'micro-packed';
import { list } from '../core/codec.ts';

/** Addresses of one device: two kinds of IP on three networks, and some that servers saw. Each adds 32 to 64 characters. */
export const MAX_CANDIDATES = 10;
/** The machine's own addresses among them: those of servers come last in the SDP, and must not fall off. */
const MAX_HOST_CANDIDATES = 7;

/** Where a device can be reached over UDP. */
export interface Candidate {
  readonly kind: 'host' | 'srflx' | 'relay';
  /** IPv4 or IPv6 address, or the name `UUID.local` that browsers give to an address they hide. */
  readonly address: string;
  readonly port: number;
  readonly priority: number;
}

export interface Description {
  /** ICE user name and password (RFC 8839 section 5.4): letters, digits, `+` and `/`. */
  readonly ufrag: string;
  readonly pwd: string;
  /** SHA-256 of the DTLS certificate, in hex. */
  readonly fingerprint: string;
  readonly candidates: readonly Candidate[];
}

const ICE_TEXT = /^[A-Za-z0-9+/]+$/;
const IP_ADDRESS = /^[0-9A-Fa-f.:]{2,45}$/;
const HIDDEN = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\.local$/i;
/** `candidate:FOUNDATION COMPONENT TRANSPORT PRIORITY ADDRESS PORT typ KIND` (RFC 8839 section 5.1), UDP only. */
const CANDIDATE = /^a=candidate:\S+ 1 udp (\d+) (\S+) (\d+) typ (host|srflx|relay)\b/i;

function matching(pattern: RegExp, minChars: number, maxChars: number): P.CoderType<string> {
  return P.validate(P.string(P.U8), (text) => {
    if (text.length < minChars || text.length > maxChars || !pattern.test(text))
      throw new Error('text of another form');
    return text;
  });
}

/** A hidden address as the 16 bytes of its UUID. */
const hiddenAddress: P.CoderType<string> = P.apply(P.bytes(16), {
  encode: (bytes: P.Bytes): string =>
    `${bytesToHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}.local`,
  decode: (name: string): P.Bytes => hexToBytes(name.replace(/\.local$/i, '').replaceAll('-', '')),
});

const addressCodec: P.CoderType<string> = P.apply(
  P.mappedTag(P.U8, { hidden: [0, hiddenAddress], shown: [1, matching(IP_ADDRESS, 2, 45)] }),
  {
    encode: ({ data }) => data,
    decode: (address: string) => ({ TAG: HIDDEN.test(address) ? 'hidden' : 'shown', data: address }) as const,
  },
);

const candidateCodec: P.CoderType<Candidate> = P.struct({
  kind: P.map(P.U8, { host: 0, srflx: 1, relay: 2 }) as P.CoderType<Candidate['kind']>,
  address: addressCodec,
  port: P.U16LE,
  priority: P.U32LE,
});

/** RFC 8839 allows up to 256 characters; browsers write 4 and 24 (Chromium, Safari) or 8 and 32 (Firefox). */
export const descriptionCodec: P.CoderType<Description> = P.struct({
  ufrag: matching(ICE_TEXT, 4, 32),
  pwd: matching(ICE_TEXT, 22, 64),
  fingerprint: P.hex(32),
  candidates: list(MAX_CANDIDATES, candidateCodec),
});

/** Reads the SDP that a browser of ours wrote for a data channel alone; `undefined` if it says something else. */
export function readSdp(sdp: string): Description | undefined {
  const lines = sdp.split(/\r?\n/);
  const valueOf = (name: string): string =>
    lines.find((line) => line.startsWith(`a=${name}:`))?.slice(name.length + 3) ?? '';
  const media = lines.filter((line) => line.startsWith('m='));
  const fingerprint = /^sha-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})$/i.exec(valueOf('fingerprint'))?.[1];
  const isOurs =
    media.length === 1 &&
    media[0]?.endsWith('UDP/DTLS/SCTP webrtc-datachannel') === true &&
    valueOf('mid') === '0' &&
    valueOf('sctp-port') === '5000';
  if (!isOurs || fingerprint === undefined) return undefined;

  const candidates = lines.flatMap((line) => readCandidate(line) ?? []);
  const hosts = candidates.filter(({ kind }) => kind === 'host').slice(0, MAX_HOST_CANDIDATES);
  const others = candidates.filter(({ kind }) => kind !== 'host');
  const description: Description = {
    ufrag: valueOf('ice-ufrag'),
    pwd: valueOf('ice-pwd'),
    fingerprint: fingerprint.replaceAll(':', '').toLowerCase(),
    candidates: [...hosts, ...others].slice(0, MAX_CANDIDATES),
  };
  return ICE_TEXT.test(description.ufrag) && ICE_TEXT.test(description.pwd) ? description : undefined;
}

function readCandidate(line: string): Candidate | undefined {
  const [, priority, address = '', port, kind = ''] = CANDIDATE.exec(line) ?? [];
  if (!IP_ADDRESS.test(address) && !HIDDEN.test(address)) return undefined;
  return {
    kind: kind.toLowerCase() as Candidate['kind'],
    address: address.toLowerCase(),
    port: Number(port),
    priority: Number(priority),
  };
}

/** The SDP of a data channel, as browsers take it from another one. */
export function writeSdp(type: 'offer' | 'answer', description: Description): string {
  const { ufrag, pwd, fingerprint, candidates } = description;
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    ...candidates.map(writeCandidate),
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${pwd}`,
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${fingerprint.toUpperCase().replace(/..(?=.)/g, '$&:')}`,
    // The answerer begins the DTLS handshake, as all browsers have it.
    `a=setup:${type === 'offer' ? 'actpass' : 'active'}`,
    'a=mid:0',
    'a=sctp-port:5000',
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}

function writeCandidate({ kind, address, port, priority }: Candidate, index: number): string {
  // The grammar wants the base of such an address, which nobody uses; browsers hide theirs the same way.
  const base = kind === 'host' ? '' : ' raddr 0.0.0.0 rport 0';
  return `a=candidate:${index + 1} 1 udp ${priority} ${address} ${port} typ ${kind}${base}`;
}
