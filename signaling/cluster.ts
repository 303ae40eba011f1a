/** What a hub asks of the other instances of this server, and they of it. redis-cluster.ts is how. */

export interface Roster {
  /** At most MAX_ROSTER_PEERS different random peers, without who asked. */
  readonly peers: string[];
  /** Who asked included. */
  readonly members: number;
}

export interface Cluster {
  /** The last digits of each id that this instance gives: they tell the others where that peer is. */
  readonly instance: string;
  /** Whether the others can be reached. Without them each instance goes on with its own members. */
  readonly isUp: boolean;
  /** Makes a member known. undefined: the others can't be asked, now. */
  join(roomId: string, id: string): Promise<Roster | 'room-full' | undefined>;
  /** undefined: the others can't be asked, now. */
  roster(roomId: string, exceptId: string): Promise<Roster | undefined>;
  leave(roomId: string, id: string): void;
  /** To a peer that is not here. False: no instance has it, or the others can't be reached. Keeps the order of calls. */
  relay(roomId: string, from: string, to: string, payload: string): Promise<boolean>;
  /** Says goodbye: the others forget this instance's members at once. */
  close(): Promise<void>;
}

/** The hub, as its cluster sees it. */
export interface ClusterHost {
  /** For a member here. False if there is none of that id in that room. */
  deliver(roomId: string, from: string, to: string, payload: string): boolean;
  /** What `asker`, a member here, sent to `to` found nobody. */
  unreachable(roomId: string, asker: string, to: string): void;
  /** All members here: ids by room. */
  members(): Iterable<readonly [roomId: string, ids: readonly string[]]>;
}
