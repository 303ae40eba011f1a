/**
 * What two nodes tell each other to set up one link, before there is a link: the content of a sealed
 * signaling payload.
 *
 * It comes from whoever knows the room's secret, so every field is checked, and only checked fields are
 * passed on: simple-peer throws on `signal(null)`, obeys `renegotiate` and `transceiverRequest` riding on any
 * object, and `new RTCIceCandidate` throws on a candidate that names no media section.
 */

/** Characters of an SDP. One for a data channel alone is about 500, with a hundred candidates about 12,000. */
export const MAX_SDP_CHARS = 16 * 1024;
/** Characters of a candidate line: two IPv6 addresses and the extensions take about 300. */
export const MAX_CANDIDATE_CHARS = 1024;
/** Characters of `sdpMid`: a token of the SDP, in practice "0" or "data". */
export const MAX_MID_CHARS = 64;
/** Characters of `usernameFragment`: RFC 8839 section 5.4 allows 256. */
export const MAX_UFRAG_CHARS = 256;

export interface OfferData {
  readonly type: 'offer';
  readonly sdp: string;
}
export interface AnswerData {
  readonly type: 'answer';
  readonly sdp: string;
}
/** `candidate.candidate` is empty at the end of a generation of candidates. */
export interface CandidateData {
  readonly type: 'candidate';
  readonly candidate: {
    readonly candidate: string;
    readonly sdpMid: string | null;
    readonly sdpMLineIndex: number | null;
    readonly usernameFragment?: string;
  };
}
/** The part of simple-peer's signals that a link needs; safe to hand to its `signal()`. */
export type SignalData = OfferData | AnswerData | CandidateData;

/** Opens a link. `linkId` is 16 random bytes in hex, chosen by the dialer, and names this attempt in all that follows. */
export interface OfferEnvelope {
  readonly kind: 'offer';
  readonly linkId: string;
  /** The dialer's public key, 32 bytes in hex. A claim: the handshake on the link proves it. */
  readonly key: string;
  /** 8 random bytes in hex, new at each start of the node: tells a restarted node from a second offer. */
  readonly session: string;
  readonly data: OfferData;
}
export interface AnswerEnvelope {
  readonly kind: 'answer';
  readonly linkId: string;
  readonly data: AnswerData;
}
export interface CandidateEnvelope {
  readonly kind: 'candidate';
  readonly linkId: string;
  readonly data: CandidateData;
}
/** Declines an offer: `linked` already, `full` of links, or `busy` with too many dials. */
export interface RefuseEnvelope {
  readonly kind: 'refuse';
  readonly linkId: string;
  readonly key: string;
  readonly session: string;
  readonly reason: RefuseReason;
}
export type RefuseReason = 'linked' | 'full' | 'busy';
export type SignalEnvelope = OfferEnvelope | AnswerEnvelope | CandidateEnvelope | RefuseEnvelope;

const HEX_8_BYTES = /^[0-9a-f]{16}$/;
const HEX_16_BYTES = /^[0-9a-f]{32}$/;
const HEX_32_BYTES = /^[0-9a-f]{64}$/;
/**
 * What browsers write is ASCII. Requiring it bounds the JSON of a text at twice its length (an escape for each
 * character), which is what MAX_PAYLOAD_CHARS of the signaling protocol counts on.
 */
const SDP_TEXT = /^[\t\r\n\x20-\x7e]+$/;
const LINE_TEXT = /^[\x20-\x7e]*$/;

type Fields = Record<string, unknown>;

/** Reads an opened payload's JSON value; `undefined` for anything that isn't a whole, valid envelope. Never throws. */
export function parseEnvelope(json: unknown): SignalEnvelope | undefined {
  if (!isObject(json)) return undefined;
  const { kind, linkId, key, session } = json;
  if (!isHex(linkId, HEX_16_BYTES)) return undefined;
  const data = parseSignalData(json.data);
  switch (kind) {
    case 'offer':
      return data?.type === 'offer' && isHex(key, HEX_32_BYTES) && isHex(session, HEX_8_BYTES)
        ? { kind, linkId, key, session, data }
        : undefined;
    case 'answer':
      return data?.type === 'answer' ? { kind, linkId, data } : undefined;
    case 'candidate':
      return data?.type === 'candidate' ? { kind, linkId, data } : undefined;
    case 'refuse':
      return isReason(json.reason) && isHex(key, HEX_32_BYTES) && isHex(session, HEX_8_BYTES)
        ? { kind, linkId, key, session, reason: json.reason }
        : undefined;
    default:
      return undefined;
  }
}

/**
 * Reads one signal as simple-peer emits it: for the way out too, where `renegotiate` and `transceiverRequest`
 * (media, which a link never has) are dropped. `undefined` for anything else. Never throws.
 */
export function parseSignalData(json: unknown): SignalData | undefined {
  if (!isObject(json)) return undefined;
  switch (json.type) {
    case 'offer':
    case 'answer':
      return isText(json.sdp, MAX_SDP_CHARS, SDP_TEXT) ? { type: json.type, sdp: json.sdp } : undefined;
    case 'candidate':
      return parseCandidate(json.candidate);
    default:
      return undefined;
  }
}

function parseCandidate(json: unknown): CandidateData | undefined {
  if (!isObject(json)) return undefined;
  const { candidate, usernameFragment } = json;
  // Absent and null mean the same to RTCIceCandidate.
  const sdpMid = json.sdpMid ?? null;
  const sdpMLineIndex = json.sdpMLineIndex ?? null;
  if (!isText(candidate, MAX_CANDIDATE_CHARS, LINE_TEXT)) return undefined;
  if (sdpMid !== null && !isText(sdpMid, MAX_MID_CHARS, LINE_TEXT)) return undefined;
  if (sdpMLineIndex !== null && !isUint16(sdpMLineIndex)) return undefined;
  if (sdpMid === null && sdpMLineIndex === null) return undefined;
  const line = { candidate, sdpMid, sdpMLineIndex };
  if (usernameFragment === undefined || usernameFragment === null)
    return { type: 'candidate', candidate: line };
  if (!isText(usernameFragment, MAX_UFRAG_CHARS, LINE_TEXT)) return undefined;
  return { type: 'candidate', candidate: { ...line, usernameFragment } };
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isHex(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function isText(value: unknown, maxChars: number, pattern: RegExp): value is string {
  return typeof value === 'string' && value.length <= maxChars && pattern.test(value);
}

/** WebIDL's `unsigned short`, the type of `sdpMLineIndex`. */
function isUint16(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff;
}

function isReason(value: unknown): value is RefuseReason {
  return value === 'linked' || value === 'full' || value === 'busy';
}
