import { expect, test } from './fixtures.ts';

test('the peer list names each peer, who dialled, its round trip, height and bytes, and forgets who leaves', async ({
  room,
}) => {
  const first = await room.open();
  await expect(first.notice('alone')).toContainText('You’re the only node here');
  const second = await room.open();
  await second.write('so that there is a height to tell');
  await first.waitForHeight(1);

  await first.show('Network');
  await second.show('Network');
  await expect(first.peers).toHaveCount(1);
  await expect(second.peers).toHaveCount(1);
  await expect(first.peers).toContainText(await second.name());
  await expect(second.peers).toContainText(await first.name());
  // The newcomer dials whom the server names.
  await expect(first.peers).toContainText('the peer');
  await expect(second.peers).toContainText('this tab');
  for (const { peers } of [first, second]) {
    await expect(peers).toContainText(/\d ms/);
    await expect(peers).toContainText('same tip');
    await expect(peers).toContainText(/\d+(\.\d+)? (B|kB|KiB)/);
  }

  const third = await room.open();
  await expect(first.peers).toHaveCount(2);
  await third.page.close({ runBeforeUnload: true });
  // It says so on leaving: far sooner than a silent link is noticed.
  await expect(first.peers).toHaveCount(1, { timeout: 10_000 });
  await second.page.close({ runBeforeUnload: true });
  await expect(first.peers).toHaveCount(0, { timeout: 10_000 });
  await first.waitForLinks(0);
});
