import { randomBytes, randomInt } from 'node:crypto';
import { Redis, type RedisOptions } from 'ioredis';
import type { Cluster, ClusterHost, Roster } from './cluster.ts';
import type { Log } from './log.ts';
import { MAX_ROSTER_PEERS } from './protocol.ts';
import { INSTANCE_DIGITS, JOIN, ROSTER, TOUCH } from './redis-scripts.ts';

/** How long an instance that says nothing counts as alive, in ms: as long its ghosts are seen. */
const LEASE_MS = 12_000;
/** Between two prolongations, in ms: three may get lost. */
const TOUCH_MS = 3_000;
/** A room's set is forgotten after this, in ms, unless somebody joins: what a dead instance left behind must not stay. */
const ROOM_TTL_MS = 60 * 60_000;
/** How often all members here are written again, in ms: well within the room's time. */
const REWRITE_MS = 20 * 60_000;
/** Longest pause between two attempts to reach Redis, in ms. */
const RETRY_MAX_MS = 1_000;
/** A command that takes longer, in ms, has failed: nobody waits for a hanging Redis. */
const COMMAND_TIMEOUT_MS = 2_000;
/** Commands without an answer yet; above, Redis counts as gone. Bounds what a slow one makes this instance hold. */
const MAX_IN_FLIGHT = 10_000;
/** Leaves that Redis could not be told of, to be told later. Those beyond are found out when somebody calls them. */
const MAX_UNTOLD = 10_000;

const PREFIX = 'tabchain:';
const INSTANCES = `${PREFIX}instances`;
const roomKey = (roomId: string): string => `${PREFIX}room:${roomId}`;
const channelOf = (instance: string): string => `${PREFIX}to:${instance}`;
const instanceOf = (id: string): string => id.slice(-INSTANCE_DIGITS);

/** What instances say to each other. */
type Letter =
  | readonly ['signal', roomId: string, from: string, to: string, payload: string]
  /** `to` is not here any more. */
  | readonly ['gone', roomId: string, asker: string, to: string];

/** The scripts, as commands of the client. */
interface Scripted {
  tabchainJoin(...args: (string | number)[]): Promise<number | [number, ...string[]]>;
  tabchainRoster(...args: (string | number)[]): Promise<[number, ...string[]]>;
  tabchainTouch(...args: (string | number)[]): Promise<number>;
}

export interface RedisClusterOptions {
  readonly url: string;
  readonly maxRoomMembers: number;
  readonly log: Log;
}

/**
 * Makes all instances that share a Redis one: members in sets, payloads over pub/sub, one channel an instance. Never
 * rejects and never waits for long: while Redis is away, `undefined` and `false` are the answers.
 */
export function createRedisCluster(options: RedisClusterOptions, host: ClusterHost): Cluster {
  const { log } = options;
  const instance = randomBytes(INSTANCE_DIGITS / 2).toString('hex');
  const settings = {
    enableAutoPipelining: true,
    // What can't be said now is not kept to be said later.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (attempt: number) => Math.min(RETRY_MAX_MS, 100 * attempt),
  } satisfies RedisOptions;
  const commands = new Redis(options.url, settings);
  const letters = new Redis(options.url, { ...settings, enableAutoPipelining: false });
  commands.defineCommand('tabchainJoin', { numberOfKeys: 2, lua: JOIN });
  commands.defineCommand('tabchainRoster', { numberOfKeys: 2, lua: ROSTER });
  commands.defineCommand('tabchainTouch', { numberOfKeys: 1, lua: TOUCH });
  const scripts = commands as unknown as Scripted;
  const untold = new Map<string, string>();
  const expectedMs = Date.now() + COMMAND_TIMEOUT_MS;
  let subscribed = false;
  let inFlight = 0;
  /** Undefined until it was there, or should have been. */
  let wasUp: boolean | undefined;
  let lastError: string | undefined;
  let closing = false;

  /** The answer, or undefined if there is none. */
  async function ask<Answer>(command: () => Promise<Answer>): Promise<Answer | undefined> {
    if (commands.status !== 'ready' || inFlight >= MAX_IN_FLIGHT) return undefined;
    inFlight += 1;
    try {
      return await command();
    } catch (error) {
      log.lines.debug({ error: String(error) }, 'Redis did not answer');
      return undefined;
    } finally {
      inFlight -= 1;
    }
  }

  function noteState(): void {
    const isUp = commands.status === 'ready' && subscribed;
    if (isUp === wasUp || closing) return;
    if (isUp) {
      log.lines.info('Redis is there');
      lastError = undefined;
    } else if (wasUp === true) {
      log.lines.warn({ error: lastError }, 'Redis is gone');
    } else if (Date.now() >= expectedMs) {
      log.lines.warn({ error: lastError }, 'Redis is not there: is REDIS_URL right?');
    } else {
      return;
    }
    wasUp = isUp;
  }

  /** A close and another attempt follow; `noteState` writes it down once. */
  function noteError(error: NodeJS.ErrnoException): void {
    // Where a name has several addresses, each with its own error, the message is empty.
    lastError = error.message || error.code;
  }

  /** Tells Redis of everyone here, and of who left while it was away. */
  async function rewrite(): Promise<void> {
    if (commands.status !== 'ready') return;
    const pipeline = commands.pipeline();
    for (const [id, roomId] of untold) pipeline.srem(roomKey(roomId), id);
    untold.clear();
    for (const [roomId, ids] of host.members()) {
      pipeline.sadd(roomKey(roomId), ...ids);
      pipeline.pexpire(roomKey(roomId), ROOM_TTL_MS);
    }
    await ask(() => pipeline.exec());
  }

  /** Prolongs the lease; a connection that does not answer is replaced. */
  async function touch(): Promise<void> {
    noteState();
    if (commands.status !== 'ready') return;
    const answer = await ask(() => scripts.tabchainTouch(INSTANCES, instance, LEASE_MS));
    if (answer === undefined && commands.status === 'ready') commands.disconnect(true);
    // Others may have taken our members for dead.
    if (answer === 0) await rewrite();
    if (letters.status === 'ready') await letters.ping().catch(() => letters.disconnect(true));
  }

  async function subscribe(): Promise<void> {
    try {
      await letters.subscribe(channelOf(instance));
      subscribed = true;
      noteState();
    } catch {
      letters.disconnect(true); // to try again
    }
  }

  commands.on('ready', () => {
    noteState();
    void touch().then(rewrite);
  });
  letters.on('ready', () => void subscribe());
  letters.on('close', () => {
    subscribed = false;
    noteState();
  });
  letters.on('message', (_channel: string, text: string) => receive(text));
  commands.on('error', noteError);
  commands.on('close', noteState);
  letters.on('error', noteError);
  const touching = setInterval(() => void touch(), TOUCH_MS);
  const rewriting = setInterval(() => void rewrite(), REWRITE_MS);
  touching.unref();
  rewriting.unref();

  function receive(text: string): void {
    const letter = JSON.parse(text) as Letter;
    if (letter[0] === 'signal') {
      const [, roomId, from, to, payload] = letter;
      if (host.deliver(roomId, from, to, payload)) return;
      void post(instanceOf(from), ['gone', roomId, from, to]);
      if (instanceOf(to) === instance) leave(roomId, to);
    } else if (letter[0] === 'gone') {
      const [, roomId, asker, to] = letter;
      host.unreachable(roomId, asker, to);
    }
  }

  async function post(to: string, letter: Letter): Promise<boolean> {
    const readers = await ask(() => commands.publish(channelOf(to), JSON.stringify(letter)));
    return readers !== undefined && readers > 0;
  }

  function leave(roomId: string, id: string): void {
    void ask(() => commands.srem(roomKey(roomId), id)).then((answer) => {
      if (answer === undefined && untold.size < MAX_UNTOLD) untold.set(id, roomId);
    });
  }

  const seed = (): number => randomInt(2 ** 31);

  return {
    instance,
    get isUp() {
      return commands.status === 'ready' && subscribed;
    },
    async join(roomId, id) {
      const { maxRoomMembers } = options;
      const answer = await ask(() => {
        const args = [id, maxRoomMembers, ROOM_TTL_MS, MAX_ROSTER_PEERS, seed()];
        return scripts.tabchainJoin(roomKey(roomId), INSTANCES, ...args);
      });
      if (answer === 0) return 'room-full';
      return Array.isArray(answer) ? asRoster(answer) : undefined;
    },
    async roster(roomId, exceptId) {
      const answer = await ask(() => {
        return scripts.tabchainRoster(roomKey(roomId), INSTANCES, exceptId, MAX_ROSTER_PEERS, seed());
      });
      return answer && asRoster(answer);
    },
    leave,
    async relay(roomId, from, to, payload) {
      const target = instanceOf(to);
      return target !== instance && (await post(target, ['signal', roomId, from, to, payload]));
    },
    async close() {
      closing = true;
      clearInterval(touching);
      clearInterval(rewriting);
      await ask(() => commands.zrem(INSTANCES, instance));
      commands.disconnect();
      letters.disconnect();
    },
  };
}

function asRoster([members, ...peers]: [number, ...string[]]): Roster {
  return { members, peers };
}
