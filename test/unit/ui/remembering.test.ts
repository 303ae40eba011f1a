import { expect, test } from 'vitest';
import { guardedStorage, type GuardedStorage } from '../../../web/ui/guarded-storage.ts';
import { RecentRooms } from '../../../web/ui/landing/recent-rooms.ts';
import { slotMemory } from '../../../web/ui/slot-memory.ts';

function memoryStorage(): GuardedStorage {
  const values = new Map<string, string>();
  return { read: (key) => values.get(key), write: (key, value) => void values.set(key, value) };
}

test('rooms are listed newest first, each once, at most eight', () => {
  const rooms = new RecentRooms(memoryStorage());
  for (let i = 0; i < 10; i++) rooms.opened(`room ${i}`, i);
  rooms.opened('room 5', 99);
  expect(rooms.list().map(({ secret }) => secret)).toEqual([5, 9, 8, 7, 6, 4, 3, 2].map((i) => `room ${i}`));
  rooms.forget('room 5');
  expect(rooms.list()[0]).toEqual({ secret: 'room 9', openedAtMs: 9 });
});

test.each(['{', '7', '[null, {"secret": 3}, {"secret": "a"}]', '"x"'])(
  'what others left in the storage (%s) is no room',
  (text) => {
    const storage = memoryStorage();
    storage.write('tabchain/rooms', text);
    expect(new RecentRooms(storage).list()).toEqual([]);
  },
);

test('a storage that throws forgets, and nothing else happens', () => {
  const storage = guardedStorage(() => {
    throw new DOMException('denied', 'SecurityError');
  });
  const rooms = new RecentRooms(storage);
  rooms.opened('room', 1);
  expect(rooms.list()).toEqual([]);
});

test('a slot is remembered per room and network', () => {
  const storage = memoryStorage();
  slotMemory(storage, 'room', 'a').remember(3);
  expect(slotMemory(storage, 'room', 'a').recall()).toBe(3);
  expect(slotMemory(storage, 'regtest', 'a').recall()).toBeUndefined();
  expect(slotMemory(storage, 'room', 'b').recall()).toBeUndefined();
  storage.write('tabchain/slot/room/a', '1e9');
  expect(slotMemory(storage, 'room', 'a').recall()).toBeUndefined();
});
