import { expect, test } from './fixtures.ts';
import { waitForSameTip } from './tab.ts';

// The real rules: where a block is found in an instant, nobody could write while another node mines.
test.use({ network: 'room' });

test('C writes "Hello P2P": A and B show it in a block that C mined', async ({ room }) => {
  const a = await room.open();
  const b = await room.open();
  const c = await room.open();
  for (const tab of [a, b, c]) await tab.waitForLinks(2);

  await c.write('Hello P2P');

  const author = await c.name();
  for (const tab of [a, b, c]) await tab.waitForBlock('Hello P2P', author);
  const tip = await waitForSameTip([a, b, c]);
  expect(tip.height).toBe(1);
});

test('A writes while B mines', async ({ room }) => {
  const a = await room.open();
  const b = await room.open();
  await a.waitForLinks(1);
  await a.setMode('Off');
  await b.setMode('Always');
  // The first block is easy, because a new room's first block is old; B is at work on a hard one now.
  await b.waitForHeight(1);

  await a.write('written while B mines');

  const [nameOfA, nameOfB] = await Promise.all([a.name(), b.name()]);
  for (const tab of [a, b]) {
    const block = tab.blockWith('written while B mines');
    await expect(block).toContainText(nameOfA, { timeout: 150_000 });
    await expect(block).toContainText(`mined by ${nameOfB}`);
  }
  await b.setMode('Off');
  await waitForSameTip([a, b]);
});
