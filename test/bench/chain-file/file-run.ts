/** Saves a room's chain as a file, and loads it where nobody else is, as a person does by the dialog. */
import { expect, type Browser, type Page } from '@playwright/test';
import { Tab } from '../../e2e/tab.ts';
import { callInPage, newContext, openTab, waitForChain, type RoomLink } from '../chain-sync/room-pages.ts';
import { writeChain } from '../written-chain/write-chain.ts';
import type { ChainFileFigures, WatchedRun } from './figures.ts';
import { watchHeaps } from './heap-watch.ts';

/** Against a hang, in ms. */
const TIMEOUT_MS = 30 * 60_000;

export async function runChainFile(
  browser: Browser,
  room: RoomLink,
  height: number,
): Promise<ChainFileFigures> {
  const context = await newContext(browser);
  await writeChain(context, room.origin, { secret: room.secret, height, contents: 'transfers', slots: 1 });
  const page = await openTab(context, room);
  await waitForChain(page, height);
  await new Tab(page).openChainFile();
  await saveToDisk(page);
  const save = await watched(page, () => saveChain(page));
  const fileBytes = await page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory();
    return (await (await folder.getFileHandle('saved')).getFile()).size;
  });

  await page.reload();
  await waitForChain(page, height);
  await new Tab(page).openChainFile();
  await saveToDownloads(page);
  const download = page.waitForEvent('download');
  await saveChain(page);
  const path = await (await download).path();
  // Nobody else is to give the newcomer its blocks.
  await page.close();

  const fresh = await newContext(browser);
  const newcomer = await openTab(fresh, room);
  await waitForChain(newcomer, 0);
  await new Tab(newcomer).openChainFile();
  const load = await watched(newcomer, async () => {
    await newcomer.getByLabel('Chain file of this room').setInputFiles(path);
    await expect(newcomer.getByTestId('load-outcome')).toContainText('loaded', { timeout: TIMEOUT_MS });
  });
  const { ms: nativeMs } = await callInPage(newcomer, 'verifyNatively', room.secret, height);
  await fresh.close();
  await context.close();
  return { blocks: height, fileBytes, save, load, nativeMs };
}

/** The picker is the browser's own window, which nobody can click here; what it gives is a file like this one. */
function saveToDisk(page: Page): Promise<unknown> {
  return page.evaluate(() =>
    Object.assign(window, {
      showSaveFilePicker() {
        return navigator.storage
          .getDirectory()
          .then((folder) => folder.getFileHandle('saved', { create: true }));
      },
    }),
  );
}

/** As browsers do that let no page write to the disk. */
function saveToDownloads(page: Page): Promise<unknown> {
  return page.evaluate(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
}

/** The first time since the page was loaded: it says how the last one has ended. */
async function saveChain(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save the chain' }).click();
  await expect(page.getByTestId('save-outcome')).toContainText('saved', { timeout: TIMEOUT_MS });
}

async function watched(page: Page, act: () => Promise<void>): Promise<WatchedRun> {
  const heaps = await watchHeaps(page);
  const startMs = performance.now();
  const acted = act().then(() => performance.now() - startMs);
  // A failure must not leave them watching a page that is closed next.
  const growth = await acted.then(heaps.stop, heaps.stop);
  return { ms: await acted, ...growth };
}
