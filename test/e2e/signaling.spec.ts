import { expect, test } from './fixtures.ts';
import { waitForSameTip } from './tab.ts';

test('a lost link is dialled again', async ({ room }) => {
  const a = await room.open();
  const b = await room.open();
  await a.waitForLinks(1);
  await b.waitForLinks(1);
  const [old] = await a.openLinks();

  await a.cutLinks();

  await expect.poll(() => a.openLinks()).toHaveLength(1);
  expect(await a.openLinks()).not.toContain(old);
  await a.waitForLinks(1);
  await b.waitForLinks(1);
  await a.write('over the new link');
  await expect(b.blockWith('over the new link')).toBeVisible();
});

test('a killed signaling server disturbs no link, and is rejoined when it is back', async ({
  room,
  server,
}) => {
  const a = await room.open();
  const b = await room.open();
  await a.waitForLinks(1);
  await b.waitForLinks(1);
  const links = await a.openLinks();

  await server.stop();
  for (const tab of [a, b]) {
    await expect(tab.chip('signal')).toHaveAttribute('data-state', 'retrying');
    await expect(tab.notice('signal')).toContainText('your 1 peer is unaffected');
    await tab.waitForLinks(1);
  }
  await a.write('without a server');
  await b.waitForBlock('without a server', await a.name());
  await waitForSameTip([a, b], 1);

  await server.restart();
  for (const tab of [a, b]) {
    await expect(tab.chip('signal')).toHaveAttribute('data-state', 'connected', { timeout: 90_000 });
    await tab.waitForLinks(1);
  }
  // The very link that was there before.
  await expect.poll(() => a.openLinks()).toEqual(links);
  const late = await room.open();
  await late.waitForLinks(2);
  await waitForSameTip([a, b, late], 1);
});
