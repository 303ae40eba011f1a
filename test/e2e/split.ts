import { expect, type Room } from './fixtures.ts';
import type { SelectiveRelay } from './selective-relay.ts';
import { waitForSameTip, type Tab, type Tip } from './tab.ts';

/** The screenshots' script has no test runner's patience, and may run on a busy machine. */
const PATIENT = { timeout: 60_000 };

export interface Split {
  /** Of the side whose blocks were replaced: the one that made them, and the other. */
  readonly loser: Tab;
  readonly witness: Tab;
  readonly fork: Tip;
  /** Where the losing side's chain ended. */
  readonly lost: Tip;
  readonly end: Tip;
}

/** Two halves of a room that mined apart and are one again. */
export async function splitAndHeal(room: Pick<Room, 'open'>, relay: SelectiveRelay): Promise<Split> {
  const names = ['a', 'b', 'c', 'd'];
  const tabs = [];
  for (const name of names) tabs.push(await room.open({ url: relay.urlFor(name) }));
  const [a, b, c, d] = tabs;
  if (!a || !b || !c || !d) throw new Error('four tabs were opened');
  for (const tab of tabs) await tab.waitForLinks(3, PATIENT);
  // One tab of each half mines: others would help it on a slow machine, and make rivals that no test can count on.
  for (const tab of [b, c, d]) await tab.setMode('Off');
  await a.write('before the split');
  const fork = await waitForSameTip(tabs, 1);

  relay.separate(['a', 'b'], ['c', 'd']);
  for (const tab of tabs) await tab.muteSignals(true);
  for (const tab of tabs) await tab.cutLinks();
  for (const tab of tabs) await tab.waitForLinks(1, PATIENT);
  for (const memo of ['short side 1', 'short side 2']) {
    await a.write(memo);
    await expect(b.blockWith(memo)).toBeVisible(PATIENT);
  }
  const lost = await waitForSameTip([a, b], fork.height + 2);
  await c.setMode('On demand');
  for (const memo of ['long side 1', 'long side 2', 'long side 3', 'long side 4']) {
    await c.write(memo);
    await expect(d.blockWith(memo)).toBeVisible(PATIENT);
  }
  const long = await waitForSameTip([c, d], fork.height + 4);
  // Nobody mines while the chains meet: what went back to pending could be sealed below the long side's end.
  for (const tab of [a, c]) await tab.setMode('Off');

  relay.unite();
  for (const tab of tabs) await tab.muteSignals(false);
  for (const name of names) relay.disconnect(name);
  await waitForSameTip(tabs, long.height);
  await a.setMode('On demand');
  const end = await waitForSameTip(tabs, long.height + 1);
  return { loser: a, witness: b, fork, lost, end };
}
