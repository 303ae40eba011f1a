/**
 * The floor under propagation: the same tabs, joined by bare data channels in the same graph, pass on 300 bytes each as
 * soon as they have them, and do nothing else with them.
 */
import type { Page } from '@playwright/test';

/** Of the flood: what a header with its message's length, or a small compact block, takes. */
const FLOOD_BYTES = 300;

/** A hidden page has no frames to look at each. */
const HIDDEN = { polling: 50 };

/** Indices of two tabs that have a link. */
export type Edge = readonly [number, number];

interface Flood {
  readonly channels: RTCDataChannel[];
  readonly connections: Map<number, RTCPeerConnection>;
  /** When each flood was first here, in ms since 1970. */
  readonly seenAtMs: Map<number, number>;
  send(number: number): void;
}

declare global {
  interface Window {
    flood?: Flood;
  }
}

/** Joins the pages along the edges, beside whatever else they are doing. */
export async function joinBare(pages: readonly Page[], edges: readonly Edge[]): Promise<void> {
  await Promise.all(pages.map((page) => page.evaluate(prepare, FLOOD_BYTES)));
  for (const [n, [from, to]] of edges.entries()) {
    const [caller, callee] = [pages[from], pages[to]] as [Page, Page];
    const offer = await caller.evaluate(describeConnection, { n, remote: undefined });
    const answer = await callee.evaluate(describeConnection, { n, remote: offer });
    await caller.evaluate(
      async ({ id, remote }) => window.flood?.connections.get(id)?.setRemoteDescription(remote),
      {
        id: n,
        remote: answer,
      },
    );
  }
  const degrees = pages.map((_, index) => edges.filter((edge) => edge.includes(index)).length);
  await Promise.all(
    pages.map((page, index) =>
      page.waitForFunction(
        (count) => window.flood?.channels.filter(({ readyState }) => readyState === 'open').length === count,
        degrees[index] ?? 0,
        HIDDEN,
      ),
    ),
  );
}

/** From the first page's sending to each other's receiving, in ms, of so many floods one after another. */
export async function floodTimes(pages: readonly Page[], floods: number): Promise<number[]> {
  const times: number[] = [];
  const [first, ...others] = pages as [Page, ...Page[]];
  for (let n = 0; n < floods; n++) {
    await first.evaluate((number) => window.flood?.send(number), n);
    await Promise.all(
      pages.map((page) => page.waitForFunction((number) => window.flood?.seenAtMs.has(number), n, HIDDEN)),
    );
    const seen = await Promise.all(
      [first, ...others].map((page) =>
        page.evaluate((number) => window.flood?.seenAtMs.get(number) ?? NaN, n),
      ),
    );
    const [sentAtMs = NaN, ...heardAtMs] = seen;
    times.push(...heardAtMs.map((atMs) => atMs - sentAtMs));
  }
  return times;
}

/** In each page, once. */
function prepare(bytes: number): void {
  const seenAtMs = new Map<number, number>();
  const channels: RTCDataChannel[] = [];
  const see = (number: number): void => {
    if (seenAtMs.has(number)) return;
    seenAtMs.set(number, Date.now());
    const frame = new Uint8Array(bytes);
    new DataView(frame.buffer).setUint32(0, number);
    for (const channel of channels) channel.send(frame);
  };
  window.flood = {
    channels,
    connections: new Map(),
    seenAtMs,
    send: see,
  };
}

/** In a page: an offer, or the answer to `remote`, with all candidates in it. */
async function describeConnection({
  n,
  remote,
}: {
  readonly n: number;
  readonly remote: RTCSessionDescriptionInit | undefined;
}): Promise<RTCSessionDescriptionInit> {
  const flood = window.flood;
  if (flood === undefined) throw new Error('the page is not prepared');
  const connection = new RTCPeerConnection();
  flood.connections.set(n, connection);
  const channel = connection.createDataChannel('flood', { negotiated: true, id: 0 });
  channel.binaryType = 'arraybuffer';
  channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => flood.send(new DataView(data).getUint32(0));
  flood.channels.push(channel);
  if (remote !== undefined) await connection.setRemoteDescription(remote);
  await connection.setLocalDescription();
  if (connection.iceGatheringState !== 'complete')
    await new Promise((resolve) => {
      connection.onicegatheringstatechange = () => {
        if (connection.iceGatheringState === 'complete') resolve(undefined);
      };
    });
  const { type, sdp } = connection.localDescription as RTCSessionDescription;
  return { type, sdp };
}
