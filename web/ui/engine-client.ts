/**
 * The page's end of engine/messages.ts: the latest value of each slice, and commands as promises.
 * Knows neither Svelte nor Worker, so that it runs as it is in a test.
 */
import type {
  AnswerTo,
  ComposeResult,
  PageOrder,
  EngineProblem,
  EngineStatus,
  FromEngine,
  InvitationCommand,
  InvitationResult,
  NodeEvent,
  Question,
  SignalingStatus,
  ToEngine,
} from '../engine/messages.ts';
import type { HeightRange } from '../node/block-reader.ts';
import type { ChainQuery } from '../node/chain-query.ts';
import type { SearchProgress } from '../node/chain-search.ts';
import type { Draft } from '../node/draft.ts';
import type { BlockDetail, PowMode, Slices } from '../node/snapshot.ts';
import type { WireRecord } from '../node/wire-record.ts';

/** What the client listens to; connections and the slot are the page's own business. */
export type ClientMessage = Exclude<FromEngine, PageOrder | { type: 'slot' }>;

/** What became of a message; `engine-failed` if there is no node any more, and why. */
export type ComposeOutcome =
  ComposeResult | { readonly ok: false; readonly code: 'engine-failed'; readonly problem: EngineProblem };

/** What became of a command; `engine-failed` if there is no node any more. */
export type InvitationOutcome = InvitationResult | { readonly ok: false; readonly problem: 'engine-failed' };

/** `records`: the oldest first; `dropped`: how many more were too many at once. */
export type WireListener = (records: readonly WireRecord[], dropped: number) => void;

export type Topic = keyof Slices | 'status';

type Unsubscribe = () => void;

const INITIAL_STATUS: EngineStatus = {
  phase: { kind: 'opening' },
  slot: undefined,
  account: undefined,
  storage: { kind: 'saved' },
  signaling: { kind: 'connecting' },
  iceServers: [],
  invitations: [],
};

export class EngineClient {
  readonly #post: (message: ToEngine) => void;
  #slices: Partial<Slices> = {};
  #status = INITIAL_STATUS;
  #settledSignaling = INITIAL_STATUS.signaling;
  #nextRequestId = 1;
  readonly #composing = new Map<number, (outcome: ComposeOutcome) => void>();
  readonly #reading = new Map<number, (blocks: readonly BlockDetail[]) => void>();
  readonly #inviting = new Map<number, (outcome: InvitationOutcome) => void>();
  readonly #asking = new Map<number, (answer: unknown) => void>();
  readonly #searching = new Map<number, (progress: SearchProgress) => void>();
  readonly #wireListeners = new Set<WireListener>();
  /** Commands given before the engine runs. */
  #early: ToEngine[] = [];
  readonly #listeners = new Map<Topic, Set<() => void>>();
  readonly #eventListeners = new Set<(event: NodeEvent) => void>();

  constructor(post: (message: ToEngine) => void) {
    this.#post = post;
  }

  get status(): EngineStatus {
    return this.#status;
  }

  /** The signaling before it was last tried again: 'connecting' only for the first try of all. */
  get settledSignaling(): SignalingStatus {
    return this.#settledSignaling;
  }

  slice<K extends keyof Slices>(name: K): Slices[K] | undefined {
    return this.#slices[name];
  }

  /** Calls `onChange` after each change of one slice, or of the status. */
  subscribe(topic: Topic, onChange: () => void): Unsubscribe {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(onChange));
    return () => listeners.delete(onChange);
  }

  onEvent(listener: (event: NodeEvent) => void): Unsubscribe {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  /** Never rejects: a refusal is a result. */
  compose(draft: Draft): Promise<ComposeOutcome> {
    return new Promise((resolve) => {
      if (this.#status.phase.kind === 'failed') {
        resolve({ ok: false, code: 'engine-failed', problem: this.#status.phase.problem });
        return;
      }
      const requestId = this.#nextRequestId++;
      this.#composing.set(requestId, resolve);
      this.#command({ type: 'compose', requestId, draft });
    });
  }

  /** Active blocks by height, `from` to `to` inclusive; those that could not be read are left out. */
  blocks(from: number, to: number): Promise<readonly BlockDetail[]> {
    return new Promise((resolve) => {
      if (this.#status.phase.kind === 'failed') {
        resolve([]);
        return;
      }
      const requestId = this.#nextRequestId++;
      this.#reading.set(requestId, resolve);
      this.#command({ type: 'blocks', requestId, from, to });
    });
  }

  /** undefined if there is no node any more. */
  ask<K extends Question['kind']>(
    question: Extract<Question, { readonly kind: K }>,
  ): Promise<AnswerTo<K> | undefined> {
    return new Promise((resolve) => {
      if (this.#status.phase.kind === 'failed') {
        resolve(undefined);
        return;
      }
      const requestId = this.#nextRequestId++;
      // The engine answers each question by one of its own kind.
      this.#asking.set(requestId, (answer) => resolve(answer as AnswerTo<K> | undefined));
      this.#command({ type: 'ask', requestId, question });
    });
  }

  /** Calls `onProgress` until it tells of an end. Returns what stops the search before that. */
  search(query: ChainQuery, range: HeightRange, onProgress: (progress: SearchProgress) => void): Unsubscribe {
    if (this.#status.phase.kind === 'failed') return () => undefined;
    const requestId = this.#nextRequestId++;
    this.#searching.set(requestId, onProgress);
    this.#command({ type: 'search', requestId, query, range });
    return () => {
      if (this.#searching.delete(requestId)) this.#command({ type: 'search-stop', requestId });
    };
  }

  setPow(mode: PowMode, workers: number | undefined): void {
    this.#command({ type: 'pow', mode, workers });
  }

  /** Never rejects: a refusal is a result. What follows is in `status.invitations`. */
  invite(command: InvitationCommand): Promise<InvitationOutcome> {
    return new Promise((resolve) => {
      if (this.#status.phase.kind === 'failed') {
        resolve({ ok: false, problem: 'engine-failed' });
        return;
      }
      const requestId = this.#nextRequestId++;
      this.#inviting.set(requestId, resolve);
      this.#command({ type: 'invitation', requestId, command });
    });
  }

  /** Calls `listener` with the messages that pass, until it is stopped. While nobody listens, nothing is collected. */
  watchWire(listener: WireListener): Unsubscribe {
    if (this.#wireListeners.size === 0) this.#command({ type: 'watch-wire', on: true });
    this.#wireListeners.add(listener);
    return () => {
      if (this.#wireListeners.delete(listener) && this.#wireListeners.size === 0)
        this.#command({ type: 'watch-wire', on: false });
    };
  }

  disconnect(linkId: string): void {
    this.#command({ type: 'disconnect', linkId });
  }

  receive(message: ClientMessage): void {
    switch (message.type) {
      case 'slice':
        this.#slices = { ...this.#slices, [message.slice]: message.value };
        this.#changed(message.slice);
        return;
      case 'status':
        this.#setStatus(message.status);
        return;
      case 'composed':
        this.#composing.get(message.requestId)?.(message.result);
        this.#composing.delete(message.requestId);
        return;
      case 'blocks':
        this.#reading.get(message.requestId)?.(message.blocks);
        this.#reading.delete(message.requestId);
        return;
      case 'invitation':
        this.#inviting.get(message.requestId)?.(message.result);
        this.#inviting.delete(message.requestId);
        return;
      case 'answer':
        this.#asking.get(message.requestId)?.(message.answer.value);
        this.#asking.delete(message.requestId);
        return;
      case 'search-progress': {
        const onProgress = this.#searching.get(message.requestId);
        if (message.progress.end !== undefined) this.#searching.delete(message.requestId);
        onProgress?.(message.progress);
        return;
      }
      case 'wire':
        for (const listener of this.#wireListeners) listener(message.records, message.dropped);
        return;
      case 'event':
        for (const listener of this.#eventListeners) listener(message.event);
        return;
      default:
        message satisfies never;
    }
  }

  /** The worker itself broke: nothing will be answered any more. */
  lose(): void {
    this.#setStatus({ ...this.#status, phase: { kind: 'failed', problem: { code: 'worker-lost' } } });
  }

  #command(message: ToEngine): void {
    if (this.#status.phase.kind === 'running') this.#post(message);
    else this.#early.push(message);
  }

  #setStatus(status: EngineStatus): void {
    this.#status = status;
    if (status.signaling.kind !== 'connecting') this.#settledSignaling = status.signaling;
    if (status.phase.kind === 'running') {
      const early = this.#early;
      this.#early = [];
      for (const message of early) this.#post(message);
    }
    if (status.phase.kind === 'failed') this.#giveUp(status.phase.problem);
    this.#changed('status');
  }

  #giveUp(problem: EngineProblem): void {
    for (const resolve of this.#composing.values()) resolve({ ok: false, code: 'engine-failed', problem });
    for (const resolve of this.#reading.values()) resolve([]);
    for (const resolve of this.#inviting.values()) resolve({ ok: false, problem: 'engine-failed' });
    for (const resolve of this.#asking.values()) resolve(undefined);
    this.#composing.clear();
    this.#reading.clear();
    this.#asking.clear();
    this.#searching.clear();
    this.#inviting.clear();
    this.#early = [];
  }

  #changed(topic: Topic): void {
    for (const listener of this.#listeners.get(topic) ?? []) listener();
  }
}
