/**
 * A data channel between two pages with nothing but bytes on it. Runs in both pages; the benchmark carries the
 * descriptions from one to the other.
 */
import { PAUSE_BYTES, RESUME_BYTES } from '../../../web/net/send-queue.ts';

interface End {
  readonly connection: RTCPeerConnection;
  readonly channel: RTCDataChannel;
  /** The other end has asked for what this one is to send. */
  readonly asked: Promise<unknown>;
}

/** By the names that the benchmark gives them. */
const ends = new Map<string, End>();

function create(name: string): End {
  const connection = new RTCPeerConnection({ iceServers: [] });
  const channel = connection.createDataChannel('raw', { negotiated: true, id: 0 });
  channel.binaryType = 'arraybuffer';
  const asked = new Promise((resolve) => channel.addEventListener('message', resolve, { once: true }));
  const end = { connection, channel, asked };
  ends.set(name, end);
  return end;
}

export function endOf(name: string): End {
  const end = ends.get(name);
  if (end === undefined) throw new Error(`no channel "${name}"`);
  return end;
}

/** With all candidates in it. */
export async function offer(name: string): Promise<string> {
  const { connection } = create(name);
  await connection.setLocalDescription();
  return gathered(connection);
}

export async function answer(name: string, sdp: string): Promise<string> {
  const { connection } = create(name);
  await connection.setRemoteDescription({ type: 'offer', sdp });
  await connection.setLocalDescription();
  return gathered(connection);
}

/** Resolves when the channel is open. */
export async function accept(name: string, sdp: string): Promise<void> {
  const { connection, channel } = endOf(name);
  await connection.setRemoteDescription({ type: 'answer', sdp });
  await opened(channel);
}

async function opened(channel: RTCDataChannel): Promise<void> {
  if (channel.readyState === 'open') return;
  await new Promise((resolve) => channel.addEventListener('open', resolve, { once: true }));
}

/** Asks the other end to send. Gives the moment, in ms. */
export async function ask(channel: RTCDataChannel): Promise<number> {
  await opened(channel);
  channel.send('send');
  return performance.now();
}

async function gathered(connection: RTCPeerConnection): Promise<string> {
  if (connection.iceGatheringState !== 'complete')
    await new Promise<void>((resolve) =>
      connection.addEventListener('icegatheringstatechange', () => {
        if (connection.iceGatheringState === 'complete') resolve();
      }),
    );
  return connection.localDescription?.sdp ?? '';
}

/** Waits where the buffer is full: a fresh connection stalls for seconds with more in it. */
export async function send(channel: RTCDataChannel, message: string | ArrayBuffer): Promise<void> {
  if (channel.bufferedAmount >= PAUSE_BYTES) {
    channel.bufferedAmountLowThreshold = RESUME_BYTES;
    await new Promise((resolve) => channel.addEventListener('bufferedamountlow', resolve, { once: true }));
  }
  if (typeof message === 'string') channel.send(message);
  else channel.send(message);
}

/** Gives so many bytes away when asked, in messages of so many. */
export async function sendBytes(name: string, total: number, messageBytes: number): Promise<void> {
  const { channel, asked } = endOf(name);
  await asked;
  for (let left = total; left > 0; left -= messageBytes)
    await send(channel, new ArrayBuffer(Math.min(left, messageBytes)));
}

/**
 * SCTP's retransmission timer of at least 400 ms in Chromium. Channels that are some hundred ms old run into it again
 * and again, though no packet is lost (as many are received as were sent): a second may take ten. What is sent on
 * demand, as blocks are, seldom meets it.
 */
const PAUSE_MS = 300;

export interface Received {
  /** Between the first question and the last message, without the pauses. */
  readonly ms: number;
  /** In which no message came over any channel for PAUSE_MS or longer. */
  readonly pausedMs: number;
}

/** Takes so many bytes in over each channel. */
export async function receiveBytes(names: readonly string[], totalOfEach: number): Promise<Received> {
  const channels = names.map((name) => endOf(name).channel);
  let lastMs = Infinity;
  let pausedMs = 0;
  const all = channels.map(
    (channel) =>
      new Promise<void>((resolve) => {
        let left = totalOfEach;
        channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
          const nowMs = performance.now();
          if (nowMs - lastMs >= PAUSE_MS) pausedMs += nowMs - lastMs;
          lastMs = nowMs;
          left -= data.byteLength;
          if (left <= 0) resolve();
        };
      }),
  );
  const askedMs = await Promise.all(channels.map(ask));
  await Promise.all(all);
  return { ms: performance.now() - Math.min(...askedMs) - pausedMs, pausedMs };
}

export function close(name: string): void {
  endOf(name).connection.close();
  ends.delete(name);
}
