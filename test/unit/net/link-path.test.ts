import { expect, test } from 'vitest';
import { linkPathOf } from '../../../web/net/link-path.ts';

const local = { id: 'L', type: 'local-candidate', candidateType: 'host', protocol: 'udp' };
const remote = { id: 'R', type: 'remote-candidate', candidateType: 'srflx', protocol: 'udp' };
const pair = { id: 'P', type: 'candidate-pair', localCandidateId: 'L', remoteCandidateId: 'R' };
/** Tried as well, and not used. */
const other = { ...pair, id: 'Q', localCandidateId: 'X', state: 'succeeded', nominated: false };

test('Chromium names the pair in its transport', () => {
  const transport = { id: 'T', type: 'transport', selectedCandidatePairId: 'P' };
  expect(linkPathOf([other, pair, local, remote, transport])).toEqual({
    local: 'host',
    remote: 'srflx',
    protocol: 'udp',
  });
});

test('Firefox marks the pair, or it is the one that was agreed on', () => {
  const path = { local: 'host', remote: 'srflx', protocol: 'udp' };
  expect(linkPathOf([other, { ...pair, selected: true }, local, remote])).toEqual(path);
  expect(linkPathOf([other, { ...pair, nominated: true, state: 'succeeded' }, local, remote])).toEqual(path);
});

test('a protocol that is not known is not told', () => {
  const odd = { ...local, candidateType: 'relay', protocol: 'carrier pigeon' };
  expect(linkPathOf([{ ...pair, selected: true }, odd, remote])).toEqual({
    local: 'relay',
    remote: 'srflx',
    protocol: undefined,
  });
});

test.each([
  ['no reports', []],
  ['no pair in use', [other, pair, local, remote]],
  ['a pair whose candidates are missing', [{ ...pair, selected: true }]],
  [
    'a type of candidate that is new',
    [{ ...pair, selected: true }, { ...local, candidateType: 'x' }, remote],
  ],
])('says nothing from %s', (_what, reports) => {
  expect(linkPathOf(reports)).toBeUndefined();
});
