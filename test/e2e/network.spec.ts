import type { Page } from '@playwright/test';
import type { FromEngine } from '../../web/engine/messages.ts';
import { account, crowd } from '../unit/ui/crowd.ts';
import { chain, status } from '../unit/ui/snapshots.ts';
import { violations } from './axe.ts';
import { expect, roomUrl, test } from './fixtures.ts';
import { playEngine, slice } from './played-engine.ts';

const OWN = account(999);

function node(page: Page, key: string) {
  return page.locator(`[data-testid=graph-node][data-key="${key}"]`);
}

function edgeCount(page: Page, kind: 'direct' | 'introduced' | 'reported') {
  return page.locator(`[data-testid=network-graph] path[data-kind=${kind}]`);
}

/** Writes down each block that the graph shows on its way, as "from>to": it is gone again in a moment. */
async function watchHops(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const seen: string[] = [];
    (window as unknown as { hops: string[] }).hops = seen;
    const look = (): void => {
      for (const { dataset } of document.querySelectorAll<HTMLElement>('[data-testid=hop]')) {
        const hop = `${dataset.from}>${dataset.to}`;
        if (!seen.includes(hop)) seen.push(hop);
      }
    };
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  });
  return () => page.evaluate(() => (window as unknown as { hops: string[] }).hops);
}

/** A room with thirty peers, which tell of more than a hundred others. */
function crowdedRoom(): FromEngine[] {
  return [
    { type: 'status', status: status({ signaling: { kind: 'connected', members: 141 } }) },
    slice({ slice: 'account', value: { key: OWN, balance: 450, nextNonce: 3 } }),
    slice({ slice: 'chain', value: chain(10) }),
    slice({ slice: 'peers', value: { peers: crowd(30, 110, 8) } }),
  ];
}

test('of a line A - B - C, A sees its link with B, that B tells of C, and which way a block of C comes', async ({
  room,
  relay,
}) => {
  relay.separate(['a'], ['c']);
  const b = await room.open({ url: relay.urlFor('b') });
  // It would introduce them (relayed.spec.ts).
  await b.muteSignals(true);
  const c = await room.open({ url: relay.urlFor('c') });
  await c.waitForLinks(1);
  const a = await room.open({ url: relay.urlFor('a') });
  await a.waitForLinks(1);
  const [keyA, keyB, keyC] = [await a.key(), await b.key(), await c.key()];

  await a.page.getByRole('link', { name: 'Network', exact: true }).click();
  await expect(node(a.page, keyA)).toHaveAccessibleName(`${await a.name()} you: this tab`);
  await expect(node(a.page, keyB)).toHaveAccessibleName(`${await b.name()}: peer, same tip`);
  // B is asked when they are linked, and then about once a minute.
  await expect(node(a.page, keyC)).toHaveAccessibleName(`${await c.name()}: not linked to this tab`, {
    timeout: 120_000,
  });
  await expect(edgeCount(a.page, 'direct')).toHaveAttribute('data-count', '1');
  await expect(edgeCount(a.page, 'reported')).toHaveAttribute('data-count', '1');
  await expect(a.page.getByTestId('network-summary')).toContainText('they tell of 1 more node');

  const hops = await watchHops(a.page);
  await c.write('from the other end');
  await expect.poll(hops).toContain(`${keyB}>${keyA}`);

  await node(a.page, keyC).click();
  const drawer = a.page.getByTestId('node-drawer');
  await expect(drawer).toContainText('Not linked to this tab');
  await expect(drawer).toContainText(await b.name());
  await expect(drawer.getByRole('button')).toHaveCount(0);
});

test('by keyboard: from the table to the graph, from node to node, into a drawer, and a link ended after a question', async ({
  room,
  server,
}) => {
  const a = await room.open();
  const b = await room.open();
  await a.waitForLinks(1);
  const { page } = a;
  await a.show('Network');
  await expect(a.peers).toHaveCount(1);

  await page.getByRole('radio', { name: 'Table' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('radio', { name: 'Graph' })).toBeChecked();
  const [own, peer] = [node(page, await a.key()), node(page, await b.key())];
  await expect(peer).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(peer).toBeFocused();

  // One of the four leads to the middle, whichever side the peer stands on.
  for (const arrow of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']) {
    if (await peer.evaluate((element) => element === document.activeElement))
      await page.keyboard.press(arrow);
  }
  await expect(own).toBeFocused();
  await peer.focus();
  await page.keyboard.press('Enter');
  const drawer = page.getByTestId('node-drawer');
  await expect(page.getByRole('heading', { name: await b.name() })).toBeFocused();
  await expect(drawer).toContainText(/\d ms/);
  await expect(drawer).toContainText(/Received\s*[\d.,]+ (B|KiB)/);
  await expect(drawer).toContainText('the peer');
  await expect(drawer).toContainText('0 of 100 points');
  await expect(page.getByTestId('link-path')).toHaveAttribute('data-kind', /host|reflexive/);
  await page.keyboard.press('Escape');
  await expect(drawer).toHaveCount(0);
  await expect(peer).toBeFocused();

  // Nobody can link the two again.
  await server.stop();
  await page.keyboard.press('Enter');
  await drawer.getByRole('button', { name: 'Disconnect' }).focus();
  await page.keyboard.press('Enter');
  await expect(drawer.getByRole('button', { name: 'Keep it' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(drawer.getByRole('button', { name: 'Disconnect' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('peer-gone')).toBeVisible();
  await a.waitForLinks(0);
  await b.waitForLinks(0);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('no-peers')).toBeVisible();
});

test('the graph is loaded when it is looked at', async ({ page, server }) => {
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(request.url()));
  await playEngine(page, crowdedRoom());
  const url = roomUrl(server.url, 'class-7b', 'regtest');
  await page.goto(url);
  await expect(page.getByTestId('chip-peers')).toContainText('30 linked');
  expect(loaded.filter((address) => address.includes('NetworkGraph'))).toEqual([]);
  await page.getByRole('link', { name: 'Network', exact: true }).click();
  await expect(node(page, OWN)).toBeVisible();
  expect(loaded.filter((address) => /NetworkGraph.*\.js$/.test(address))).toHaveLength(1);
});

test('of a crowd the graph draws as many as there is room for, and says so', async ({ page, server }) => {
  await playEngine(page, crowdedRoom());
  await page.goto(`${roomUrl(server.url, 'class-7b', 'regtest')}/network`);
  await expect(page.getByTestId('graph-cut')).toContainText('of 141 nodes');
  await expect(page.getByTestId('network-summary')).toContainText('they tell of 110 more nodes');
  const drawn = Number(await page.getByTestId('network-graph').getAttribute('data-nodes'));
  await expect(page.getByTestId('graph-cut')).toContainText(`Drawn: ${drawn} of`);
  await expect(page.locator('[data-testid=graph-node][data-kind=peer]')).toHaveCount(30);

  await page.setViewportSize({ width: 390, height: 844 });
  await expect
    .poll(async () => Number(await page.getByTestId('network-graph').getAttribute('data-nodes')))
    .toBeLessThan(drawn);
  for (const shape of ['Table', 'Graph'] as const) {
    await page.getByRole('radio', { name: shape }).check();
    await expect(page.getByTestId(shape === 'Table' ? 'peer-row' : 'graph-node').first()).toBeVisible();
    const over = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    expect(over, shape).toBe(0);
  }
});

test('with reduced motion nothing travels: the way of a block lights up', async ({ page, server }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const engine = await playEngine(page, crowdedRoom());
  await page.goto(`${roomUrl(server.url, 'class-7b', 'regtest')}/network`);
  await expect(node(page, account(0))).toBeVisible();
  const next = chain(11);
  const recent = next.recent.map((block) => ({ ...block, heardAtMs: 1, heardFrom: account(0) }));
  const seen = page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        new MutationObserver(() => {
          const hop = document.querySelector('[data-testid=hop]');
          if (hop === null) return;
          resolve([...hop.children].map((part) => `${part.tagName} ${getComputedStyle(part).display}`));
        }).observe(document.body, { childList: true, subtree: true });
      }),
  );
  await engine.say(slice({ slice: 'chain', value: { ...next, recent } }));
  expect(await seen).toEqual(['path inline', 'circle none']);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong in the ${colorScheme} theme: graph, drawer, question, crowd on a phone`, async ({
    page,
    server,
  }) => {
    await page.emulateMedia({ colorScheme });
    await playEngine(page, crowdedRoom());
    await page.goto(`${roomUrl(server.url, 'class-7b', 'regtest')}/network`);
    await expect(node(page, account(0))).toBeVisible();
    expect(await violations(page)).toEqual([]);
    // By keyboard: it may still be on its way to its place.
    await node(page, account(0)).press('Enter');
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await expect(page.getByRole('button', { name: 'Keep it' })).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 390, height: 844 });
    await expect(page.getByTestId('graph-cut')).toBeVisible();
    expect(await violations(page)).toEqual([]);
  });
}
