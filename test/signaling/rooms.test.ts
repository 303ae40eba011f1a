import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRooms } from '../../signaling/rooms.ts';

const first = () => 0;
const members = (maxRoomMembers: number) => ({ maxRooms: 10, maxRoomMembers });

test('a room appears with its first member and goes with its last', () => {
  const rooms = createRooms<number>(members(3), first);
  expect(rooms.roomCount).toBe(0);
  rooms.join('r', 'a', 1);
  rooms.join('r', 'b', 2);
  expect([rooms.roomCount, rooms.memberCount('r')]).toEqual([1, 2]);
  rooms.leave('r', 'a');
  expect([rooms.roomCount, rooms.memberCount('r')]).toEqual([1, 1]);
  rooms.leave('r', 'b');
  expect([rooms.roomCount, rooms.memberCount('r')]).toEqual([0, 0]);
});

test('a member is found in its own room only', () => {
  const rooms = createRooms<number>(members(3), first);
  rooms.join('r', 'a', 1);
  rooms.join('s', 'b', 2);
  expect(rooms.find('r', 'a')).toBe(1);
  expect(rooms.find('s', 'a')).toBeUndefined();
  expect(rooms.find('t', 'a')).toBeUndefined();
});

test('a full room takes no one, and leaves no trace of the attempt', () => {
  const rooms = createRooms<number>(members(1), first);
  expect(rooms.join('r', 'a', 1)).toBe('joined');
  expect(rooms.join('r', 'b', 2)).toBe('room-full');
  expect(rooms.find('r', 'b')).toBeUndefined();
  rooms.leave('r', 'b');
  expect(rooms.memberCount('r')).toBe(1);
});

test('a room too many is not made, and others stay open', () => {
  const rooms = createRooms<number>({ maxRooms: 1, maxRoomMembers: 3 }, first);
  rooms.join('r', 'a', 1);
  expect(rooms.join('s', 'b', 2)).toBe('too-many-rooms');
  expect([rooms.roomCount, rooms.memberCount('s')]).toEqual([1, 0]);
  expect(rooms.join('r', 'b', 2)).toBe('joined');
});

test('leaving twice, or a room that is not there, is nothing', () => {
  const rooms = createRooms<number>(members(2), first);
  rooms.join('r', 'a', 1);
  rooms.leave('r', 'b');
  rooms.leave('s', 'a');
  expect(rooms.memberCount('r')).toBe(1);
});

test('a sample holds different others, as many as asked for or as there are', () => {
  fc.assert(
    fc.property(fc.nat(30), fc.nat(20), fc.infiniteStream(fc.nat()), (others, count, chances) => {
      const rooms = createRooms<null>(members(100), (bound) => (chances.next().value ?? 0) % bound);
      rooms.join('r', 'me', null);
      for (let i = 0; i < others; i += 1) rooms.join('r', `p${i}`, null);
      const sample = rooms.sample('r', 'me', count);
      expect(new Set(sample).size).toBe(Math.min(count, others));
      expect(sample).not.toContain('me');
      expect(sample).toHaveLength(Math.min(count, others));
    }),
  );
});

test('every other has its chance in a sample', () => {
  let turn = 0;
  const rooms = createRooms<null>(members(10), (bound) => turn++ % bound);
  for (const id of ['me', 'a', 'b', 'c']) rooms.join('r', id, null);
  const seen = new Set(Array.from({ length: 3 }, () => rooms.sample('r', 'me', 1)).flat());
  expect(seen).toEqual(new Set(['a', 'b', 'c']));
});
