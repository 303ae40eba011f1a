import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepCertificate } from '../../signaling/certificate.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW_MS = Date.UTC(2030, 0, 1);

let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'tabchain-certificate-')), 'state');
});

afterEach(() => rm(join(folder, '..'), { recursive: true }));

test('is for this machine and its addresses, and the same at the next start', async () => {
  const made = await keepCertificate(folder, ['192.0.2.1'], NOW_MS);
  const parsed = new X509Certificate(made.cert);
  expect(parsed.checkHost('localhost')).toBe('localhost');
  for (const ip of ['127.0.0.1', '192.0.2.1']) expect(parsed.checkIP(ip)).toBe(ip);
  expect(parsed.ca).toBe(false);
  const days = (Date.parse(parsed.validTo) - Date.parse(parsed.validFrom)) / DAY_MS;
  expect(days).toBeLessThanOrEqual(398);
  expect(await keepCertificate(folder, ['192.0.2.1'], NOW_MS + 300 * DAY_MS)).toEqual(made);
});

test('is made anew when it ends soon, lacks an address, or is damaged', async () => {
  const made = await keepCertificate(folder, ['192.0.2.1'], NOW_MS);
  const later = await keepCertificate(folder, ['192.0.2.1'], NOW_MS + 380 * DAY_MS);
  expect(later.cert).not.toBe(made.cert);
  const elsewhere = await keepCertificate(folder, ['192.0.2.2'], NOW_MS + 380 * DAY_MS);
  expect(elsewhere.cert).not.toBe(later.cert);
  await writeFile(join(folder, 'cert.pem'), elsewhere.cert.slice(0, 200));
  const healed = await keepCertificate(folder, ['192.0.2.2'], NOW_MS + 380 * DAY_MS);
  expect(new X509Certificate(healed.cert).checkIP('192.0.2.2')).toBe('192.0.2.2');
});

test.each([
  ['another key, as a server leaves it that is stopped between the two files', (other: string) => other],
  ['half a key', (other: string) => other.slice(0, 60)],
])('is made anew when it lies beside %s', async (_, keyFrom) => {
  const { cert } = await keepCertificate(folder, [], NOW_MS);
  const other = await keepCertificate(join(folder, 'other'), [], NOW_MS);
  await writeFile(join(folder, 'key.pem'), keyFrom(other.key));
  const healed = await keepCertificate(folder, [], NOW_MS);
  expect(healed.cert).not.toBe(cert);
  expect(new X509Certificate(healed.cert).checkPrivateKey(createPrivateKey(healed.key))).toBe(true);
});
