/** The mesh repairs itself through its own peers: the signaling server is needed for a node's first link only. */
import { expect, test } from './fixtures.ts';
import { waitForSameTip } from './tab.ts';

test('with the server dead, two tabs that never met are introduced by a third', async ({
  room,
  relay,
  server,
}) => {
  relay.separate(['a'], ['c']);
  const b = await room.open({ url: relay.urlFor('b') });
  await b.muteSignals(true);
  const a = await room.open({ url: relay.urlFor('a') });
  const c = await room.open({ url: relay.urlFor('c') });
  await b.waitForLinks(2);
  await a.waitForLinks(1);
  await c.waitForLinks(1);

  await server.stop();
  for (const tab of [a, b, c]) await expect(tab.chip('signal')).toHaveAttribute('data-state', 'retrying');
  await b.muteSignals(false);

  for (const [tab, other] of [
    [a, c],
    [c, a],
  ] as const) {
    // Peers are asked for their own about once a minute.
    await expect(tab.chip('peers')).toContainText('2 linked, 1 relayed', { timeout: 120_000 });
    await expect(tab.notice('signal')).toContainText('your 2 peers are unaffected');
    await tab.show('Network');
    const row = tab.page.locator('[data-testid=peer-row][data-route=peers]');
    await expect(row).toContainText(await other.name());
    await expect(row).toContainText('introduced by peers');
    await tab.show('Chain');
  }

  // The new link is one of its own: it goes on without who introduced the two.
  await b.page.close({ runBeforeUnload: true });
  await a.waitForLinks(1);
  await a.write('straight to you');
  await c.waitForBlock('straight to you', await a.name());
});

test('with the server dead, a lost link is made again through the peers that are left', async ({
  room,
  server,
}) => {
  const tabs = [await room.open(), await room.open(), await room.open()];
  for (const tab of tabs) await tab.waitForLinks(2);
  await server.stop();
  for (const tab of tabs) await expect(tab.chip('signal')).toHaveAttribute('data-state', 'retrying');
  const [a] = tabs;
  if (!a) throw new Error('three tabs were opened');
  const [kept, lost] = await a.openLinks();

  await a.cutLink(lost ?? -1);

  await expect.poll(() => a.openLinks(), { timeout: 120_000 }).toHaveLength(2);
  expect(await a.openLinks()).toContain(kept);
  expect(await a.openLinks()).not.toContain(lost);
  await expect(a.chip('peers')).toContainText('2 linked, 1 relayed');
  for (const tab of tabs) await tab.waitForLinks(2);
  await a.write('over the mended mesh');
  await waitForSameTip(tabs, 1);
});
