import { expect, test } from 'vitest';
import { parseRoomLink, roomFragment } from '../../../web/net/room.ts';
import { clockTime } from '../../../web/ui/format/clock-time.ts';
import { placeOf } from '../../../web/ui/place.ts';
import { inviteIn, inviteLink } from '../../../web/ui/share/invite-link.ts';
import { roomLink } from '../../../web/ui/share/room-link.ts';
import { invitationFailure, invitationProblem } from '../../../web/ui/share/invitation-words.ts';

const TEXT = 'tabchain1.AQ-_x.';

test('a link with an invitation leads to the room, its home, and the invitation', () => {
  for (const secret of ['a/b room', 'class-7b', '教室', 'invite/x']) {
    const page = { origin: 'https://host.example', pathname: '/' };
    const link = inviteLink(roomLink(page, secret, 'regtest'), TEXT);
    expect(parseRoomLink(link)).toEqual({ ok: true, secret });
    expect(inviteIn(link)).toBe(TEXT);
    expect(inviteIn(inviteLink(roomFragment(secret), TEXT))).toBe(TEXT);
    expect(placeOf(new URL(link).hash).view).toBe('chain');
  }
});

test.each([
  '',
  'https://host.example/',
  '#room',
  '#room/network',
  '#room/invite/',
  '#invite/x',
  'room/invite/x',
])('"%s" has none', (link) => expect(inviteIn(link)).toBeUndefined());

test('the time left counts down to nothing', () => {
  expect([600_000, 599_001, 65_000, 1, 0, -5_000].map(clockTime)).toEqual([
    '10:00',
    '10:00',
    '1:05',
    '0:01',
    '0:00',
    '0:00',
  ]);
});

test('the same problem means another thing to who answers and to who waits for an answer', () => {
  expect(invitationProblem('wrong-kind', 'answer')).toContain('This is an answer');
  expect(invitationProblem('wrong-kind', 'accept')).toContain('This is an invitation');
  expect(invitationProblem('used', 'answer')).toContain('ask for a new invitation');
  expect(invitationProblem('used', 'accept')).toContain('make a new one');
  expect(invitationFailure('expired', 'guest')).toContain('Ask for a new invitation');
  expect(invitationFailure('expired', 'inviter')).toContain('Make a new invitation');
});
