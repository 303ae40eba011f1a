import { expect, test } from './fixtures.ts';
import { waitForSameTip } from './tab.ts';

test('a line of tabs A - B - C in which A and C are not linked converges', async ({ room, relay }) => {
  relay.separate(['a'], ['c']);
  const a = await room.open({ url: relay.urlFor('a') });
  const b = await room.open({ url: relay.urlFor('b') });
  // It would introduce them (relayed.spec.ts).
  await b.muteSignals(true);
  const c = await room.open({ url: relay.urlFor('c') });
  await b.waitForLinks(2);

  await a.write('from one end');
  await c.waitForBlock('from one end', await a.name());
  await c.write('from the other end');
  await a.waitForBlock('from the other end', await c.name());

  await waitForSameTip([a, b, c], 2);
  await a.waitForLinks(1);
  await c.waitForLinks(1);
  expect(relay.dropped).toBeGreaterThan(0);
});

test('two halves that mined apart settle on the chain with most work, and no message is lost', async ({
  room,
  relay,
}) => {
  const names = ['a', 'b', 'c', 'd'];
  const tabs = [];
  for (const name of names) tabs.push(await room.open({ url: relay.urlFor(name) }));
  const [a, b, c, d] = tabs;
  if (!a || !b || !c || !d) throw new Error('four tabs were opened');
  for (const tab of tabs) await tab.waitForLinks(3);
  await a.write('before the split');
  const fork = await waitForSameTip(tabs, 1);

  relay.separate(['a', 'b'], ['c', 'd']);
  for (const tab of tabs) await tab.muteSignals(true);
  for (const tab of tabs) await tab.cutLinks();
  for (const tab of tabs) await tab.waitForLinks(1);
  await a.write('on the short side');
  const short = await waitForSameTip([a, b], fork.height + 1);
  for (const memo of ['long side 1', 'long side 2', 'long side 3']) {
    await c.write(memo);
    await expect(d.blockWith(memo)).toBeVisible();
  }
  const long = await waitForSameTip([c, d], fork.height + 3);
  expect(await a.tip()).toEqual(short);

  // Nobody mines while the halves meet: what goes back to pending could be sealed below the long side's end.
  for (const tab of tabs) await tab.setMode('Off');
  relay.unite();
  for (const tab of tabs) await tab.muteSignals(false);
  for (const name of names) relay.disconnect(name);

  // The short side gives its block up; what was in it goes back to pending and is mined again, on top.
  expect(await waitForSameTip(tabs, long.height)).toEqual(long);
  await expect(a.pending('on the short side')).toBeVisible();
  await a.setMode('On demand');
  const end = await waitForSameTip(tabs, long.height + 1);
  const author = await a.name();
  for (const tab of tabs) {
    const block = tab.blockWith('on the short side');
    await expect(block).toHaveCount(1);
    await expect(block).toHaveAttribute('data-height', String(end.height));
    await expect(block).toContainText(`mined by ${author}`);
    await expect(tab.blockWith('long side 3')).toHaveAttribute('data-id', long.id);
    await expect(tab.blockWith('before the split')).toHaveAttribute('data-id', fork.id);
  }
});
