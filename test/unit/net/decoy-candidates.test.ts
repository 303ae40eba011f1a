import { expect, test } from 'vitest';
import { DECOY_INTERVAL_MS, decoyCandidate } from '../../../web/net/decoy-candidates.ts';
import { parseSignalData } from '../../../web/net/envelope.ts';
import { LIFETIME_MS } from '../../../web/net/invitation.ts';

test('there is a new one for as long as an invitation lives, and each is a candidate', () => {
  const decoys = Array.from({ length: Math.ceil(LIFETIME_MS / DECOY_INTERVAL_MS) }, (_, n) =>
    decoyCandidate(n),
  );
  expect(new Set(decoys.map(({ candidate }) => candidate.candidate)).size).toBe(decoys.length);
  for (const decoy of decoys) expect(parseSignalData(decoy)).toEqual(decoy);
  expect(decoys[0]?.candidate.candidate).toBe('candidate:10000 1 udp 1 192.0.2.1 10000 typ host');
});
