import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Apple's browsers refuse certificates that are good for more than 825 days, others more than 398. */
const LIFETIME_DAYS = 397;
/** A certificate that ends sooner than this is replaced now, not in the middle of a lesson. */
const SPARE_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A certificate that was given. @throws Error with the system's code if a file can't be read. */
export async function readCertificate(certFile: string, keyFile: string): Promise<Certificate> {
  return { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
}

/**
 * The self-signed certificate of this machine, made at the first call and kept in `stateDir`: a browser that was told
 * to trust it is not asked again. A new one is made when it ends soon or lacks one of the `addresses`.
 * @throws Error with the system's code if `stateDir` can't be read or written.
 */
export async function keepCertificate(
  stateDir: string,
  addresses: readonly string[],
  nowMs: number,
): Promise<Certificate> {
  const certFile = join(stateDir, 'cert.pem');
  const keyFile = join(stateDir, 'key.pem');
  const kept = await readIfThere(certFile, keyFile);
  if (kept !== undefined && isGood(kept, addresses, nowMs)) return kept;
  const made = await makeCertificate(addresses, nowMs);
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  await replaceFile(keyFile, made.key, 0o600);
  await replaceFile(certFile, made.cert, 0o644);
  return made;
}

async function makeCertificate(addresses: readonly string[], nowMs: number): Promise<Certificate> {
  const name = hostname();
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    // A clock of the class that is a little slow shall not refuse it.
    notBeforeDate: new Date(nowMs - DAY_MS),
    notAfterDate: new Date(nowMs + (LIFETIME_DAYS - 1) * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...['localhost', name].map((value) => ({ type: 2 as const, value })),
          ...['127.0.0.1', '::1', ...addresses].map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
  return { cert, key };
}

function isGood({ cert, key }: Certificate, addresses: readonly string[], nowMs: number): boolean {
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(cert);
    // A server that was stopped between the two files left a new key beside the old certificate.
    if (!parsed.checkPrivateKey(createPrivateKey(key))) return false;
  } catch {
    return false; // half a file, or another one of that name: a new one takes its place
  }
  const endsMs = Date.parse(parsed.validTo);
  return endsMs - nowMs > SPARE_DAYS * DAY_MS && addresses.every((ip) => parsed.checkIP(ip) !== undefined);
}

async function readIfThere(certFile: string, keyFile: string): Promise<Certificate | undefined> {
  try {
    return await readCertificate(certFile, keyFile);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Never half a file: a server that is stopped in the middle leaves the old one. */
async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  await writeFile(beside, text, { mode });
  await rename(beside, path);
}
