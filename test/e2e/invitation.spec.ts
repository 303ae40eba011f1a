/** Links without any server: the page comes from a host for files, and no signaling server was ever started. */
import { firefox } from '@playwright/test';
import { findFirefox } from '../../scripts/browsers.ts';
import { expect, test } from './fixtures.ts';
import { accept, answer, invite, openInviting, textOf, waitForPhase } from './inviting.ts';
import { waitForSameTip } from './tab.ts';

test('two tabs link by two texts; a third gets its further link through them', async ({
  room,
  staticUrl: url,
}) => {
  const a = await room.open({ url });
  await a.write('before anybody came');
  await a.waitForBlock('before anybody came', await a.name());

  const link = await invite(a);
  expect(link).toContain(`${url}/?network=regtest#${room.secret}/invite/tabchain1.`);
  expect(link.length).toBeLessThan(1_000);

  // Opening the link is all that the guest has to do.
  const b = await room.open({ url });
  await b.page.goto('about:blank');
  await b.page.goto(link);
  const invited = b.page.getByRole('dialog', { name: 'You were invited' });
  const answerText = await textOf(invited, 'guest');
  expect(answerText.length).toBeLessThan(1_000);
  await accept(a, `Here it is:\n${answerText}\nBob`);
  for (const tab of [a, b]) await waitForPhase(tab, 'connected');
  await b.page.keyboard.press('Escape');
  await expect(b.page).toHaveURL(`${url}/?network=regtest#${room.secret}`);
  for (const tab of [a, b]) await tab.waitForLinks(1);
  await expect(b.blockWith('before anybody came')).toBeVisible();
  await b.write('from the guest');
  await a.page.keyboard.press('Escape');
  await a.waitForBlock('from the guest', await b.name());

  // The guest of before invites, and the link is pasted where rooms are joined.
  const c = await room.open({ url });
  await c.page.goto(`${url}/?network=regtest`);
  await c.page.getByLabel('Room link or name').fill(await invite(b));
  await c.page.getByRole('button', { name: 'Join' }).click();
  await accept(b, await textOf(c.page.getByRole('dialog', { name: 'You were invited' }), 'guest'));
  await waitForPhase(c, 'connected');
  await c.page.keyboard.press('Escape');
  for (const tab of [a, c]) await tab.waitForLinks(2);
  await c.write('from the third');
  for (const tab of [a, b]) await expect(tab.blockWith('from the third')).toBeVisible();
  await waitForSameTip([a, b, c]);
});

test('a text that can’t be used says why, and what to do', async ({ room, staticUrl: url }) => {
  const a = await room.open({ url });
  const b = await room.open({ url });
  const link = await invite(a);
  const given = (await openInviting(b)).getByLabel('Were you given an invitation? Paste it');
  const submit = b.page.getByRole('button', { name: 'Answer it' });
  const problem = b.page.getByRole('alert').filter({ hasText: /\w/ });

  await given.fill('see you at noon');
  await submit.click();
  await expect(problem).toContainText('copy the whole of it');
  await given.fill(link.slice(0, -20));
  await expect(problem).toHaveCount(0);
  await submit.click();
  await expect(problem).toContainText('A part of it is missing or changed');

  // Withdrawn meanwhile: the answer finds nothing to answer.
  await given.fill(`  ${link.replace(/^.*\/invite\//, '')}\nsee you at noon`);
  await submit.click();
  const answerText = await textOf(b.page.getByRole('dialog'), 'guest');
  await a.page.getByRole('button', { name: 'Withdraw' }).click();
  await invite(a);
  await accept(a, answerText);
  await expect(a.page.getByRole('alert').filter({ hasText: /\w/ })).toContainText('used up or withdrawn');
});

const installed = findFirefox();

for (const [inviter, guest] of [
  ['Chromium', 'Firefox'],
  ['Firefox', 'Chromium'],
  ['Firefox', 'Firefox'],
] as const) {
  test(`${inviter} invites ${guest}, who answers at leisure`, async ({ room, staticUrl: url }) => {
    test.skip(installed === undefined, 'There is no Firefox here: install it, or set TABCHAIN_FIREFOX.');
    const browser = await firefox.launch(installed);
    const open = async (name: 'Chromium' | 'Firefox') =>
      room.open(name === 'Firefox' ? { url, context: await browser.newContext() } : { url });
    const a = await open(inviter);
    const b = await open(guest);
    const answerText = await answer(b, await invite(a));
    // Longer than a browser by itself waits for a peer that does not answer: Firefox 5 s.
    const left = b.page.getByTestId('invitation-left');
    await expect(left).toContainText(/^9:[0-4]\d/);
    await accept(a, answerText);
    for (const tab of [a, b]) await waitForPhase(tab, 'connected');
    await b.page.keyboard.press('Escape');
    await b.write(`from ${guest}`);
    await a.page.keyboard.press('Escape');
    await a.waitForBlock(`from ${guest}`, await b.name());
    await browser.close();
  });
}
