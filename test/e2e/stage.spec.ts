import type { Page } from '@playwright/test';
import type { FromEngine } from '../../web/engine/messages.ts';
import { account, crowd } from '../unit/ui/crowd.ts';
import { chain, pending, status } from '../unit/ui/snapshots.ts';
import { violations } from './axe.ts';
import { cutTexts } from './cut-texts.ts';
import { expect, test } from './fixtures.ts';
import { playEngine, slice } from './played-engine.ts';
import { Tab, watchPage } from './tab.ts';

const OWN = account(999);
const LONG_MEMO = 'On and on, and on, it goes. '.repeat(18).trim();
const SCREENS = [
  { width: 1920, height: 1080 },
  { width: 1280, height: 720 },
];

/** What a crowded room says. */
const WORDS = {
  'en-GB': { nodes: '34 nodes', more: 'and 4 more', gone: 'New people can’t join by link' },
  'ja-JP': { nodes: '34ノード', more: 'ほか4件', gone: '新しい人はリンクで参加できません' },
} as const;

function stageUrl(url: string, secret: string): string {
  return `${url}/?network=regtest&view=stage#${secret}`;
}

/** Thirty-four nodes, long messages, some that wait, and a server that is gone. */
function crowdedRoom(): FromEngine[] {
  const { recent, ...rest } = chain(40);
  const memos = (height: number) => {
    if (height === 40) return [{ sender: account(1), memo: LONG_MEMO }];
    return height % 3 === 0 ? [1, 2, 3, 4].map((n) => ({ sender: account(n), memo: 'x'.repeat(90) })) : [];
  };
  return [
    { type: 'status', status: status({ signaling: { kind: 'retrying', atMs: Date.now() + 60_000 } }) },
    slice({ slice: 'account', value: { key: OWN, balance: 0, nextNonce: 0 } }),
    slice({
      slice: 'chain',
      value: { ...rest, recent: recent.map((block) => ({ ...block, memos: memos(block.height) })) },
    }),
    slice({ slice: 'peers', value: { peers: crowd(9, 24, 8) } }),
    slice({
      slice: 'mempool',
      value: { count: 7, bytes: 900, pending: ['1', '2', '3', '4'].map((id) => pending(id, LONG_MEMO)) },
    }),
  ];
}

/** The picture's parts that reach over the screen's edge, and texts that reach out of what holds them. */
function overhanging(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const parts = document.querySelectorAll<HTMLElement>('header, h1, h2, section, figure, nav, article p');
    return [...parts].flatMap((part) => {
      const { right, bottom, left, top } = part.getBoundingClientRect();
      // What fades out at the strip's end does so on purpose.
      const isCut = part.closest('ol') === null && (right > innerWidth || bottom > innerHeight);
      return isCut || left < 0 || top < 0 ? [part.outerHTML.slice(0, 120)] : [];
    });
  });
}

/** In place of the browser's: counts who asks, and can be told to refuse. */
function fakeWakeLock(refuses: boolean): void {
  const asked = { count: 0 };
  Object.assign(window, { asked });
  Object.defineProperty(navigator, 'wakeLock', {
    value: {
      request: () => {
        asked.count++;
        if (refuses) return Promise.reject(new DOMException('battery', 'NotAllowedError'));
        return Promise.resolve({ release: () => Promise.resolve() });
      },
    },
  });
}

test('from the share dialog: an empty room says how to join, and a message of another tab shows', async ({
  room,
}) => {
  const writer = await room.open();
  await writer.page.getByRole('button', { name: 'Share' }).click();
  const link = writer.page.getByRole('link', { name: 'Show on a projector' });
  const [page] = await Promise.all([writer.page.context().waitForEvent('page'), link.click()]);
  const stage = new Tab(page);
  await writer.page.keyboard.press('Escape');
  expect(new URL(page.url()).hash).toBe(`#${room.secret}`);
  await expect(page.getByTestId('stage-empty')).toContainText('Scan to join');
  await expect(page.getByTestId('stage-nodes')).toHaveText('2 nodes');
  await expect(page.getByRole('img', { name: 'QR code of the room link' })).toBeVisible();
  await expect(
    page.getByRole('img', { name: /^Graph of the network: this tab, 1 linked peer/ }),
  ).toBeVisible();
  await expect(page.getByTestId('graph-node')).toHaveCount(2);

  await writer.write('Hello, last row');
  const newest = page.getByTestId('stage-block').first();
  await expect(newest).toContainText('Hello, last row');
  await expect(newest).toContainText(await writer.name());
  await expect(page.getByTestId('stage-empty')).toHaveCount(0);
  await writer.write('and again');
  await expect(newest).toContainText('and again');
  await expect(page.getByTestId('stage-block').nth(1)).toContainText('Hello, last row');
  await expect.poll(() => stage.tip()).toEqual(await writer.tip());

  // It is a node like any other: who comes later gets the chain from it.
  await writer.page.close();
  const late = await room.open();
  await expect(late.blockWith('and again')).toBeVisible();
  expect(stage.uncaught).toEqual([]);
});

test('Esc leaves for the room, where the same node goes on', async ({ room, server, page }) => {
  await page.addInitScript(watchPage);
  await page.goto(stageUrl(server.url, room.secret));
  await expect(page.getByTestId('stage-empty')).toBeVisible();
  const tab = new Tab(page);
  const { key } = await tab.slice('account');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('compose-input')).toBeVisible();
  expect(new URL(page.url()).search).toBe('?network=regtest');
  expect(await tab.key()).toBe(key);
});

test('F fills the screen and leaves it again', async ({ room, server, page }) => {
  await page.goto(stageUrl(server.url, room.secret));
  await expect(page.getByTestId('stage')).toBeVisible();
  const isFull = () => page.evaluate(() => document.fullscreenElement !== null);
  await page.keyboard.press('f');
  await expect.poll(isFull).toBe(true);
  await page.keyboard.press('f');
  await expect.poll(isFull).toBe(false);
});

test('the pointer and what it can press go when it rests, and come back for pointer and keyboard', async ({
  room,
  server,
  page,
}) => {
  await page.clock.install();
  await page.goto(stageUrl(server.url, room.secret));
  const controls = page.getByRole('navigation', { name: 'Projector' });
  const stage = page.getByTestId('stage');
  await expect(controls).toHaveCSS('opacity', '1');
  await page.clock.runFor(10_000);
  await expect(controls).toHaveCSS('opacity', '0');
  await expect(stage).toHaveCSS('cursor', 'none');
  await page.mouse.move(300, 300);
  await expect(controls).toHaveCSS('opacity', '1');
  await expect(stage).not.toHaveCSS('cursor', 'none');
  await page.clock.runFor(10_000);
  await expect(controls).toHaveCSS('opacity', '0');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Full screen' })).toBeFocused();
  await page.clock.runFor(10_000);
  await expect(controls).toHaveCSS('opacity', '1');
  await expect(page.getByRole('button', { name: 'Full screen' })).toBeInViewport({ ratio: 1 });
});

test('the screen is kept awake, again after the page was hidden', async ({ room, server, page }) => {
  await page.addInitScript(fakeWakeLock, false);
  await page.goto(stageUrl(server.url, room.secret));
  const asked = () => page.evaluate(() => (window as unknown as { asked: { count: number } }).asked.count);
  await expect.poll(asked).toBe(1);
  for (const state of ['hidden', 'visible']) {
    await page.evaluate((value) => {
      Object.defineProperty(document, 'visibilityState', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  }
  await expect.poll(asked).toBe(2);
  await expect(page.getByText('may go to sleep')).toHaveCount(0);
});

test('where the browser lets the screen sleep, the stage says so', async ({ room, server, page }) => {
  await page.addInitScript(fakeWakeLock, true);
  await page.goto(stageUrl(server.url, room.secret));
  await expect(page.getByText('This screen may go to sleep')).toBeVisible();
});

const LOOKS = [
  { colorScheme: 'light', locale: 'en-GB' },
  { colorScheme: 'dark', locale: 'en-GB' },
  { colorScheme: 'light', locale: 'ja-JP' },
] as const;

for (const look of LOOKS) {
  const { colorScheme, locale } = look;
  const { nodes, more, gone } = WORDS[locale];
  test(`a crowded room fits on every screen, and axe finds nothing (${colorScheme}, ${locale})`, async ({
    browser,
    server,
  }) => {
    const context = await browser.newContext(look);
    const page = await context.newPage();
    await playEngine(page, crowdedRoom());
    for (const screen of SCREENS) {
      await page.setViewportSize(screen);
      await page.goto(`${server.url}/?view=stage#class-7b`);
      await expect(page.getByTestId('stage-nodes')).toHaveText(nodes);
      await expect(page.getByTestId('stage-pending')).toContainText(more);
      await expect(page.getByTestId('notice')).toContainText(gone);
      await expect(page.getByTestId('stage-block').first()).toContainText('On and on');
      await expect(page.getByTestId('graph-node').first()).toBeVisible();
      expect(await overhanging(page)).toEqual([]);
      expect(await cutTexts(page)).toEqual([]);
      // The last line is cut at a line's end, not in its middle, and who wrote it is to be seen.
      const author = page.getByTestId('stage-block').first().locator('figcaption');
      await expect(author).toBeInViewport({ ratio: 1 });
      expect(await violations(page)).toEqual([]);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    expect(await violations(page)).toEqual([]);
    await context.close();
  });
}

test('a switch of the language changes every text of the stage, and nothing else', async ({
  page,
  server,
}) => {
  await playEngine(page, crowdedRoom());
  await page.goto(`${server.url}/?view=stage#class-7b`);
  await expect(page.getByTestId('stage-nodes')).toHaveText(WORDS['en-GB'].nodes);
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  await page.getByRole('button', { name: '日本語' }).click();
  await expect(page.getByTestId('stage-nodes')).toHaveText(WORDS['ja-JP'].nodes);
  await expect(page.getByRole('heading', { name: 'スキャンして参加' })).toBeVisible();
  await expect(page.getByText(/^最新のメッセージ:/)).toBeAttached();
  // Left in their own language: what people wrote, names, keys, and the other language's button.
  const spoken = await page.getByTestId('stage').evaluate((stage) => {
    const copy = stage.cloneNode(true) as HTMLElement;
    copy
      .querySelectorAll(
        'blockquote, figcaption span, [data-testid=stage-pending] li, [inert], [aria-live], h1, kbd, [lang]',
      )
      .forEach((part) => part.remove());
    const labels = [...copy.querySelectorAll('[aria-label]')].map((part) => part.getAttribute('aria-label'));
    return [copy.textContent, ...labels].join(' ');
  });
  // Three letters: a QR code is called so in Japanese.
  expect(spoken).not.toMatch(/[a-z]{3}/i);
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
});

test('with reduced motion nothing on the stage moves', async ({ page, server }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const engine = await playEngine(page, crowdedRoom());
  await page.goto(`${server.url}/?view=stage#class-7b`);
  await expect(page.getByTestId('stage-block').first()).toContainText('#40');
  await engine.say(slice({ slice: 'chain', value: chain(41) }));
  await expect(page.getByTestId('stage-block').first()).toContainText('#41');
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});
