import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { expect, firefox, test, type Browser } from '@playwright/test';
import { findFirefox } from '../../scripts/browsers.ts';
import { SeededRandom } from '../sim/seeded-random.ts';
import { bundled } from './page-bundle.ts';

/** An item and what noble alone says of it, in the browser as in Node.js. Bytes as hex, to travel into the page. */
interface Item {
  readonly signature: string;
  readonly message: string;
  readonly publicKey: string;
}

interface Answers {
  /** Is there a native Ed25519 to disagree with? */
  readonly native: boolean;
  readonly total: number;
  readonly valid: number;
  readonly different: readonly Item[];
}

const VECTORS = new URL('../../../shared/vectors/ed25519/zip215.json', import.meta.url);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Where the vectors are absent, only the random ones are asked. */
function zip215Items(): Item[] {
  if (!existsSync(VECTORS)) return [];
  const cases = JSON.parse(readFileSync(VECTORS, 'utf8')) as { vk_bytes: string; sig_bytes: string }[];
  const message = hex(new TextEncoder().encode('Zcash'));
  return cases.map(({ vk_bytes, sig_bytes }) => ({ publicKey: vk_bytes, signature: sig_bytes, message }));
}

/** Three in four valid; the others with a flipped bit or made of noise. */
function randomItems(count: number): Item[] {
  const rng = new SeededRandom(7);
  return Array.from({ length: count }, (_, i) => {
    // RFC 8410: the fixed start of an Ed25519 private key in PKCS #8.
    const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), rng.bytes(32)]);
    const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
    const message = rng.bytes(32);
    const signature = i % 8 === 7 ? rng.bytes(64) : new Uint8Array(sign(null, message, privateKey));
    const bit = Math.floor(rng.next() * 512);
    if (i % 8 === 3) signature[bit >> 3] = (signature[bit >> 3] as number) ^ (1 << (bit & 7));
    return { signature: hex(signature), message: hex(message), publicKey: hex(publicKey) };
  });
}

async function ask(browser: Browser, items: readonly Item[]): Promise<Answers> {
  const page = await browser.newPage();
  // crypto.subtle wants a secure context, which this address is.
  await page.route('http://localhost/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
  );
  await page.goto('http://localhost/');
  await page.addScriptTag({ content: await bundled('verifier-page.ts', 'Verifier') });
  const answers = await page.evaluate(async (all): Promise<Answers> => {
    const { judge, findNativeVerify, verifyZip215 } = (
      globalThis as unknown as { Verifier: typeof import('./verifier-page.ts') }
    ).Verifier;
    const bytes = (text: string) =>
      Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
    const native = await findNativeVerify();
    const parsed = all.map((item) => ({
      item,
      signature: bytes(item.signature),
      message: bytes(item.message),
      publicKey: bytes(item.publicKey),
    }));
    const answered = await Promise.all(
      parsed.map(async ({ item, signature, message, publicKey }) => ({
        item,
        ahead: await judge({ signature, message, publicKey }, native),
        alone: verifyZip215(signature, message, publicKey),
      })),
    );
    return {
      native: native !== undefined,
      total: answered.length,
      valid: answered.filter(({ alone }) => alone).length,
      different: answered.filter(({ ahead, alone }) => ahead !== alone).map(({ item }) => item),
    };
  }, items);
  await page.close();
  return answers;
}

const zip215 = zip215Items();
const items = [...zip215, ...randomItems(1000)];

function check(answers: Answers): void {
  expect(answers.different).toEqual([]);
  expect(answers.total).toBe(items.length);
  expect(answers.valid).toBe(zip215.length + 750);
  test.info().annotations.push({
    type: 'engine',
    description: answers.native ? 'has Ed25519 of its own' : 'has no Ed25519 of its own: noble answered all',
  });
}

test('the verifier says what noble alone says', async ({ browser }) => {
  check(await ask(browser, items));
});

test('the verifier says what noble alone says, in Firefox', async () => {
  const installed = findFirefox();
  test.skip(
    installed === undefined,
    'There is no Firefox here: install it, or set TABCHAIN_FIREFOX to its path.',
  );
  const browser = await firefox.launch(installed);
  check(await ask(browser, items));
  await browser.close();
});
