/** The worst that one link can be made to carry, each under its name. All of them end with the victim hanging up. */
import { randomBytes } from '@noble/hashes/utils.js';
import { NOBODY } from '../../web/core/hash.ts';
import { headerHash, type Header } from '../../web/core/header.ts';
import { signTransaction } from '../../web/core/transaction.ts';
import { prove } from '../../web/node/handshake.ts';
import { MAX_FRAME_BYTES, toFrames } from '../../web/node/framing.ts';
import { encodeMessage, MESSAGES, type Message, type MessageName } from '../../web/node/messages.ts';
import { MAX_TTL, signSignal } from '../../web/node/signal.ts';
import { grind } from '../grind.ts';
import type { HostileLink } from './hostile-page.ts';

type Attack = (link: HostileLink) => Promise<void> | void;

/** Four times what the most generous rate allows at once. Small ones: what the network itself slows down is no flood. */
const FLOOD_MESSAGES = 20_000;
const BATCH_MESSAGES = 200;

/** As many `headers` messages as the rate allows at once, and the headers of each: 120,000 in all, 48 MB in an index. */
const CHEAP_BRANCHES = 300;
const CHEAP_HEADERS = 400;

/** What an attack costs is by its name in the victim's counts: one of these rules. */
export const attacks = {
  'garbage frames': async (link) => {
    link.shakeHands();
    for (let n = 0; n < 200; n++) link.sendFrame(randomBytes(1 + ((n * 997) % MAX_FRAME_BYTES)));
    await link.drained();
  },
  'a length of 4 GiB': (link) => {
    link.shakeHands();
    const [frame] = toFrames(encodeMessage({ name: 'inv', items: [] }));
    frame?.fill(0xff, 0, 4);
    if (frame) link.sendFrame(frame);
  },
  'a frame of 200 KiB': (link) => {
    link.shakeHands();
    link.sendFrame(new Uint8Array(200 * 1024));
  },
  'a message that does not decode': (link) => {
    link.shakeHands();
    for (const frame of toFrames(Uint8Array.of(MESSAGES.inv.id, 1, 99))) link.sendFrame(frame);
  },
  'text instead of frames': (link) => {
    link.shakeHands();
    link.channel?.send('{"hello":"world"}');
  },
  'another room': (link) => {
    link.say({ name: 'hello', ...link.own, genesisId: 'ab'.repeat(32) });
  },
  'another protocol': (link) => {
    link.say({ name: 'hello', ...link.own, protocol: 65_535 });
  },
  'somebody else’s key': (link) => {
    const own = { ...link.own, key: link.theirs.key };
    link.say({ name: 'hello', ...own });
    link.say({
      name: 'ready',
      signature: prove(link.genesisHash, link.channelName, own, link.theirs, link.secretKey),
    });
  },
  'messages before the handshake': (link) => {
    link.say({ name: 'getHeaders', locator: [] });
  },
  'no handshake at all': () => undefined,
  'half a handshake': (link) => {
    link.say({ name: 'hello', ...link.own });
  },
  'a second hello': (link) => {
    link.shakeHands();
    link.say({ name: 'hello', ...link.own });
  },
  'headers that are no chain': (link) => {
    link.shakeHands();
    const { header } = link.genesis;
    link.say({ name: 'headers', headers: [header, header, header] });
  },
  'a header without work': (link) => {
    link.shakeHands();
    // Two hashes in three have too little: one of so many will do.
    for (let nonce = 0; nonce < 20; nonce++)
      link.say({
        name: 'headers',
        headers: [
          {
            ...link.genesis.header,
            prevHash: link.genesisHash,
            time: link.genesis.header.time + 15,
            nonce,
            bits: 0x1d00ffff,
          },
        ],
      });
  },
  // Each branch is lawful, and nobody has asked for it.
  'cheap headers': async (link) => {
    link.shakeHands();
    for (let branch = 0; branch < CHEAP_BRANCHES && !link.isClosed; branch++) {
      link.say({ name: 'headers', headers: branchOf(link.genesis.header) });
      await link.drained();
    }
  },
  // As if it had been relayed by an honest node, which would have looked at the signature first.
  'a signal signed by somebody else': forgedSignal(MAX_TTL - 1),
  // No relay passes a signal on without counting it down.
  'a signal that pretends to be fresh': forgedSignal(MAX_TTL),
  'flood of ping': flood(() => ({ name: 'ping', token: '00'.repeat(8) })),
  'flood of pong': flood(() => ({ name: 'pong', token: '00'.repeat(8) })),
  'flood of getHeaders': flood(() => ({ name: 'getHeaders', locator: [] })),
  'flood of headers': flood(() => ({ name: 'headers', headers: [] })),
  'flood of inv': flood(() => ({ name: 'inv', items: [{ kind: 'tx', id: hexOf(32) }] })),
  'flood of getData': flood(() => ({ name: 'getData', items: [{ kind: 'tx', id: hexOf(32) }] })),
  'flood of notFound': flood(() => ({ name: 'notFound', items: [{ kind: 'tx', id: hexOf(32) }] })),
  'flood of block': flood(({ genesis }) => ({ name: 'block', block: genesis })),
  'flood of tx': flood(({ genesisHash, secretKey }) => ({
    name: 'tx',
    tx: signTransaction(genesisHash, secretKey, {
      nonce: 0,
      recipient: NOBODY,
      amount: 0,
      fee: 0,
      memo: 'unasked',
    }),
  })),
  'flood of sendCompact': flood(() => ({ name: 'sendCompact', highBandwidth: true })),
  'flood of compactBlock': flood(({ genesis }) => ({
    name: 'compactBlock',
    header: genesis.header,
    nonce: new Uint8Array(8),
    shortIds: [],
    prefilled: genesis.transactions.map((tx, index) => ({ index, tx })),
  })),
  'flood of getBlockTxn': flood(({ theirs }) => ({
    name: 'getBlockTxn',
    blockId: theirs.genesisId,
    indexes: [0],
  })),
  'flood of blockTxn': flood(({ genesis, theirs }) => ({
    name: 'blockTxn',
    blockId: theirs.genesisId,
    transactions: genesis.transactions,
  })),
  'flood of getPeers': flood(() => ({ name: 'getPeers' })),
  'flood of peers': flood(() => ({
    name: 'peers',
    addresses: Array.from({ length: 16 }, () => ({
      key: hexOf(32),
      session: hexOf(8),
      distance: 1 as const,
    })),
  })),
  'flood of signal': flood(({ genesisHash, secretKey, own, theirs }) => ({
    name: 'signal',
    ...signSignal(
      genesisHash,
      {
        from: { key: own.key, session: own.session },
        to: { key: theirs.key, session: '11'.repeat(8) },
        payload: randomBytes(8_000),
      },
      secretKey,
    ),
  })),
  'flood of unroutable': flood(() => ({ name: 'unroutable', signalId: hexOf(8) })),
} satisfies Record<string, Attack>;

export type AttackName = keyof typeof attacks;

/** Messages whose flood is an attack of its own; `hello` and `ready` come once, and again is a breach. */
export type FloodName = Exclude<MessageName, 'hello' | 'ready'>;

/** The same well-formed message again and again, as fast as the link takes it. */
function flood(make: (link: HostileLink) => Message): Attack {
  return async (link) => {
    link.shakeHands();
    const frames = toFrames(encodeMessage(make(link)));
    for (let sent = 0; sent < FLOOD_MESSAGES && !link.isClosed; sent += BATCH_MESSAGES) {
      for (let n = 0; n < BATCH_MESSAGES; n++) frames.forEach((frame) => link.sendFrame(frame));
      await link.drained();
    }
  };
}

/** A chain of its own on top of `header`, easy to make on the test network. */
function branchOf(header: Header): Header[] {
  const headers: Header[] = [];
  for (let last = header; headers.length < CHEAP_HEADERS; headers.push(last)) {
    const next = { ...last, prevHash: headerHash(last), merkleRoot: randomBytes(32), time: last.time + 15 };
    last = grind(next);
  }
  return headers;
}

/** A signal to the victim in the name of a node that does not exist, with noise for a signature. */
function forgedSignal(ttl: number): Attack {
  return (link) => {
    link.shakeHands();
    const { key, session } = link.theirs;
    const from = { key: hexOf(32), session: hexOf(8) };
    const signature = randomBytes(64);
    link.say({ name: 'signal', ttl, from, to: { key, session }, payload: randomBytes(600), signature });
  };
}

function hexOf(bytes: number): string {
  return Array.from(randomBytes(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
