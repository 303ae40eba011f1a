import { expect, type Locator, type Page } from '@playwright/test';
import type { EngineStatus, FromEngine } from '../../web/engine/messages.ts';
import type { ChainSnapshot, Slices } from '../../web/node/snapshot.ts';

/** Where a tab's chain ends. */
export interface Tip {
  readonly height: number;
  readonly id: string;
}

/** One open tab: what its user sees and does. */
export class Tab {
  readonly page: Page;
  /** Exceptions that nothing caught. None is ever expected. */
  readonly uncaught: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => {
      // A server that is not there: Firefox's word for the console, which nothing threw.
      if (error.message.startsWith('Firefox can’t establish a connection')) return;
      this.uncaught.push(error.stack ?? error.message);
    });
  }

  get peers(): Locator {
    return this.page.getByTestId('peer-row');
  }

  /** Waits until this tab says that it is linked to `count` peers. */
  async waitForLinks(count: number, options?: { timeout: number }): Promise<void> {
    const words = count === 0 ? 'none yet' : `${count} linked`;
    await expect(this.chip('peers')).toContainText(words, options);
  }

  get blocks(): Locator {
    return this.page.getByTestId('block-row');
  }

  /** The block that seals the message `memo`. */
  blockWith(memo: string): Locator {
    // Who wrote or mined it may be called anything: there is “one” in Honey.
    return this.blocks.filter({ has: this.page.locator('.memo', { hasText: memo }) });
  }

  /** Waits until this tab shows `memo` in a block that the node named `producer` mined. */
  async waitForBlock(memo: string, producer: string, options?: { timeout: number }): Promise<void> {
    await expect(this.blockWith(memo)).toContainText(`mined by ${producer}`, options);
  }

  pending(memo: string): Locator {
    return this.page.getByTestId('pending-item').filter({ hasText: memo });
  }

  chip(name: 'signal' | 'peers' | 'chain'): Locator {
    return this.page.getByTestId(`chip-${name}`);
  }

  /** A sentence under the top bar. */
  notice(kind: 'alone' | 'clock' | 'cut-off' | 'signal' | 'storage'): Locator {
    return this.page.locator(`[data-testid=notice][data-kind=${kind}]`);
  }

  async name(): Promise<string> {
    return (await this.page.getByTestId('my-name').first().innerText()).trim();
  }

  /** The account's public key, 32 bytes in hex. */
  async key(): Promise<string> {
    return (await this.page.locator('header [popover] code').first().textContent()) ?? '';
  }

  async show(view: 'Chain' | 'Network' | 'Forks' | 'Stats' | 'Wire'): Promise<void> {
    await this.page.getByRole('link', { name: view, exact: true }).click();
    // What tests read of peers stands in the table; the graph has its own (network.spec.ts).
    if (view === 'Network') await this.page.getByRole('radio', { name: 'Table' }).check();
  }

  async setMode(mode: 'On demand' | 'Always' | 'Off'): Promise<void> {
    await this.page.getByRole('radio', { name: mode, exact: true }).check();
  }

  async write(memo: string): Promise<void> {
    const input = this.page.getByTestId('compose-input');
    await input.fill(memo);
    await input.press('Enter');
  }

  async openChainFile(): Promise<void> {
    await this.page.locator('header .you').click();
    await this.page.getByRole('button', { name: 'Chain file' }).click();
    await expect(this.page.getByRole('dialog', { name: 'Chain file' })).toBeVisible();
  }

  tip(): Promise<Tip> {
    // Both at once: a tip may change between two questions.
    return this.page.getByTestId('tip-height').evaluate((element) => {
      return { height: Number(element.dataset.height), id: element.dataset.id ?? '' };
    });
  }

  async waitForHeight(height: number): Promise<void> {
    await expect.poll(async () => (await this.tip()).height).toBeGreaterThanOrEqual(height);
  }

  /** Breaks all of this tab's links, below everything that could say goodbye in order. */
  async cutLinks(): Promise<void> {
    await this.page.evaluate(() => window.tabchainTest?.channels.forEach((channel) => channel.close()));
  }

  /** Breaks one of this tab's links, by the number that `openLinks` gives it. */
  async cutLink(number: number): Promise<void> {
    await this.page.evaluate((n) => window.tabchainTest?.channels[n]?.close(), number);
  }

  /** While it is mute this tab loses every signal that it should send or pass on: it introduces nobody. */
  async muteSignals(isMute: boolean): Promise<void> {
    await this.page.evaluate((mute) => {
      if (window.tabchainTest) window.tabchainTest.signalsMuted = mute;
    }, isMute);
  }

  /** The links that are open now, numbered in the order in which this page made them. */
  openLinks(): Promise<number[]> {
    return this.page.evaluate(() => {
      const channels = window.tabchainTest?.channels ?? [];
      return [...channels.keys()].filter((n) => channels[n]?.readyState === 'open');
    });
  }

  /** Bytes that came in over all links since the page was loaded. */
  bytesIn(): Promise<number> {
    return this.page.evaluate(() => window.tabchainTest?.bytesIn ?? 0);
  }

  /** What the page's engine has told it: whether the page shows it or not. */
  watched(): Promise<Pick<PageWatch, 'slices' | 'firstChain' | 'status'>> {
    return this.page.evaluate(() => {
      const { slices = {}, firstChain, status } = window.tabchainTest ?? {};
      return { slices, firstChain, status };
    });
  }

  /** The latest value of a slice, as the engine posted it. */
  async slice<K extends keyof Slices>(name: K): Promise<Slices[K]> {
    const value = (await this.watched()).slices[name];
    if (value === undefined) throw new Error(`the engine has not posted the slice "${name}"`);
    return value;
  }

  /** What the engine last said of itself. */
  async status(): Promise<EngineStatus> {
    const { status } = await this.watched();
    if (status === undefined) throw new Error('the engine has said nothing yet');
    return status;
  }
}

/** Waits until all tabs show the same tip, and returns it. */
export async function waitForSameTip(tabs: readonly Tab[], minHeight = 0): Promise<Tip> {
  await expect(async () => {
    const tips = await Promise.all(tabs.map((tab) => tab.tip()));
    expect(new Set(tips.map(({ id }) => id)).size, `tips ${JSON.stringify(tips)}`).toBe(1);
    expect(tips[0]?.height).toBeGreaterThanOrEqual(minHeight);
  }).toPass();
  return tabs[0]?.tip() ?? { height: 0, id: '' };
}

/** What the tests know of a page besides what it shows. */
interface PageWatch {
  readonly channels: RTCDataChannel[];
  bytesIn: number;
  signalsMuted: boolean;
  slices: Partial<Slices>;
  /** As it was when the engine had opened the store, before any peer. */
  firstChain: ChainSnapshot | undefined;
  status: EngineStatus | undefined;
}

declare global {
  interface Window {
    tabchainTest?: PageWatch;
  }
}

/**
 * Runs in every page before its own scripts: keeps hold of the data channels that the page makes, and of what its
 * engine tells it. `signalMessageId`: by which a relayed signal is known on a channel; without it none is muted.
 */
export function watchPage(signalMessageId?: number): void {
  const watch: PageWatch = {
    channels: [],
    bytesIn: 0,
    signalsMuted: false,
    slices: {},
    firstChain: undefined,
    status: undefined,
  };
  window.tabchainTest = watch;
  /** A signal is always one frame: the length of the rest, and its id. */
  const isSignal = (frame: Uint8Array): boolean =>
    frame[4] === signalMessageId && new DataView(frame.buffer).getUint32(0, true) === frame.length - 4;
  const original = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = original.call(this, label, options);
    watch.channels.push(channel);
    const send = channel.send.bind(channel) as (frame: Uint8Array<ArrayBuffer>) => void;
    channel.send = (frame: unknown) => {
      if (!(watch.signalsMuted && isSignal(frame as Uint8Array))) send(frame as Uint8Array<ArrayBuffer>);
    };
    channel.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
      watch.bytesIn += data.byteLength;
    });
    return channel;
  };
  window.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener('message', ({ data }: MessageEvent<FromEngine>) => {
        if (data.type === 'slice') watch.slices = { ...watch.slices, [data.slice]: data.value };
        if (data.type === 'slice' && data.slice === 'chain') watch.firstChain ??= data.value;
        if (data.type === 'status') watch.status = data.status;
      });
    }
  };
}
