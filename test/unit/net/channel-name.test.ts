import { expect, test } from 'vitest';
import { channelName } from '../../../web/net/channel-name.ts';
import { readSdp, writeSdp, type Description } from '../../../web/net/invitation-sdp.ts';
import { CHROMIUM_ANSWER, CHROMIUM_OFFER, FIREFOX_ANSWER, FIREFOX_OFFER } from './recorded-sdp.ts';

test.each([
  [CHROMIUM_OFFER, CHROMIUM_ANSWER],
  [FIREFOX_OFFER, FIREFOX_ANSWER],
  [CHROMIUM_OFFER, FIREFOX_ANSWER],
])('both sides name their channel alike, also by what an invitation carries', (offer, answer) => {
  const name = channelName(offer, answer);
  expect(name).toHaveLength(32);
  expect(channelName(answer, offer)).toEqual(name);
  expect(channelName(writeSdp('answer', readSdp(answer) as Description), offer)).toEqual(name);
  expect(channelName(offer, FIREFOX_OFFER === offer ? CHROMIUM_ANSWER : FIREFOX_OFFER)).not.toEqual(name);
});

test('a description with another fingerprint besides, however it is written, names nothing', () => {
  for (const line of ['a=fingerprint:sha-256 AA:BB', 'a=FINGERPRINT: sha-256 AA:BB', 'x=fingerprint']) {
    expect(channelName(CHROMIUM_OFFER, `${CHROMIUM_ANSWER}${line}\r\n`)).toBeUndefined();
    expect(channelName(CHROMIUM_OFFER, `${line}\r\n${CHROMIUM_ANSWER}`)).toBeUndefined();
  }
  expect(channelName(CHROMIUM_OFFER, CHROMIUM_ANSWER.replace(/a=fingerprint.*\r\n/, ''))).toBeUndefined();
});
