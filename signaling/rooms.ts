/**
 * Who is in which room. In memory only: a room exists while someone is in it, and a restarted server knows
 * nothing until its nodes join again.
 */
export interface Rooms<Member> {
  /** False, and no change, if the room is full. */
  join(roomId: string, peerId: string, member: Member): boolean;
  /** Nothing if the peer is not in the room. */
  leave(roomId: string, peerId: string): void;
  /** Only ever within one room: a peer of another room can't be reached by guessing its id. */
  find(roomId: string, peerId: string): Member | undefined;
  /** Up to `count` different random peers of the room other than `exceptId`, each equally likely. */
  sample(roomId: string, exceptId: string, count: number): string[];
  memberCount(roomId: string): number;
  readonly roomCount: number;
}

/** `randomInt(bound)` gives an integer from 0 to bound - 1, each equally likely. */
export function createRooms<Member>(maxMembers: number, randomInt: (bound: number) => number): Rooms<Member> {
  const rooms = new Map<string, Map<string, Member>>();
  return {
    join(roomId, peerId, member) {
      const room = rooms.get(roomId) ?? new Map<string, Member>();
      if (room.size >= maxMembers) return false;
      room.set(peerId, member);
      rooms.set(roomId, room);
      return true;
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
    get roomCount() {
      return rooms.size;
    },
  };
}
