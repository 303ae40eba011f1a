/**
 * Verification workers: started when there is something for them, given back when there is nothing for a while. What
 * is asked is answered whatever happens to them: without workers, and for those that die, `fallback` answers.
 */
import type { Transaction } from '../core/transaction.ts';
import type { Verifier } from '../node/ports.ts';
import { packTransactions, type CheckedBatch, type TransactionBatch } from './batch.ts';

/**
 * Transactions in a batch, or one question with more: 8 ms by native code, an eighth of a second by noble. The blocks
 * of a batch are connected one after another when it is answered, and what other peers say waits for that.
 */
export const BATCH = 128;
/** What is less waits for more, so many ms at most: while blocks are fetched the next ones are already on their way. */
export const GATHER_MS = 5;
/** One to work on and the next: the worker waits for no answer of ours. */
const BATCHES_AT_A_WORKER = 2;
/** After so many deaths without a single answer between them no worker is started for a while. */
export const MAX_DEATHS_IN_A_ROW = 3;
/** For so long, in ms, and not for good: the page, which starts them, may only have stood still behind a dialog. */
export const REST_MS = 60_000;
/**
 * A worker that answered nothing for so long, in ms, died without a word. For the largest batch, one transaction less
 * than `BATCH` and a full block's 425, a phone's noble takes 4 s at 8 ms each, and more beside the workers that mine.
 */
export const SILENCE_MS = 20_000;
/** A longer pause between two ticks, in ms, was a sleep of the whole machine and proves nothing. */
const MAX_TICK_GAP_MS = 5_000;
/** Without work for so long, in ms, it is given back: its memory is better used. */
export const IDLE_MS = 60_000;

/** Of Worker, what the pool uses. */
export interface VerificationWorker {
  postMessage(message: TransactionBatch, transfer: Transferable[]): void;
  terminate(): void;
  addEventListener(type: 'message', listener: (event: { readonly data: CheckedBatch }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
}

export interface VerificationPoolOptions {
  readonly genesisHash: Uint8Array;
  readonly createWorker: () => VerificationWorker;
  readonly maxWorkers: number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** `setTimeout`. */
  readonly later: (run: () => void, ms: number) => void;
  readonly fallback: Verifier;
}

export interface VerificationPool extends Verifier {
  /** Looks for silent and for idle workers. Call every 250 ms to 1 s. */
  tick(): void;
}

interface Question {
  readonly transactions: readonly Transaction[];
  readonly done: (good: readonly Transaction[]) => void;
}

interface Seat {
  readonly worker: VerificationWorker;
  /** What it was sent and has not answered, by batch, the oldest first. */
  readonly batches: Map<number, readonly Question[]>;
  heardAtMs: number;
}

export function createVerificationPool(options: VerificationPoolOptions): VerificationPool {
  const { genesisHash, createWorker, maxWorkers, now, later, fallback } = options;
  const seats = new Set<Seat>();
  /**
   * The oldest first. Bounded by who asks: a node once about each block that it has asked for and does not know, of
   * which a window is under way at a time (web/node/block-sync.ts), an import and a check about the blocks of a step.
   */
  const waiting: Question[] = [];
  /** Transactions in them. */
  let waitingSize = 0;
  let isGathering = false;
  let deaths = 0;
  let diedAtMs = 0;
  let lastBatchId = 0;
  let tickedAtMs = now();

  function hire(): Seat {
    const seat: Seat = { worker: createWorker(), batches: new Map(), heardAtMs: now() };
    seat.worker.addEventListener('message', ({ data }) => take(seat, data));
    seat.worker.addEventListener('error', () => bury([seat]));
    seats.add(seat);
    return seat;
  }

  function dismiss(seat: Seat): void {
    seats.delete(seat);
    seat.worker.terminate();
  }

  /** Those that died together died of one thing, and it counts once: a page that stands still starts none of them. */
  function bury(dead: readonly Seat[]): void {
    const here = dead.filter((seat) => seats.has(seat));
    if (here.length === 0) return;
    deaths += 1;
    diedAtMs = now();
    for (const seat of here) dismiss(seat);
    for (const { batches } of here) for (const questions of batches.values()) giveBack(questions);
    deal();
  }

  function giveBack(questions: readonly Question[]): void {
    for (const { transactions, done } of questions) fallback.lookAhead(transactions, done);
  }

  /** From the front of the line, until they have so many transactions. */
  function nextQuestions(wanted: number): Question[] {
    let size = 0;
    let count = 0;
    for (const { transactions } of waiting) {
      if (size >= wanted) break;
      size += transactions.length;
      count += 1;
    }
    waitingSize -= size;
    return waiting.splice(0, count);
  }

  /** Another worker is started when those that are there have all they may have. Undefined: none may be. */
  function freeSeat(): Seat | undefined {
    const [least] = [...seats].sort((a, b) => a.batches.size - b.batches.size);
    if (least !== undefined && least.batches.size < BATCHES_AT_A_WORKER) return least;
    const rests = deaths >= MAX_DEATHS_IN_A_ROW && now() - diedAtMs < REST_MS;
    return seats.size < maxWorkers && !rests ? hire() : undefined;
  }

  /** Sends what fills batches, the rest when it has waited. */
  function deal(hasWaited = false): void {
    while (waiting.length > 0) {
      if (!hasWaited && waitingSize < BATCH) return gather();
      const seat = freeSeat();
      if (seat === undefined) break;
      send(seat, nextQuestions(BATCH));
    }
    // Else one of them will answer, and then it goes on.
    if (seats.size === 0) giveBack(nextQuestions(Infinity));
  }

  function gather(): void {
    if (isGathering) return;
    isGathering = true;
    later(() => {
      isGathering = false;
      deal(true);
    }, GATHER_MS);
  }

  function send(seat: Seat, questions: readonly Question[]): void {
    const batchId = (lastBatchId += 1);
    const packed = packTransactions(questions.flatMap(({ transactions }) => transactions));
    if (seat.batches.size === 0) seat.heardAtMs = now();
    seat.batches.set(batchId, questions);
    seat.worker.postMessage({ batchId, genesisHash, packed }, [packed.buffer]);
  }

  function take(seat: Seat, { batchId, good }: CheckedBatch): void {
    const questions = seat.batches.get(batchId);
    // It was buried, and then it spoke.
    if (questions === undefined || !seats.has(seat)) return;
    seat.batches.delete(batchId);
    seat.heardAtMs = now();
    deaths = 0;
    // Before the answers are used: the worker goes on meanwhile.
    deal();
    let at = 0;
    for (const { transactions, done } of questions) {
      const from = at;
      at += transactions.length;
      done(transactions.filter((_, n) => good[from + n] === 1));
    }
  }

  return {
    lookAhead(transactions, done) {
      if (transactions.length === 0) return done([]);
      waiting.push({ transactions, done });
      waitingSize += transactions.length;
      deal();
    },
    tick() {
      const nowMs = now();
      const slept = nowMs - tickedAtMs > MAX_TICK_GAP_MS;
      tickedAtMs = nowMs;
      const silent: Seat[] = [];
      for (const seat of [...seats]) {
        if (slept) seat.heardAtMs = nowMs;
        const quietMs = nowMs - seat.heardAtMs;
        if (seat.batches.size === 0 && quietMs >= IDLE_MS) dismiss(seat);
        else if (seat.batches.size > 0 && quietMs >= SILENCE_MS) silent.push(seat);
      }
      bury(silent);
    },
  };
}
