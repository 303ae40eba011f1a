/**
 * The one bridge from the engine to runes. A getter read in an effect or a template runs again when its own
 * slice was replaced, as long as the page is seen; values are immutable and never proxied.
 */
import { createContext } from 'svelte';
import { createSubscriber } from 'svelte/reactivity';
import type { EngineStatus, SignalingStatus } from '../engine/messages.ts';
import type {
  AccountSnapshot,
  ChainSnapshot,
  ForksSnapshot,
  MempoolSnapshot,
  PeersSnapshot,
  PowSnapshot,
  WireSnapshot,
} from '../node/snapshot.ts';
import type { EngineClient, Topic } from './engine-client.ts';
import { subscribeWhileSeen } from './while-seen.ts';

export class EngineStore {
  readonly client: EngineClient;
  readonly #track: Record<Topic, () => void>;

  constructor(client: EngineClient) {
    this.client = client;
    const tracker = (topic: Topic) => createSubscriber((update) => subscribeWhileSeen(client, topic, update));
    this.#track = {
      status: tracker('status'),
      chain: tracker('chain'),
      forks: tracker('forks'),
      peers: tracker('peers'),
      mempool: tracker('mempool'),
      pow: tracker('pow'),
      wire: tracker('wire'),
      account: tracker('account'),
    };
  }

  get status(): EngineStatus {
    this.#track.status();
    return this.client.status;
  }

  get settledSignaling(): SignalingStatus {
    this.#track.status();
    return this.client.settledSignaling;
  }

  get chain(): ChainSnapshot | undefined {
    this.#track.chain();
    return this.client.slice('chain');
  }

  get forks(): ForksSnapshot | undefined {
    this.#track.forks();
    return this.client.slice('forks');
  }

  get peers(): PeersSnapshot | undefined {
    this.#track.peers();
    return this.client.slice('peers');
  }

  get mempool(): MempoolSnapshot | undefined {
    this.#track.mempool();
    return this.client.slice('mempool');
  }

  get pow(): PowSnapshot | undefined {
    this.#track.pow();
    return this.client.slice('pow');
  }

  get wire(): WireSnapshot | undefined {
    this.#track.wire();
    return this.client.slice('wire');
  }

  get account(): AccountSnapshot | undefined {
    this.#track.account();
    return this.client.slice('account');
  }
}

export const [getEngine, setEngine] = createContext<EngineStore>();
