import { expect, test } from './fixtures.ts';
import { Tab } from './tab.ts';

test('without a link: one click opens a room, whose link is the address', async ({ page, server }) => {
  await page.goto(server.url);
  await expect(
    page.getByRole('heading', { name: 'A blockchain that lives in this room’s browsers' }),
  ).toBeVisible();

  await page.getByRole('button', { name: 'Open a room' }).click();

  await expect(page).toHaveURL(/#[A-Za-z0-9_-]{22}$/);
  await expect(page.getByTestId('compose-input')).toBeVisible();
  await expect(page.getByText('public room')).toHaveCount(0);
});

test('a name that can be guessed is called a public room before and after joining', async ({
  page,
  server,
}) => {
  await page.goto(server.url);
  await page.getByLabel('Room link or name').fill('class-7b');
  await expect(page.getByText('Anyone can guess a name like this')).toBeVisible();

  await page.getByRole('button', { name: 'Join' }).click();

  await expect(page).toHaveURL(/#class-7b$/);
  await expect(page.getByText('public room')).toBeVisible();
});

test('a link that was pasted whole leads to its room', async ({ page, server, room }) => {
  const host = await room.open();
  await page.goto(`${server.url}/?network=regtest`);
  await page.getByLabel('Room link or name').fill(`${server.url}/#${room.secret}`);
  await page.getByRole('button', { name: 'Join' }).click();

  await new Tab(page).waitForLinks(1);
  await host.waitForLinks(1);
});

test('a wrong link gets a sentence that says what to do', async ({ page, server }) => {
  await page.goto(server.url);
  const field = page.getByLabel('Room link or name');
  const join = page.getByRole('button', { name: 'Join' });
  await field.fill('https://example.org/');
  await join.click();
  await expect(page.getByText('This link names no room: the part after # is missing.')).toBeVisible();
  await field.fill('x'.repeat(129));
  await join.click();
  await expect(page.getByText('This is too long for a room’s name.')).toBeVisible();

  await page.goto(`${server.url}/#${'x'.repeat(129)}`);
  await expect(page.getByText('The link in the address bar names no room.')).toBeVisible();
});

test('a browser that cannot be a node is told what it lacks', async ({ page, server, room }) => {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'RTCPeerConnection'));
  await page.goto(`${server.url}/#${room.secret}`);
  await expect(page.getByText('This browser can’t be a node')).toBeVisible();
  await expect(page.getByText('It has no WebRTC')).toBeVisible();
});
