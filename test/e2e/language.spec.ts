import type { BrowserContext, Page } from '@playwright/test';
import { violations } from './axe.ts';
import { cutTexts } from './cut-texts.ts';
import { expect, roomUrl, test } from './fixtures.ts';
import type { Tab } from './tab.ts';

const VIEWS = {
  en: ['Chain', 'Network', 'Forks', 'Stats', 'Wire'],
  ja: ['チェーン', 'ネットワーク', 'フォーク', '統計', '通信'],
} as const;

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

test('a Japanese browser is spoken to in Japanese, on the landing page and in the room', async ({
  browser,
  server,
  room,
}) => {
  const context = await browser.newContext({ locale: 'ja-JP' });
  const page = await context.newPage();
  await page.goto(server.url);
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
  await page.getByRole('button', { name: 'ルームを開く' }).click();
  await expect(page.getByRole('textbox', { name: 'みんなのチェーンに何か書いてみましょう' })).toBeVisible();
  await context.close();

  const japanese = await browser.newContext({ locale: 'ja-JP' });
  const tab = await room.open({ context: japanese });
  await room.open();
  await expect(tab.chip('peers')).toContainText('1件接続');
  await write(tab, '書き込む', 'こんにちは');
  await expect(tab.blockWith('こんにちは')).toContainText('マイナー');
  await japanese.close();
});

test('a switch changes the language and nothing else, and is remembered', async ({ room }) => {
  const tab = await room.open();
  const { page } = tab;
  await tab.write('before the switch');
  await expect(tab.blockWith('before the switch')).toBeVisible();
  const key = await tab.key();
  await page.getByTestId('compose-input').fill('not sent yet');
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));

  await switchTo(page, '日本語');
  await expect(page.getByRole('button', { name: '書き込む' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
  await expect(page.getByTestId('pow-mode')).toContainText('常時');
  await expect(page.getByTestId('compose-input')).toHaveValue('not sent yet');
  await expect(tab.blockWith('before the switch')).toContainText('マイナー');
  expect(await tab.key()).toBe(key);
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);

  await page.getByTestId('compose-input').press('Enter');
  await expect(tab.blockWith('not sent yet')).toBeVisible();

  await page.reload();
  await expect(page.getByRole('button', { name: '書き込む' })).toBeVisible();
  await switchTo(page, 'English');
  await expect(page.getByRole('button', { name: 'Write' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(tab.blockWith('not sent yet')).toBeVisible();
});

test('the landing page switches too, and its choice holds in the room', async ({ page, server, room }) => {
  await page.goto(server.url);
  await switchTo(page, '日本語');
  await expect(page.getByRole('heading', { name: 'ルームのブラウザに宿るブロックチェーン' })).toBeVisible();
  await page.goto(roomUrl(server.url, room.secret, 'regtest'));
  await expect(page.getByRole('button', { name: '書き込む' })).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong in Japanese, in the ${colorScheme} theme`, async ({
    browser,
    server,
    room,
  }) => {
    const context = await browser.newContext({ locale: 'ja-JP', colorScheme });
    const landing = await context.newPage();
    await landing.goto(server.url);
    await expect(landing.getByRole('button', { name: 'ルームを開く' })).toBeVisible();
    expect(await violations(landing)).toEqual([]);

    const tab = await roomWithBlock(room, context);
    for (const view of VIEWS.ja) {
      await show(tab.page, view);
      expect(await violations(tab.page), view).toEqual([]);
    }
    await context.close();
  });
}

for (const [locale, views] of Object.entries(VIEWS)) {
  for (const [device, options] of Object.entries({ phone: PHONE, desktop: {} })) {
    test(`a ${device} shows every text whole (${locale})`, async ({ browser, server, room }) => {
      const context = await browser.newContext({ ...options, locale });
      const landing = await context.newPage();
      await landing.goto(server.url);
      await expect(landing.getByRole('button').first()).toBeVisible();
      await expectWhole(landing, 'landing');

      const tab = await roomWithBlock(room, context);
      for (const view of views) {
        await show(tab.page, view);
        await expectWhole(tab.page, view);
      }
      await tab.page.locator('header button.you').click();
      await expect(tab.page.locator('header code').first()).toBeVisible();
      await expectWhole(tab.page, 'the panel about oneself');
      await tab.page.keyboard.press('Escape');

      await tab.chip('peers').click();
      await tab.page.locator('header [popover]:popover-open button').click();
      await expect(tab.page.getByTestId('attempt')).toHaveCount(1);
      await tab.page.getByTestId('attempt').locator('summary').click();
      await expectWhole(tab.page, 'the connection doctor');
      await context.close();
    });
  }
}

async function switchTo(page: Page, language: string): Promise<void> {
  await page.getByRole('button', { name: language, exact: true }).first().click();
}

async function write(tab: Tab, button: string, memo: string): Promise<void> {
  await tab.page.getByTestId('compose-input').fill(memo);
  await tab.page.getByRole('button', { name: button, exact: true }).click();
}

async function show(page: Page, view: string): Promise<void> {
  await page.getByRole('link', { name: view, exact: true }).click();
  await expect(page.getByRole('link', { name: view, exact: true })).toHaveAttribute('aria-current', 'page');
  await expect(page.locator('main section, main canvas').first()).toBeVisible();
}

/** A tab in `context` whose room has another one and a sealed message. */
async function roomWithBlock(
  room: { open(options?: { context: BrowserContext }): Promise<Tab> },
  context: BrowserContext,
): Promise<Tab> {
  const tab = await room.open({ context });
  const peer = await room.open();
  await peer.write('something to show');
  await expect(tab.blockWith('something to show')).toBeVisible();
  return tab;
}

async function expectWhole(page: Page, view: string): Promise<void> {
  const beyond = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(beyond, `${view} scrolls sideways`).toBe(0);
  expect(await cutTexts(page), `${view} cuts`).toEqual([]);
}
