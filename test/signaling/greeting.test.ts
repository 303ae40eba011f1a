import { expect, test } from 'vitest';
import { greeting } from '../../signaling/greeting.ts';

const LOCAL = ['http://localhost:8080'];
const LAN = ['http://192.0.2.1:8080'];
const options = { isSelfSigned: false, hasColours: false };

test('plain HTTP on the network is said, with what is lost and the way out', () => {
  const text = greeting({ ...options, pageUrls: { local: LOCAL, lan: LAN } });
  expect(text).toContain('plain HTTP');
  expect(text).toContain('--https');
  expect(greeting({ ...options, pageUrls: { local: LOCAL, lan: [] } })).not.toContain('plain HTTP');
  const secure = greeting({
    ...options,
    isSelfSigned: true,
    pageUrls: { local: [], lan: ['https://192.0.2.1'] },
  });
  expect(secure).not.toContain('plain HTTP');
  expect(secure).toContain('self-signed');
});

test('a phone gets a QR code, of a link that it can reach', () => {
  const lines = greeting({ ...options, pageUrls: { local: LOCAL, lan: LAN } }).split('\n');
  const code = lines.filter((line) => /^ {2}[ ▀▄█]+$/.test(line));
  // 29 modules and a border of 2, two rows a line.
  expect(code.length).toBeGreaterThanOrEqual(16);
  expect(new Set(code.map(({ length }) => length)).size).toBe(1);
  expect(greeting({ ...options, pageUrls: { local: LOCAL, lan: [] } })).not.toMatch(/[▀▄█]/);
});
