/** Blocks of a room's author, one after another, and when the others had them. */
import type { PropagationRoom } from './room.ts';

/** Nobody is asked before all should have it: to ask forty tabs takes the processor that they need. */
const QUIET_MS = 1_000;
const QUIET_MS_A_TAB = 60;
/** A message that explains something. */
const LONG_MEMO = 'A hash of the parent is in each block, so who changes one changes all after it. '.repeat(
  3,
);

/** In ms. */
export interface Sealed {
  /** From found by its author to accepted by each other tab. */
  readonly delaysMs: readonly number[];
  /** From written by its author to shown in a block by the same tab; without those that waited for others. */
  readonly sealedMs: readonly number[];
  /** That came in by node and block, from the moment on at which the author began to search. */
  readonly bytes: number;
}

/** Each block seals a message that its author writes just then. `from`: height of the first one. */
export async function sealMessages(room: PropagationRoom, from: number, blocks: number): Promise<Sealed> {
  const { author } = room;
  const sealedMs: number[] = [];
  await author.setMode('On demand');
  const seal = async (height: number): Promise<void> => {
    const memo = `message ${height}`;
    const startMs = performance.now();
    await author.write(memo);
    await author.blockWith(memo).waitFor();
    sealedMs.push(performance.now() - startMs);
  };
  const sealed = await sealEach(room, from, blocks, seal);
  await author.setMode('Off');
  return { ...sealed, sealedMs };
}

/** Each block seals so many messages that all tabs have had for a while. */
export async function sealKnown(
  room: PropagationRoom,
  from: number,
  blocks: number,
  messages: number,
): Promise<Sealed> {
  const { author } = room;
  const write = async (height: number): Promise<void> => {
    for (let n = 0; n < messages; n++) {
      await author.write(`${height}.${n} ${LONG_MEMO}`);
      // The composer takes the next one when it is rid of this one.
      await room.pending([author], n + 1);
    }
    await room.pending(room.tabs, messages);
    await rest(room);
  };
  const seal = async (height: number): Promise<void> => {
    await author.setMode('On demand');
    await author.waitForHeight(height);
    await author.setMode('Off');
  };
  return { ...(await sealEach(room, from, blocks, seal, write)), sealedMs: [] };
}

async function sealEach(
  room: PropagationRoom,
  from: number,
  blocks: number,
  seal: (height: number) => Promise<void>,
  prepare: (height: number) => Promise<void> = () => Promise.resolve(),
): Promise<Pick<Sealed, 'delaysMs' | 'bytes'>> {
  const delaysMs: number[] = [];
  let bytes = 0;
  for (let height = from; height < from + blocks; height++) {
    await prepare(height);
    const before = await room.bytesIn();
    await seal(height);
    await rest(room);
    bytes += (await room.bytesIn()) - before;
    const [foundAtMs = NaN, ...heardAtMs] = await room.heardAt(height);
    delaysMs.push(...heardAtMs.map((atMs) => atMs - foundAtMs));
  }
  return { delaysMs, bytes: bytes / (room.tabs.length * blocks) };
}

function rest({ tabs }: PropagationRoom): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, QUIET_MS + QUIET_MS_A_TAB * tabs.length));
}
