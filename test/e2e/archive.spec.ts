/** The chain as a file: saved in one browser, loaded in another that has no peers, and every file that is not whole. */
import { readFile, writeFile } from 'node:fs/promises';
import { newRoomSecret } from '../../signaling/room-links.ts';
import { violations } from './axe.ts';
import { expect, roomUrl, test, type Room } from './fixtures.ts';
import type { Tab } from './tab.ts';

/** A byte in the middle of the file: in some block. */
const MIDDLE = 0.5;

/** What a page sees of a disk that waits for the test. */
interface SlowDisk {
  readonly disk: { readonly seen: readonly string[]; readonly goOn: () => void };
}

/** As browsers without the File System Access API do it; `path`: where the file is. */
async function saveChain(tab: Tab): Promise<{ readonly path: string; readonly name: string }> {
  await tab.page.evaluate(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
  await tab.openChainFile();
  const download = tab.page.waitForEvent('download');
  await tab.page.getByRole('button', { name: 'Save the chain' }).click();
  const file = await download;
  await expect(tab.page.getByTestId('save-outcome')).toContainText('saved');
  await tab.page.keyboard.press('Escape');
  return { path: await file.path(), name: file.suggestedFilename() };
}

async function loadChain(tab: Tab, path: string): Promise<void> {
  await tab.openChainFile();
  await tab.page.getByLabel('Chain file of this room').setInputFiles(path);
}

const outcome = (tab: Tab) => tab.page.getByTestId('load-outcome');

/** A room with some blocks and messages, saved; nobody is in it any more. */
async function savedRoom(
  room: Room,
): Promise<{ readonly file: string; readonly name: string; readonly tip: Awaited<ReturnType<Tab['tip']>> }> {
  const tab = await room.open();
  for (const memo of ['first words', 'second words', 'last words']) {
    await tab.write(memo);
    await expect(tab.blockWith(memo)).toBeVisible();
  }
  const tip = await tab.tip();
  const { path, name } = await saveChain(tab);
  await tab.page.close();
  return { file: path, name, tip };
}

async function changed(path: string, to: string, change: (bytes: Buffer) => Buffer): Promise<string> {
  await writeFile(to, change(await readFile(path)));
  return to;
}

test('a fresh browser without peers gets the room back from its file, and keeps it', async ({
  room,
  browser,
}) => {
  const { file, name, tip } = await savedRoom(room);
  expect(name).toMatch(new RegExp(`^tabchain-[a-z]+-[a-z]+-${tip.height}\\.tabchain$`));

  const context = await browser.newContext();
  const fresh = await room.open({ context });
  await loadChain(fresh, file);
  await expect(outcome(fresh)).toHaveText(`${tip.height} blocks loaded, up to #${tip.height}.`);
  await fresh.page.keyboard.press('Escape');
  await expect(fresh.blockWith('first words')).toBeVisible();
  await expect.poll(() => fresh.tip()).toEqual(tip);

  await fresh.page.reload();
  await expect(fresh.blockWith('last words')).toBeVisible();
  await expect.poll(() => fresh.tip()).toEqual(tip);

  // Another one gets it from this tab, as from any peer.
  const guest = await room.open();
  await expect(guest.blockWith('first words')).toBeVisible();
  await expect.poll(() => guest.tip()).toEqual(tip);
  await context.close();
});

test('a file holds no secret: neither the room’s nor the key', async ({ room }) => {
  const tab = await room.open();
  await tab.write('for everyone');
  await expect(tab.blockWith('for everyone')).toBeVisible();
  await tab.page.locator('header .you').click();
  await tab.page.getByRole('button', { name: 'Export key' }).click();
  await tab.page.getByRole('button', { name: 'Show the key' }).click();
  const [, , secretKey = ''] = (await tab.page.getByTestId('key-text').innerText()).split(':');
  expect(secretKey).toHaveLength(64);
  await tab.page.keyboard.press('Escape');
  const { path } = await saveChain(tab);
  const bytes = await readFile(path);
  expect(bytes.includes('for everyone')).toBe(true);
  expect(bytes.includes(room.secret)).toBe(false);
  expect(bytes.includes(Buffer.from(secretKey, 'hex'))).toBe(false);
});

test('files that are not whole, or another room’s, say what is wrong and lose nothing', async ({
  room,
  server,
  browser,
}, testInfo) => {
  const { file, tip } = await savedRoom(room);
  const cut = await changed(file, testInfo.outputPath('cut.tabchain'), (bytes) =>
    bytes.subarray(0, bytes.length - 60),
  );
  const flipped = await changed(file, testInfo.outputPath('flipped.tabchain'), (bytes) => {
    const at = Math.floor(bytes.length * MIDDLE);
    bytes[at] = (bytes[at] ?? 0) ^ 4;
    return bytes;
  });
  const text = await changed(file, testInfo.outputPath('text.tabchain'), () => Buffer.from('Dear diary,'));

  const fresh = await room.open();
  await loadChain(fresh, text);
  await expect(outcome(fresh)).toContainText('This is no chain file.');
  await fresh.page.getByLabel('Chain file of this room').setInputFiles(flipped);
  await expect(outcome(fresh)).toContainText(/lock #\d+ in this file breaks a rule|damaged at block #\d+/);
  await fresh.page.getByLabel('Chain file of this room').setInputFiles(cut);
  await expect(outcome(fresh)).toContainText(`The file ends within block #${tip.height}.`);
  await expect.poll(async () => (await fresh.tip()).height).toBe(tip.height - 1);
  // The whole one brings the rest.
  await fresh.page.getByLabel('Chain file of this room').setInputFiles(file);
  await expect(outcome(fresh)).toHaveText(`1 block loaded, up to #${tip.height}.`);
  await fresh.page.getByLabel('Chain file of this room').setInputFiles(file);
  await expect(outcome(fresh)).toHaveText('Your chain has all of this file’s blocks already.');
  await expect.poll(() => fresh.tip()).toEqual(tip);

  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(roomUrl(server.url, newRoomSecret(), 'regtest'));
  await page.locator('header .you').click();
  await page.getByRole('button', { name: 'Chain file' }).click();
  await page.getByLabel('Chain file of this room').setInputFiles(file);
  await expect(page.getByTestId('load-outcome')).toContainText('This file is of another room.');
  await context.close();
});

test('a chain with less work than the tab’s own changes nothing', async ({ room, browser }) => {
  // The same room twice, each without knowing of the other.
  const { file, tip: weaker } = await savedRoom(room);
  const context = await browser.newContext();
  const longer = await room.open({ context });
  for (let n = 0; n <= weaker.height; n++) {
    await longer.write(`ahead ${n}`);
    await expect(longer.blockWith(`ahead ${n}`)).toBeVisible();
  }
  const tip = await longer.tip();
  await loadChain(longer, file);
  await expect(outcome(longer)).toHaveText(
    'Your chain already has more work than this file’s. Nothing was changed.',
  );
  await expect.poll(() => longer.tip()).toEqual(tip);
  await context.close();
});

test('saving can be cancelled, and leaves no file', async ({ room }) => {
  const tab = await room.open();
  await tab.write('to be saved');
  await expect(tab.blockWith('to be saved')).toBeVisible();
  // A disk that is slow enough to be cancelled.
  await tab.page.evaluate(() => {
    let goOn: () => void;
    const written = new Promise<void>((resolve) => (goOn = resolve));
    const seen: string[] = [];
    Object.assign(window, {
      disk: { seen, goOn: () => goOn() },
      showSaveFilePicker: () =>
        Promise.resolve({
          createWritable: () =>
            Promise.resolve({
              write: () => written,
              close: () => Promise.resolve(seen.push('closed')),
              abort: () => Promise.resolve(seen.push('aborted')),
            }),
        }),
    });
  });
  await tab.openChainFile();
  await tab.page.getByRole('button', { name: 'Save the chain' }).click();
  await expect(tab.page.getByTestId('run-progress')).toBeVisible();
  // It goes on while nobody looks.
  await tab.page.keyboard.press('Escape');
  await tab.openChainFile();
  await tab.page.getByRole('button', { name: 'Cancel' }).click();
  await tab.page.evaluate(() => (window as unknown as SlowDisk).disk.goOn());
  await expect(tab.page.getByRole('button', { name: 'Save the chain' })).toBeVisible();
  await expect(tab.page.getByTestId('save-outcome')).toHaveCount(0);
  expect(await tab.page.evaluate(() => (window as unknown as SlowDisk).disk.seen)).toEqual(['aborted']);
});

test('loading can be cancelled, and done again', async ({ room, browser }) => {
  const { file, tip } = await savedRoom(room);
  const context = await browser.newContext();
  const fresh = await room.open({ context });
  // A file that is slow to read: once for its headers, then the blocks have to wait.
  await fresh.page.evaluate(() => {
    const read = Blob.prototype.arrayBuffer;
    let goOn: () => void;
    const readable = new Promise<void>((resolve) => (goOn = resolve));
    let reads = 0;
    Object.assign(window, { disk: { goOn: () => goOn() } });
    Blob.prototype.arrayBuffer = async function () {
      if (++reads === 2) await readable;
      return read.call(this);
    };
  });
  await loadChain(fresh, file);
  await expect(fresh.page.getByTestId('run-progress')).toContainText('Checking blocks');
  await fresh.page.getByRole('button', { name: 'Cancel' }).click();
  await fresh.page.evaluate(() => (window as unknown as SlowDisk).disk.goOn());
  await expect(outcome(fresh)).toHaveText('Cancelled. What was checked before is kept.');
  expect((await fresh.tip()).height).toBe(0);
  await fresh.page.getByLabel('Chain file of this room').setInputFiles(file);
  await expect(outcome(fresh)).toHaveText(`${tip.height} blocks loaded, up to #${tip.height}.`);
  await context.close();
});

test('goes straight to the disk where the browser lets it', async ({ room }) => {
  const tab = await room.open();
  await tab.write('on disk');
  await expect(tab.blockWith('on disk')).toBeVisible();
  // The picker itself is the browser's own window; what it gives is a file like one of the page's own.
  await tab.page.evaluate(() =>
    Object.assign(window, {
      showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) => {
        const folder = await navigator.storage.getDirectory();
        Object.assign(window, { savedAs: suggestedName });
        return folder.getFileHandle(suggestedName, { create: true });
      },
    }),
  );
  await tab.openChainFile();
  // The tab's first: nothing else that was saved can be what is said to be.
  await tab.page.getByRole('button', { name: 'Save the chain' }).click();
  await expect(tab.page.getByTestId('save-outcome')).toContainText('saved');
  const written = await tab.page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory();
    // By its name: a file that the browser wrote beside it may go just now.
    const handle = await folder.getFileHandle((window as unknown as { savedAs: string }).savedAs);
    return [...new Uint8Array(await (await handle.getFile()).arrayBuffer())];
  });
  await tab.page.keyboard.press('Escape');
  const { path } = await saveChain(tab);
  expect(Buffer.from(written).equals(await readFile(path))).toBe(true);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong with it, ${colorScheme}, on a phone too`, async ({ room }, testInfo) => {
    const tab = await room.open();
    await tab.page.emulateMedia({ colorScheme });
    await tab.write('something');
    await expect(tab.blockWith('something')).toBeVisible();
    for (const size of [
      { width: 1280, height: 800 },
      { width: 390, height: 844 },
    ]) {
      await tab.page.setViewportSize(size);
      await tab.openChainFile();
      await expect(tab.page.getByTestId('storage-room')).toBeVisible();
      await tab.page.getByLabel('Chain file of this room').setInputFiles({
        name: 'x.tabchain',
        mimeType: 'application/octet-stream',
        buffer: Buffer.from('Dear diary,'),
      });
      await expect(outcome(tab)).toBeVisible();
      await tab.page.getByRole('button', { name: 'Check all blocks' }).click();
      await expect(tab.page.getByTestId('check-outcome')).toBeVisible();
      expect(await violations(tab.page)).toEqual([]);
      expect(await tab.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(
        true,
      );
      await tab.page.screenshot({ path: testInfo.outputPath(`${colorScheme}-${size.width}.png`) });
      await tab.page.keyboard.press('Escape');
    }
  });
}
