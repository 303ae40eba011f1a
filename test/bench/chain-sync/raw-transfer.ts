/** Bytes alone between the pages of a sync: a bound for it. */
import type { Page } from '@playwright/test';
import type { Received } from './raw-channel.ts';
import { callInPage } from './room-pages.ts';

let lastName = 0;

/** Gives the channel's name in both pages. */
async function connectPages(from: Page, to: Page): Promise<string> {
  const name = `channel-${(lastName += 1)}`;
  const answered = await callInPage(to, 'answer', name, await callInPage(from, 'offer', name));
  await callInPage(from, 'accept', name, answered);
  return name;
}

/** How long `to` takes for `bytes`, an equal part from each of the others. */
export async function transferRaw(
  senders: readonly Page[],
  to: Page,
  bytes: number,
  messageBytes: number,
): Promise<Received> {
  const channels = await Promise.all(
    senders.map(async (page) => ({ page, name: await connectPages(page, to) })),
  );
  const part = Math.ceil(bytes / senders.length);
  const names = channels.map(({ name }) => name);
  const sending = channels.map(({ page, name }) => callInPage(page, 'sendBytes', name, part, messageBytes));
  const received = await callInPage(to, 'receiveBytes', names, part);
  await Promise.all(sending);
  for (const { page, name } of channels) {
    await callInPage(page, 'close', name);
    await callInPage(to, 'close', name);
  }
  return received;
}

/** How long `to` takes to get and check the first `count` blocks in the tutorial's way, in ms. */
export async function transferJson(from: Page, to: Page, secret: string, count: number): Promise<number> {
  const name = await connectPages(from, to);
  const sending = callInPage(from, 'sendAsJson', name, secret, count);
  const ms = await callInPage(to, 'takeJson', name, secret, count);
  await sending;
  await callInPage(from, 'close', name);
  await callInPage(to, 'close', name);
  return ms;
}
