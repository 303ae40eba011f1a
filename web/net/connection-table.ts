import { BoundedSet } from '../node/bounded.ts';
import type { ChannelLink } from './channel-link.ts';

/** Link ids remembered after their use, so that the server can't make us answer a recorded offer again. */
export const MAX_USED_IDS = 1024;

/** One connection, from the first order to the page's last word. */
export interface Connection {
  readonly linkId: string;
  readonly peerId: string;
  readonly dialled: boolean;
  /** Our id when it began: signals go out under no other. */
  readonly ownId: string;
  deadlineMs: number;
  /** Was it dialled, or asked for with `dial` while the peer's own offer was being answered? */
  wanted: boolean;
  /** The description of the peer came. */
  answered: boolean;
  candidates: number;
  /** The descriptions of both sides, once they are there. */
  localSdp: string;
  remoteSdp: string;
  /** Undefined while the connection is being set up. */
  link: ChannelLink | undefined;
}

type Phase = 'connecting' | 'open' | 'closing';

export function phaseOf({ link }: Connection): Phase {
  if (link === undefined) return 'connecting';
  return link.closeReason === undefined ? 'open' : 'closing';
}

/** A linker's connections by link id, and the ids that no other may have any more. */
export interface ConnectionTable extends Iterable<Connection> {
  /** Its id is used from now on. */
  add(connection: Connection): void;
  get(linkId: string): Connection | undefined;
  delete(linkId: string): void;
  find(peerId: string, phase: Phase): Connection | undefined;
  /** How many are being set up that this node dialled, or that it answers. */
  connecting(dialled: boolean): number;
  /** An id that is to be refused, should it come again. */
  use(linkId: string): void;
  isUsed(linkId: string): boolean;
}

export function createConnectionTable(): ConnectionTable {
  const connections = new Map<string, Connection>();
  const usedIds = new BoundedSet<string>(MAX_USED_IDS);

  return {
    // Walked while it changes: whoever fails a connection is told, and may end others.
    [Symbol.iterator]: () => [...connections.values()].values(),

    add(connection) {
      usedIds.add(connection.linkId);
      connections.set(connection.linkId, connection);
    },

    get: (linkId) => connections.get(linkId),

    delete(linkId) {
      connections.delete(linkId);
    },

    find(peerId, phase) {
      for (const connection of connections.values())
        if (connection.peerId === peerId && phaseOf(connection) === phase) return connection;
      return undefined;
    },

    connecting(dialled) {
      let count = 0;
      for (const connection of connections.values())
        if (connection.link === undefined && connection.dialled === dialled) count += 1;
      return count;
    },

    use: (linkId) => usedIds.add(linkId),

    // One that is still there is used, even when so many came after it that its id was forgotten.
    isUsed: (linkId) => usedIds.has(linkId) || connections.has(linkId),
  };
}
