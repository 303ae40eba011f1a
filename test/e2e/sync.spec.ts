import { expect, test } from './fixtures.ts';
import { waitForSameTip } from './tab.ts';

test('a tab that joins late gets the whole chain', async ({ room }) => {
  const early = await room.open();
  await early.write('the first message');
  await early.waitForHeight(1);
  await early.setMode('Always');
  await early.waitForHeight(100);
  await early.setMode('Off');
  await early.write('the last message');

  const late = await room.open();
  await late.setMode('On demand');
  await early.setMode('On demand');
  await late.waitForBlock('the last message', await early.name());
  await waitForSameTip([early, late], 101);
  await late.write('and the newcomer takes part');
  await early.waitForBlock('and the newcomer takes part', await late.name());
});

test('a tab that was away while others went on catches up', async ({ room, relay }) => {
  const home = await room.open({ url: relay.urlFor('home') });
  const away = await room.open({ url: relay.urlFor('away') });
  await away.waitForLinks(1);

  relay.separate(['home'], ['away']);
  relay.disconnect('away');
  await away.cutLinks();
  await home.waitForLinks(0);
  await away.waitForLinks(0);
  for (const memo of ['one', 'two', 'three']) {
    await home.write(`while you were away: ${memo}`);
    await expect(home.blockWith(`while you were away: ${memo}`)).toBeVisible();
  }
  await expect(away.blocks.filter({ hasText: 'while you were away' })).toHaveCount(0);

  relay.unite();
  relay.disconnect('away');
  for (const memo of ['one', 'two', 'three']) {
    await expect(away.blockWith(`while you were away: ${memo}`)).toBeVisible();
  }
  await waitForSameTip([home, away], 3);
});
