/**
 * Who is in which room. In memory only: a room exists while someone is in it, and a restarted server knows
 * nothing until its nodes join again.
 */
export interface Rooms<Member> {
  /** No change unless the answer is `joined`. */
  join(roomId: string, peerId: string, member: Member): JoinResult;
  /** Nothing if the peer is not in the room. */
  leave(roomId: string, peerId: string): void;
  /** Only ever within one room: a peer of another room can't be reached by guessing its id. */
  find(roomId: string, peerId: string): Member | undefined;
  /** Up to `count` different random peers of the room other than `exceptId`, each equally likely. */
  sample(roomId: string, exceptId: string, count: number): string[];
  memberCount(roomId: string): number;
  /** The ids of all members, by room. */
  all(): Iterable<readonly [roomId: string, ids: readonly string[]]>;
  readonly roomCount: number;
}

export type JoinResult = 'joined' | 'room-full' | 'too-many-rooms';

export interface RoomLimits {
  readonly maxRooms: number;
  readonly maxRoomMembers: number;
}

/** `randomInt(bound)` gives an integer from 0 to bound - 1, each equally likely. */
export function createRooms<Member>(
  { maxRooms, maxRoomMembers }: RoomLimits,
  randomInt: (bound: number) => number,
): Rooms<Member> {
  const rooms = new Map<string, Map<string, Member>>();
  return {
    join(roomId, peerId, member) {
      let room = rooms.get(roomId);
      if (room === undefined) {
        if (rooms.size >= maxRooms) return 'too-many-rooms';
        room = new Map();
        rooms.set(roomId, room);
      }
      if (room.size >= maxRoomMembers) return 'room-full';
      room.set(peerId, member);
      return 'joined';
    },
    leave(roomId, peerId) {
      const room = rooms.get(roomId);
      room?.delete(peerId);
      if (room?.size === 0) rooms.delete(roomId);
    },
    find(roomId, peerId) {
      return rooms.get(roomId)?.get(peerId);
    },
    sample(roomId, exceptId, count) {
      const others = [...(rooms.get(roomId)?.keys() ?? [])].filter((id) => id !== exceptId);
      const sampled: string[] = [];
      // Fisher-Yates, stopped when there are enough: what was drawn leaves the list.
      while (sampled.length < count && others.length > 0) {
        sampled.push(...others.splice(randomInt(others.length), 1));
      }
      return sampled;
    },
    memberCount(roomId) {
      return rooms.get(roomId)?.size ?? 0;
    },
    *all() {
      for (const [roomId, room] of rooms) yield [roomId, [...room.keys()]] as const;
    },
    get roomCount() {
      return rooms.size;
    },
  };
}
