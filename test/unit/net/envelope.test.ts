import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MAX_CANDIDATE_CHARS,
  MAX_MID_CHARS,
  MAX_SDP_CHARS,
  MAX_UFRAG_CHARS,
  parseEnvelope,
  parseSignalData,
} from '../../../web/net/envelope.ts';

const LINK_ID = '00112233445566778899aabbccddeeff';
const KEY = LINK_ID + LINK_ID;
const SESSION = '0123456789abcdef';
const OFFER = { type: 'offer', sdp: 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n' };
const ANSWER = { type: 'answer', sdp: 'v=0\r\n' };
const LINE = {
  candidate: 'candidate:1 1 udp 2113937151 a1b2.local 54321 typ host generation 0',
  sdpMid: '0',
  sdpMLineIndex: 0,
};
const CANDIDATE = { type: 'candidate', candidate: LINE };

const ENVELOPES = {
  offer: { kind: 'offer', linkId: LINK_ID, key: KEY, session: SESSION, data: OFFER },
  answer: { kind: 'answer', linkId: LINK_ID, data: ANSWER },
  candidate: { kind: 'candidate', linkId: LINK_ID, data: CANDIDATE },
  refuse: { kind: 'refuse', linkId: LINK_ID, key: KEY, session: SESSION, reason: 'full' },
};

describe('an envelope', () => {
  test.each(Object.entries(ENVELOPES))('%s comes through whole', (_kind, envelope) => {
    expect(parseEnvelope(JSON.parse(JSON.stringify(envelope)))).toEqual(envelope);
  });

  test('only checked fields come through, above all none that simple-peer obeys', () => {
    const rider = { renegotiate: true, transceiverRequest: { kind: 'video' } };
    const offer = { ...ENVELOPES.offer, ...rider, data: { ...OFFER, ...rider, candidate: LINE } };
    expect(parseEnvelope(offer)).toEqual(ENVELOPES.offer);
    const candidate = { ...ENVELOPES.candidate, data: { ...CANDIDATE, ...rider, sdp: 5 } };
    expect(parseEnvelope(candidate)).toEqual(ENVELOPES.candidate);
  });

  test.each([
    ['null', null],
    ['text', 'offer'],
    ['a list', [ENVELOPES.offer]],
    ['an unknown kind', { ...ENVELOPES.offer, kind: 'toString' }],
    ['no link', { ...ENVELOPES.offer, linkId: undefined }],
    ['a short link', { ...ENVELOPES.answer, linkId: LINK_ID.slice(2) }],
    ['a link in capitals', { ...ENVELOPES.answer, linkId: LINK_ID.toUpperCase() }],
    ['a short key', { ...ENVELOPES.offer, key: KEY.slice(2) }],
    ['no key', { ...ENVELOPES.refuse, key: undefined }],
    ['a long session', { ...ENVELOPES.offer, session: `${SESSION}00` }],
    ['no data', { ...ENVELOPES.offer, data: undefined }],
    ['data null', { ...ENVELOPES.answer, data: null }],
    ['an answer that offers', { ...ENVELOPES.answer, data: OFFER }],
    ['an offer that answers', { ...ENVELOPES.offer, data: ANSWER }],
    ['a candidate that offers', { ...ENVELOPES.candidate, data: OFFER }],
    ['an unknown reason', { ...ENVELOPES.refuse, reason: 'bored' }],
  ])('%s is none', (_name, json) => {
    expect(parseEnvelope(json)).toBeUndefined();
  });
});

describe('a signal', () => {
  const line = (change: object) => ({ type: 'candidate', candidate: { ...LINE, ...change } });

  test('is what simple-peer emits', () => {
    for (const signal of [OFFER, ANSWER, CANDIDATE]) expect(parseSignalData(signal)).toEqual(signal);
  });

  test('may be the end of candidates, may name its media section in one way, may have a fragment', () => {
    for (const change of [
      { candidate: '' },
      { sdpMid: null },
      { sdpMLineIndex: null },
      { usernameFragment: 'abcd' },
    ]) {
      expect(parseSignalData(line(change))).toEqual(line(change));
    }
    expect(parseSignalData(line({ usernameFragment: null, sdpMid: undefined }))).toEqual(
      line({ sdpMid: null }),
    );
  });

  test('may be just as long as its cap', () => {
    const offer = { type: 'offer', sdp: 'v'.repeat(MAX_SDP_CHARS) };
    const candidate = line({
      candidate: 'c'.repeat(MAX_CANDIDATE_CHARS),
      sdpMid: 'm'.repeat(MAX_MID_CHARS),
      sdpMLineIndex: 0xffff,
      usernameFragment: 'u'.repeat(MAX_UFRAG_CHARS),
    });
    expect(parseSignalData(offer)).toEqual(offer);
    expect(parseSignalData(candidate)).toEqual(candidate);
  });

  test.each([
    ['renegotiate', { type: 'renegotiate', renegotiate: true }],
    ['transceiverRequest', { type: 'transceiverRequest', transceiverRequest: { kind: 'audio' } }],
    ['rollback', { type: 'rollback', sdp: '' }],
    ['an SDP that is a number', { type: 'offer', sdp: 5 }],
    ['an empty SDP', { type: 'offer', sdp: '' }],
    ['an SDP over the cap', { type: 'offer', sdp: 'v'.repeat(MAX_SDP_CHARS + 1) }],
    ['an SDP with a NUL', { type: 'offer', sdp: 'v=0\u0000' }],
    ['an SDP that is not ASCII', { type: 'offer', sdp: 's=\u00e9' }],
    ['a candidate without a line', { type: 'candidate', candidate: null }],
    ['a candidate that is a text', { type: 'candidate', candidate: LINE.candidate }],
    ['a line that is a number', line({ candidate: 1 })],
    ['a line of two lines', line({ candidate: 'a\r\nb' })],
    ['a line over the cap', line({ candidate: 'c'.repeat(MAX_CANDIDATE_CHARS + 1) })],
    ['no media section', line({ sdpMid: null, sdpMLineIndex: null })],
    ['a media section that is a number', line({ sdpMid: 0 })],
    ['a media section over the cap', line({ sdpMid: 'm'.repeat(MAX_MID_CHARS + 1) })],
    ['a negative index', line({ sdpMLineIndex: -1 })],
    ['an index that is no integer', line({ sdpMLineIndex: 0.5 })],
    ['an index over the cap', line({ sdpMLineIndex: 0x10000 })],
    ['a fragment over the cap', line({ usernameFragment: 'u'.repeat(MAX_UFRAG_CHARS + 1) })],
  ])('is not %s', (_name, json) => {
    expect(parseSignalData(json)).toBeUndefined();
  });
});

test('garbage never throws, and what is accepted is accepted again', () => {
  const garbage = fc.oneof(fc.anything(), fc.jsonValue());
  const field = fc.constantFrom('kind', 'linkId', 'key', 'session', 'reason', 'data');
  const envelope = fc.constantFrom(...Object.values(ENVELOPES));
  fc.assert(
    fc.property(envelope, field, garbage, (valid, name, value) => {
      parseEnvelope(value);
      for (const data of [value, { ...CANDIDATE, candidate: value }, { ...OFFER, sdp: value }]) {
        parseEnvelope({ ...valid, data });
      }
      const parsed = parseEnvelope({ ...valid, [name]: value });
      if (parsed !== undefined) expect(parseEnvelope(parsed)).toEqual(parsed);
    }),
  );
});
