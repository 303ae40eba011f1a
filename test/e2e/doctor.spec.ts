/** The connection doctor, with what it is for: servers that are not there, that refuse, and peers that can't be reached. */
import type { Browser, BrowserContext, Locator, Page } from '@playwright/test';
import { violations } from './axe.ts';
import { expect, test } from './fixtures.ts';
import type { Tab } from './tab.ts';
import { startTestServer } from './test-server.ts';
import { NO_TURN, startTurnServer } from './turn-server.ts';

const doctorOf = (page: Page): Locator => page.getByTestId('doctor');
const finding = (page: Page, kind: string): Locator =>
  page.locator(`[data-testid=finding][data-kind=${kind}]`);
const service = (page: Page, name: 'signal' | 'stun' | 'turn'): Locator =>
  page.getByTestId(`service-${name}`);

async function openFromNetwork({ page }: Tab): Promise<void> {
  await page.getByRole('link', { name: 'Network', exact: true }).click();
  await page.locator('main').getByRole('button', { name: 'Connection doctor' }).click();
  await expect(doctorOf(page)).toBeVisible();
}

async function check(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Check/ }).click();
  await expect(doctorOf(page)).toHaveAttribute('data-state', 'done');
}

/** How a network keeps devices apart, as the browser sees it. */
type Cut = 'nothing' | 'no addresses' | 'nowhere';

interface CutWindow extends Window {
  cut?: Cut;
}

/** Tabs whose browser never gets the other side's addresses, or gets such that lead nowhere (RFC 5737). */
async function cutContext(browser: Browser, cut: Cut): Promise<BrowserContext> {
  const context = await browser.newContext();
  await context.addInitScript((how: Cut) => {
    (window as CutWindow).cut = how;
    const cutLine = (line: string): string => {
      const { cut: now } = window as CutWindow;
      if (now === 'no addresses') return '';
      return now === 'nowhere' ? line.replace(/^(\S+ \S+ \S+ \S+) \S+/, '$1 198.51.100.7') : line;
    };
    const { prototype } = RTCPeerConnection;
    const give: (candidate: RTCIceCandidateInit) => Promise<void> = prototype.addIceCandidate;
    prototype.addIceCandidate = function (candidate?: RTCIceCandidateInit | null) {
      const { candidate: line = '', sdpMid = null, sdpMLineIndex = null } = candidate ?? {};
      const passed = cutLine(line);
      return passed === ''
        ? Promise.resolve()
        : give.call(this, { candidate: passed, sdpMid, sdpMLineIndex });
    };
    // A slow page describes itself when it has some already.
    const describe: (description: RTCSessionDescriptionInit) => Promise<void> =
      prototype.setRemoteDescription;
    prototype.setRemoteDescription = function ({ type, sdp = '' }: RTCSessionDescriptionInit) {
      const passed = sdp.replaceAll(/a=(candidate:.*)\r\n/g, (_, line: string) => {
        const kept = cutLine(line);
        return kept === '' ? '' : `a=${kept}\r\n`;
      });
      return describe.call(this, { type, sdp: passed });
    };
  }, cut);
  return context;
}

test('a room in order: what works, how the link goes, and a report without secrets', async ({
  room,
  browser,
}) => {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  const peer = await room.open();
  const tab = await room.open({ context });
  await tab.waitForLinks(1);
  const { page } = tab;
  await openFromNetwork(tab);
  await expect(service(page, 'signal')).toHaveAttribute('data-state', 'works');
  await expect(service(page, 'stun')).toHaveAttribute('data-state', 'none');
  await expect(finding(page, 'linked')).toContainText('Connecting works: 1 link');

  const attempt = page.getByTestId('attempt');
  await expect(attempt).toHaveCount(1);
  await expect(attempt).toHaveAttribute('data-end', 'open');
  await expect(attempt).toContainText(await peer.name());
  await expect(attempt).toContainText('dialled by this tab, through the server');
  await attempt.locator('summary').click();
  await expect(attempt.getByTestId('chosen-pair')).toContainText(/to .*, UDP/);
  await expect(attempt).toContainText(/\d × own address, UDP/);

  await check(page);
  await expect(service(page, 'signal')).toContainText(/answered in \d+ ms/);
  await expect(finding(page, 'webrtc-blocked')).toHaveCount(0);
  await expect(finding(page, 'loopback-fails')).toHaveCount(0);

  // By the browser's own word: real addresses, or the names that it hides them behind.
  const addresses = await attempt.locator('code').allInnerTexts();
  expect(addresses.length).toBeGreaterThan(0);
  const copied = async (): Promise<string> => {
    await page.getByRole('button', { name: 'Copy report' }).click();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  const short = await copied();
  expect(short).toContain('Signal: works');
  expect(short).toContain(await peer.name());
  for (const address of addresses) expect(short).not.toContain(address);
  expect(short).not.toMatch(/\d+\.\d+\.\d+\.\d+:|[0-9a-f]\.local/);
  await page.getByRole('checkbox', { name: 'With the addresses of the devices' }).check();
  const long = await copied();
  for (const address of addresses) expect(long).toContain(address);
  for (const text of [short, long]) expect(text).not.toContain(room.secret);
  await context.close();
});

for (const [cut, cause] of [
  ['no addresses', 'names-unresolved'],
  ['nowhere', 'packets-lost'],
] as const) {
  test(`two tabs whose browsers get ${cut}: "can’t connect", the likely cause (${cause}), and its end`, async ({
    room,
    browser,
  }) => {
    const contexts = [await cutContext(browser, cut), await cutContext(browser, cut)] as const;
    const first = await room.open({ context: contexts[0] });
    const second = await room.open({ context: contexts[1] });
    // The one that dials and the one that answers both say so.
    for (const tab of [first, second]) {
      await expect(tab.notice('cut-off')).toContainText('Can’t connect');
      await expect(tab.chip('peers')).toHaveAttribute('data-state', 'cut-off');
    }
    const { page } = second;
    const opener = second.notice('cut-off').getByRole('button', { name: 'What’s wrong?' });
    await opener.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Connection doctor' })).toBeFocused();
    await expect(finding(page, cause)).toBeVisible();
    await expect(finding(page, 'need-turn')).toContainText('no STUN server either');
    await expect(page.locator('[data-testid=attempt][data-end=timeout]').first()).toContainText('timed out');
    await page.keyboard.press('Escape');
    await expect(opener).toBeFocused();

    for (const tab of [first, second])
      await tab.page.evaluate(() => void ((window as CutWindow).cut = 'nothing'));
    for (const tab of [first, second]) {
      await tab.waitForLinks(1);
      await expect(tab.notice('cut-off')).toHaveCount(0);
    }
    for (const context of contexts) await context.close();
  });
}

test('a browser that makes no WebRTC connections is told from a bad network', async ({ room, browser }) => {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    // As extensions do it.
    window.RTCPeerConnection = function () {
      throw new DOMException('forbidden by a policy', 'NotAllowedError');
    } as unknown as typeof RTCPeerConnection;
  });
  await room.open();
  const tab = await room.open({ context });
  await tab.chip('peers').click();
  await tab.page.locator('header').getByRole('button', { name: 'Connection doctor' }).click();
  await expect(finding(tab.page, 'webrtc-blocked')).toBeVisible();
  await check(tab.page);
  await expect(finding(tab.page, 'webrtc-blocked')).toBeVisible();
  await expect(tab.notice('cut-off')).toHaveCount(1);
  await context.close();
});

test('a STUN server that is not there: the links work, and the doctor says what does not', async ({
  room,
}) => {
  const server = await startTestServer([{ urls: ['stun:127.0.0.1:1'] }]);
  await room.open({ url: server.url });
  const tab = await room.open({ url: server.url });
  await tab.waitForLinks(1);
  await openFromNetwork(tab);
  const { page } = tab;
  await expect(service(page, 'turn')).toHaveAttribute('data-state', 'none');
  await expect(page.getByTestId('ice-server')).toContainText('stun:127.0.0.1:1');
  await check(page);
  await expect(service(page, 'stun')).toHaveAttribute('data-state', 'fails');
  await expect(finding(page, 'stun-unreachable')).toContainText('stun:127.0.0.1:1 does not answer');
  await expect(finding(page, 'linked')).toBeVisible();
  await server.stop();
});

test('the signaling server is gone: the doctor is there all the same, and says it', async ({
  room,
  server,
}) => {
  const tab = await room.open();
  const { page } = tab;
  // All of the page that comes later is there.
  await expect(tab.notice('alone')).toBeVisible();
  await page.waitForLoadState('networkidle');
  await server.stop();
  await tab.notice('signal').getByRole('button', { name: 'What’s wrong?' }).click();
  await expect(service(page, 'signal')).toHaveAttribute('data-state', 'fails');
  await check(page);
  await expect(service(page, 'signal')).toHaveAttribute('data-state', 'fails');
  await expect(finding(page, 'signal-unreachable')).toBeVisible();
});

test.describe('with a real TURN server', () => {
  test.skip(NO_TURN !== undefined, NO_TURN);

  test('good, wrong and expired credentials are told apart, and no report holds them', async ({ room }) => {
    const turn = await startTurnServer();
    const host = `127.0.0.1:${turn.port}`;
    const good = turn.credentials(600);
    const expired = turn.credentials(-600);
    const wrong = { username: good.username, credential: 'not the password' };
    const server = await startTestServer([
      { urls: [`stun:${host}`] },
      { urls: [`turn:${host}?transport=tcp`], ...good },
      { urls: [`turn:${host}`], ...wrong },
      { urls: [`turn:${host}?transport=udp`], ...expired },
    ]);
    const tab = await room.open({ url: server.url });
    const { page } = tab;
    await tab.chip('peers').click();
    await page.locator('header').getByRole('button', { name: 'Connection doctor' }).click();
    await expect(finding(page, 'alone')).toBeVisible();
    await check(page);
    const row = (n: number): Locator => page.getByTestId('ice-server').nth(n);
    await expect(row(0)).toContainText('works');
    await expect(row(1)).toContainText('works');
    await expect(row(2)).toContainText('refuses the credentials (error 401)');
    await expect(row(3)).toContainText('credentials have expired (error 401)');
    await expect(service(page, 'stun')).toHaveAttribute('data-state', 'works');
    await expect(service(page, 'turn')).toHaveAttribute('data-state', 'partly');
    await expect(finding(page, 'turn-unauthorized')).toContainText(`turn:${host} refuses`);
    await expect(finding(page, 'turn-expired')).toContainText(`turn:${host}?transport=udp have expired`);
    const report = await page.getByTestId('doctor-report').innerText();
    for (const { username, credential } of [good, wrong, expired]) {
      expect(report).not.toContain(username);
      expect(report).not.toContain(credential);
    }
    await server.stop();
    await turn.stop();
  });

  test('a connection that meets expired credentials tells of them before anybody checks', async ({
    room,
    browser,
  }) => {
    const turn = await startTurnServer();
    const host = `127.0.0.1:${turn.port}`;
    const server = await startTestServer([{ urls: [`turn:${host}`], ...turn.credentials(-600) }]);
    // Once there is a direct way, the browser waits for no TURN server's answer any more.
    const context = await cutContext(browser, 'no addresses');
    await room.open({ url: server.url, context });
    const tab = await room.open({ url: server.url, context });
    await openFromNetwork(tab);
    await expect(finding(tab.page, 'turn-expired')).toBeVisible();
    await expect(service(tab.page, 'turn')).toHaveAttribute('data-state', 'fails');
    await expect(tab.page.getByTestId('attempt')).toContainText(`turn:${host}?transport=udp (401)`);
    await context.close();
    await server.stop();
    await turn.stop();
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong in the ${colorScheme} theme, and a phone has no horizontal scroll`, async ({
    room,
    browser,
  }) => {
    const server = await startTestServer([{ urls: ['stun:127.0.0.1:1'] }]);
    const context = await cutContext(browser, 'nowhere');
    await room.open({ context, url: server.url });
    const tab = await room.open({ context, url: server.url });
    const { page } = tab;
    await page.emulateMedia({ colorScheme });
    await expect(tab.notice('cut-off')).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await tab.notice('cut-off').getByRole('button').click();
    await check(page);
    await page.getByTestId('attempt').first().locator('summary').click();
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await violations(page)).toEqual([]);
    const over = await page.evaluate(() => {
      const boxes = [document.documentElement, ...document.querySelectorAll('dialog, dialog .body')];
      return boxes.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    });
    expect(over).toEqual([0, 0, 0]);
    await context.close();
    await server.stop();
  });
}
