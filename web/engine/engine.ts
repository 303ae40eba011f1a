/**
 * The worker that a node lives in: opens the chain, wires the node to its
 * ports (store, workers, links, clock) and speaks with the page. The page
 * lends RTCPeerConnections and workers; everything else is here, where no hidden tab's
 * throttling and no long task of the page reaches it.
 */
import { transactionId, verifyZip215 } from '../core/transaction.ts';
import { deriveRoom, type Room } from '../net/room.ts';
import type { Draft } from '../node/draft.ts';
import { Node } from '../node/node.ts';
import type { PowSnapshot } from '../node/snapshot.ts';
import { createPowPool, type PowPool, type PowStats } from '../pow/pool.ts';
import { NoFreeSlotError } from '../store/slot.ts';
import { findNativeVerify } from '../verify/native-ed25519.ts';
import { createOwnThreadVerifier } from '../verify/own-thread.ts';
import { createVerificationPool } from '../verify/pool.ts';
import { ArchiveDesk } from './archive-desk.ts';
import { createBorrowedWorkers, type BorrowedWorkers } from './borrowed-workers.ts';
import { ChainDesk } from './chain-desk.ts';
import { createLinks, type Links } from './links.ts';
import type {
  EngineProblem,
  EngineStatus,
  FromEngine,
  LifecycleEvent,
  StartOptions,
  ToEngine,
} from './messages.ts';
import { createNodeVerifier } from './node-verifier.ts';
import { openChain, type OpenedChain } from './open-chain.ts';
import { platformRandom } from './random.ts';
import { SlicePoster } from './slice-poster.ts';
import { WakeTimer } from './wake-timer.ts';
import { WireWatch } from './wire-watch.ts';

/** Fine enough for every deadline of the node, coarse enough to cost nothing. */
const TICK_MS = 250;
/** By native code one is ahead of any engine; by noble, on plain HTTP, each helps. */
const MAX_VERIFICATION_WORKERS = 4;

type Post = (message: FromEngine, transfer?: Transferable[]) => void;

/** Everything that exists once the chain is open. */
interface Running {
  readonly node: Node;
  readonly desk: ChainDesk;
  readonly links: Links;
  readonly pool: PowPool;
  readonly workers: BorrowedWorkers;
  readonly poster: SlicePoster;
  readonly wake: WakeTimer;
  readonly wire: WireWatch;
}

export class Engine {
  readonly #post: Post;
  #running: Running | undefined;
  #status: EngineStatus = {
    phase: { kind: 'opening' },
    slot: undefined,
    account: undefined,
    storage: { kind: 'saved' },
    signaling: { kind: 'connecting' },
    iceServers: [],
    invitations: [],
  };
  #powStats: PowStats | undefined;

  constructor(post: Post) {
    this.#post = post;
  }

  receive(message: ToEngine): void {
    if (message.type === 'start') {
      void this.#start(message.options);
      return;
    }
    const running = this.#running;
    // The page sends nothing that matters before it was told that we run.
    if (!running) return;
    switch (message.type) {
      case 'compose':
        this.#compose(running, message.requestId, message.draft);
        break;
      case 'blocks':
        running.node.readBlocks(message.from, message.to, (blocks) =>
          this.#post({ type: 'blocks', requestId: message.requestId, blocks }),
        );
        break;
      case 'ask':
        void running.desk.answer(message.question).then((answer) => {
          this.#post({ type: 'answer', requestId: message.requestId, answer });
        });
        break;
      case 'search':
        running.desk.search(message.requestId, message.query, message.range);
        break;
      case 'search-stop':
        running.desk.stop(message.requestId);
        break;
      case 'pow':
        running.pool.setWorkers(message.workers);
        running.node.setPowMode(message.mode, Date.now());
        break;
      case 'disconnect':
        running.node.disconnect(message.linkId);
        break;
      case 'watch-wire':
        running.wire.watch(message.on);
        break;
      case 'lifecycle':
        this.#onLifecycle(running, message.event);
        break;
      case 'invitation':
        this.#post({
          type: 'invitation',
          requestId: message.requestId,
          result: running.links.invite(message.command, Date.now()),
        });
        break;
      case 'connection-signal':
      case 'connection-open':
      case 'connection-frame':
      case 'connection-drained':
      case 'connection-closed':
        running.links.handle(message);
        break;
      case 'worker-failed':
        running.workers.failed(message.workerId, message.message);
        break;
      default:
        message satisfies never;
    }
    running.poster.schedule();
    running.wake.set();
  }

  async #start(options: StartOptions): Promise<void> {
    try {
      const room = deriveRoom(options.roomSecret);
      const opened = await openChain(options, room, verifyZip215, {
        onSlot: (slot) => {
          this.#setStatus({ slot });
          this.#post({ type: 'slot', slot });
        },
        onAccount: (account) => this.#setStatus({ account }),
        onProgress: (done, total) => this.#setStatus({ phase: { kind: 'loading', done, total } }),
        onStorage: (storage) => this.#setStatus({ storage }),
        onStored: (value) => this.#post({ type: 'slice', slice: 'chain', value }),
      });
      this.#running = this.#run(options, room, opened);
      this.#setStatus({ phase: { kind: 'running' } });
      this.#running.poster.flush();
    } catch (error) {
      this.#setStatus({ phase: { kind: 'failed', problem: problemOf(error) } });
    }
  }

  #run(options: StartOptions, room: Room, opened: OpenedChain): Running {
    const { chain, secretKey, store, ownPending, pending, replaceKey } = opened;
    const maxWorkers = Math.max(navigator.hardwareConcurrency, 1);
    const workers = createBorrowedWorkers(this.#post);
    const pool = createPowPool({
      createWorker: () => workers.borrow('proof-of-work'),
      // One core stays with the page, the engine and the rest of the device.
      workers: Math.min(options.workers ?? Math.max(maxWorkers - 1, 1), maxWorkers),
      now: () => performance.now(),
      onFound: (jobId, header) => this.#tell((node) => node.onPowFound(jobId, header, Date.now())),
      onExhausted: () => this.#tell((node) => node.onPowExhausted(Date.now())),
      onStats: (stats) => {
        this.#powStats = stats;
        this.#running?.poster.schedule();
      },
    });
    const { genesisHash } = chain;
    const ownThreadVerifier = createOwnThreadVerifier(genesisHash, findNativeVerify());
    const verificationPool = createVerificationPool({
      genesisHash,
      createWorker: () => workers.borrow('verification'),
      maxWorkers: Math.min(Math.max(maxWorkers - 1, 1), MAX_VERIFICATION_WORKERS),
      now: () => performance.now(),
      later: (run, ms) => void setTimeout(run, ms),
      fallback: ownThreadVerifier,
    });
    const node: Node = new Node(
      {
        chain,
        secretKey,
        store,
        pow: pool,
        rng: platformRandom,
        verifier: createNodeVerifier({
          workers: verificationPool,
          ownThread: ownThreadVerifier,
          isCatchingUp: () => node.isCatchingUp,
          onAnswered: () => {
            poster.schedule();
            wake.set();
          },
        }),
        dialer: { dial: (peerId, route) => links.dial(peerId, route) },
        events: {
          askRoster: () => links.askRoster(),
          onSealed: (tx, entry) =>
            this.#post({
              type: 'event',
              event: {
                kind: 'sealed',
                txId: transactionId(tx),
                memo: tx.memo,
                recipient: tx.recipient,
                amount: tx.amount,
                height: entry.height,
                blockId: entry.id,
              },
            }),
          onReorg: ({ depth, forkHeight, ownReturned }) =>
            this.#post({ type: 'event', event: { kind: 'reorg', depth, forkHeight, ownReturned } }),
          onOwnPending: (transactions) => ownPending.save(transactions),
          onSignal: (from, payload) => links.onSignal(from, payload),
          onUnroutable: (to) => links.onUnroutable(to),
        },
      },
      Date.now(),
    );
    const links = createLinks({
      room,
      signalingUrl: options.signalingUrl,
      node,
      post: this.#post,
      onSignaling: (signaling) => this.#setStatus({ signaling }),
      onIceServers: (iceServers) => this.#setStatus({ iceServers }),
      onInvitations: (invitations) => this.#setStatus({ invitations }),
    });
    const poster = new SlicePoster(
      {
        chain: () => node.snapshot('chain'),
        forks: () => node.snapshot('forks'),
        peers: () => node.snapshot('peers'),
        mempool: () => node.snapshot('mempool'),
        account: () => node.snapshot('account'),
        wire: () => node.snapshot('wire'),
        pow: () => this.#powSnapshot(node, maxWorkers),
      },
      this.#post,
      () => node.isCatchingUp,
    );
    const archive = new ArchiveDesk({
      chain,
      store,
      verifier: verificationPool,
      fetchLost: (entry) => new Promise((resolve) => node.fetchLost(entry, Date.now(), resolve)),
      nowMs: () => Date.now(),
      isReadingBack: () => node.isReadingBack,
      takeFromFile: (blocks) => {
        const results = node.takeFromFile(blocks, Date.now());
        poster.schedule();
        wake.set();
        return results;
      },
    });
    const desk = new ChainDesk({
      node,
      store,
      archive,
      secretKey,
      replaceKey,
      onProgress: (requestId, progress) => this.#post({ type: 'search-progress', requestId, progress }),
    });
    const wake = new WakeTimer(
      () => node.wakeAtMs,
      (nowMs) => {
        node.tick(nowMs);
        poster.schedule();
      },
    );

    node.setPowMode(options.powMode, Date.now());
    for (const tx of pending) node.restoreOwn(tx, Date.now());
    links.start(Date.now());
    setInterval(() => {
      const nowMs = Date.now();
      links.tick(nowMs);
      node.tick(nowMs);
      pool.tick();
      verificationPool.tick();
      poster.schedule();
      wake.set();
    }, TICK_MS);
    return { node, desk, links, pool, workers, poster, wake, wire: new WireWatch(node, this.#post) };
  }

  #tell(say: (node: Node) => void): void {
    if (!this.#running) return;
    say(this.#running.node);
    this.#running.poster.schedule();
    this.#running.wake.set();
  }

  #compose({ node }: Running, requestId: number, draft: Draft): void {
    const result = node.compose(draft, Date.now());
    this.#post({
      type: 'composed',
      requestId,
      result: result.ok ? { ok: true, txId: transactionId(result.tx) } : { ok: false, code: result.code },
    });
  }

  #onLifecycle({ node, links }: Running, event: LifecycleEvent): void {
    switch (event) {
      case 'online':
      case 'visible':
      case 'resume':
        links.retryNow(Date.now());
        node.onAwake(Date.now());
        break;
      case 'pagehide':
        links.leave();
        break;
      default:
        event satisfies never;
    }
  }

  #powSnapshot(node: Node, maxWorkers: number): PowSnapshot {
    const stats = this.#powStats;
    return {
      mode: node.producer.mode,
      working: node.producer.working,
      workers: stats?.workers ?? 0,
      maxWorkers,
      hashRate: stats?.hashRate,
      kernel: stats?.kernel,
      found: node.producer.found,
    };
  }

  #setStatus(change: Partial<EngineStatus>): void {
    this.#status = { ...this.#status, ...change };
    this.#post({ type: 'status', status: this.#status });
  }
}

function problemOf(error: unknown): EngineProblem {
  if (error instanceof NoFreeSlotError) return { code: 'no-free-slot', tabs: error.slots };
  return { code: 'unexpected', detail: error instanceof Error ? error.message : String(error) };
}
