/** Hands each message of a peer that has proved its key to the part of the node that it is for. */
import type { Chain } from '../core/chain.ts';
import { headerId, type Header } from '../core/header.ts';
import type { Mempool } from '../core/mempool.ts';
import type { Inventory, Message } from './messages.ts';
import type { Peer } from './peer.ts';
import type { PeerExchange } from './peer-exchange.ts';
import type { Punish } from './peer-set.ts';
import type { Replication } from './replication.ts';
import type { SignalRouter } from './signal-router.ts';
import type { WireCounts } from './wire-counts.ts';

export interface RouterParts {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly replication: Replication;
  readonly exchange: PeerExchange;
  readonly signals: SignalRouter;
  readonly punish: Punish;
  readonly wire: WireCounts;
}

export class MessageRouter {
  readonly #parts: RouterParts;

  constructor(parts: RouterParts) {
    this.#parts = parts;
  }

  route(peer: Peer, message: Message, nowMs: number): void {
    const { exchange, replication, signals, punish } = this.#parts;
    const { sync, server, compact, compactSender, intake } = replication;
    switch (message.name) {
      case 'getHeaders':
        server.sendHeaders(peer, message);
        break;
      case 'headers':
        sync.onHeaders(peer, message.headers, nowMs);
        break;
      case 'block':
        this.#countDuplicate('block', message.block.header);
        sync.onBlock(peer, message.block, nowMs);
        break;
      case 'sendCompact':
        compactSender.onSendCompact(peer, message);
        break;
      case 'compactBlock':
        this.#countDuplicate('compactBlock', message.header);
        compact.onCompactBlock(peer, message, nowMs);
        break;
      case 'getBlockTxn':
        if (!compactSender.onGetBlockTxn(peer, message)) {
          this.#onGetData(peer, { items: [{ kind: 'block', id: message.blockId }] });
        }
        break;
      case 'blockTxn':
        compact.onBlockTxn(peer, message, nowMs);
        break;
      case 'inv':
        this.#onInventory(peer, message, nowMs);
        break;
      case 'getData':
        this.#onGetData(peer, message);
        break;
      case 'notFound':
        this.#onNotFound(peer, message, nowMs);
        break;
      case 'tx':
        intake.takeTransaction(peer, message.tx, nowMs);
        break;
      case 'getPeers':
        exchange.onGetPeers(peer);
        break;
      case 'peers':
        exchange.onPeers(peer, message, nowMs);
        break;
      case 'signal':
        signals.onSignal(peer, message, nowMs);
        break;
      case 'unroutable':
        signals.onUnroutable(peer, message, nowMs);
        break;
      case 'hello':
      case 'ready':
      case 'ping':
      case 'pong':
        // The peer's own business (peer.ts).
        break;
      default:
        message satisfies never;
    }
    if (peer.overloaded) punish(peer, 'slow-reader');
  }

  #countDuplicate(name: 'block' | 'compactBlock', header: Header): void {
    const { chain, wire } = this.#parts;
    const entry = chain.index.get(headerId(header));
    if (entry && chain.hasBody(entry)) wire.duplicate(name);
  }

  #onInventory(peer: Peer, { items }: Inventory, nowMs: number): void {
    const { chain, mempool, replication } = this.#parts;
    const { sync, relay } = replication;
    const ids = items.filter(({ kind }) => kind === 'tx').map(({ id }) => id);
    relay.onAnnounced(peer, ids, (id) => mempool.has(id), nowMs);
    if (items.some(({ kind, id }) => kind === 'block' && !chain.index.get(id))) sync.askHeaders(peer, nowMs);
  }

  #onGetData(peer: Peer, { items }: Inventory): void {
    const { chain, replication, punish } = this.#parts;
    const { sync, server } = replication;
    for (const { kind, id } of items) {
      const entry = kind === 'tx' ? undefined : chain.index.get(id);
      // It will have it as soon as it is sent.
      if (entry && chain.hasBody(entry)) sync.noteHas(peer, entry);
    }
    if (!server.want(peer, items)) punish(peer, 'flood');
  }

  #onNotFound(peer: Peer, { items }: Inventory, nowMs: number): void {
    const { sync, lost, relay } = this.#parts.replication;
    for (const { kind, id } of items) {
      if (kind === 'tx') {
        relay.onNotFound(peer, id, nowMs);
        continue;
      }
      sync.onNotFound(peer, id, nowMs);
      lost.onNotFound(peer, id, nowMs);
    }
  }
}
