import { expect, test } from './fixtures.ts';
import { waitForSameTip } from './tab.ts';

// The real rules: where a block is found in an instant, nobody could write while another node mines. A block takes
// 2^22 hashes on average, and now and then five times that: minutes on a busy machine.
test.use({ network: 'room' });
test.setTimeout(6 * 60_000);
const PATIENTLY = { timeout: 5 * 60_000 };

test('C writes "Hello P2P": A and B show it in a block that C mined', async ({ room }) => {
  const a = await room.open();
  const b = await room.open();
  const c = await room.open();
  for (const tab of [a, b, c]) await tab.waitForLinks(2);
  // They would lend a hand if C took longer than a block's spacing, and on a busy machine it may.
  await a.setMode('Off');
  await b.setMode('Off');

  await c.write('Hello P2P');

  const author = await c.name();
  for (const tab of [a, b, c]) await tab.waitForBlock('Hello P2P', author, PATIENTLY);
  const tip = await waitForSameTip([a, b, c]);
  expect(tip.height).toBe(1);
});

test('A writes while B mines', async ({ room }) => {
  const a = await room.open();
  const b = await room.open();
  await a.waitForLinks(1);
  await a.setMode('Off');
  await b.setMode('Always');
  await expect(b.page.getByTestId('hash-rate')).toBeVisible();
  // The browsers of these tests have vector instructions, and the page says so.
  await expect(b.page.getByTestId('pow-kernel')).toHaveAttribute('data-kernel', 'wasm-simd');

  await a.write('written while B mines');

  const producer = await b.name();
  for (const tab of [a, b]) await tab.waitForBlock('written while B mines', producer, PATIENTLY);
  await b.setMode('Off');
  await waitForSameTip([a, b]);
});
