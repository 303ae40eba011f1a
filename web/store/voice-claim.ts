/**
 * Slots without Web Locks, which a plain-HTTP page lacks, and which a browser refuses that keeps nothing for the site:
 * tabs of one browser hear each other on a BroadcastChannel.
 *
 * A tab says which slot it wants. Whoever holds a slot answers with it, whatever slot was asked for, so that one
 * question shows all that is taken. Of two that want the same slot at once the lower token goes on, and says so again
 * for the one that came late; the other looks further. After a wait without objection the slot is the tab's.
 *
 * Weaker than a lock: a tab that is busy or frozen answers late, and its slot may be taken meanwhile. When it does
 * answer, the one that took the slot hears that it has to leave.
 */

/** Long enough for a busy browser to deliver a message and its answer, in ms; the tab opens so much later. */
export const CLAIM_WAIT_MS = 250;

/** Of BroadcastChannel, what the claim uses. */
export interface ClaimChannel {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
  close(): void;
}

interface Claim {
  readonly type: 'want' | 'hold';
  readonly slot: number;
  /** Tells claimants apart, and decides between two that come at once. */
  readonly token: string;
}

interface VoiceOptions {
  readonly channel: ClaimChannel;
  /** Waits for objections. */
  readonly wait?: () => Promise<void>;
  /** Unpredictable, of fixed length. */
  readonly token?: string;
  /** The slot belongs to another tab after all, whose answer came late. */
  readonly onLost?: () => void;
}

/** Claims the first of `order` that nobody objects to; undefined if all are taken. */
export async function claimByVoice(
  order: readonly number[],
  { channel, wait = waitForAnswers, token = randomToken(), onLost }: VoiceOptions,
): Promise<{ readonly slot: number; release(): void } | undefined> {
  const taken = new Set<number>();
  let wanted: number | undefined;
  let held: number | undefined;
  const say = (type: Claim['type'], slot: number) => channel.postMessage({ type, slot, token });

  channel.onmessage = ({ data }) => {
    const claim = parseClaim(data);
    if (claim === undefined) return;
    if (claim.type === 'hold' && claim.slot === held) onLost?.();
    else if (claim.type === 'hold') taken.add(claim.slot);
    else if (held !== undefined) say('hold', held);
    // Wants for other slots say nothing yet: they may come to nothing.
    else if (claim.slot !== wanted) return;
    else if (token < claim.token) say('want', wanted);
    else taken.add(wanted);
  };

  for (;;) {
    wanted = order.find((slot) => !taken.has(slot));
    if (wanted === undefined) {
      channel.close();
      return undefined;
    }
    say('want', wanted);
    await wait();
    if (!taken.has(wanted)) break;
  }
  const slot = (held = wanted);
  return { slot, release: () => channel.close() };
}

function parseClaim(data: unknown): Claim | undefined {
  // Only tabs of this origin can write here, but an older version of the page is one of them.
  if (typeof data !== 'object' || data === null) return undefined;
  const { type, slot, token } = data as Partial<Record<keyof Claim, unknown>>;
  if ((type !== 'want' && type !== 'hold') || typeof slot !== 'number' || typeof token !== 'string')
    return undefined;
  return { type, slot, token };
}

function waitForAnswers(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, CLAIM_WAIT_MS));
}

function randomToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
