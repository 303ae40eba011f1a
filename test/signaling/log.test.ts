import { expect, test, vi } from 'vitest';
import { createLog } from '../../signaling/log.ts';
import { readMetrics, start } from './running-servers.ts';
import { connectPeer } from './test-peer.ts';

const ROOM = '00112233445566778899aabbccddeeff';
const SECRETS = {
  payload: 'c2VhbGVkIHBheWxvYWQ=',
  garbage: 'garbage of a client',
  origin: 'https://page.example',
  agent: 'an unusual browser',
  path: 'path-of-a-client',
  forwarded: '192.0.2.77',
};

test('a log line is JSON, and at the level asked for or above', () => {
  const lines: string[] = [];
  const { lines: log } = createLog('warn', { write: (line) => lines.push(line) });
  log.info('quiet');
  log.warn({ port: 1 }, 'loud');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 40, msg: 'loud', port: 1 });
});

test('a label is the same for the same thing, within one run only', () => {
  const log = createLog('silent');
  expect(log.label(ROOM)).toMatch(/^[0-9a-f]{8}$/);
  expect(log.label(ROOM)).toBe(log.label(ROOM));
  expect(log.label(ROOM)).not.toBe(log.label(`${ROOM}0`));
  expect(createLog('silent').label(ROOM)).not.toBe(log.label(ROOM));
});

test('nothing that a client sends stands in the log or the metrics, at any level', async () => {
  let written = '';
  const log = createLog('trace', { write: (line) => (written += line) });
  const server = await start({ log, trustedProxies: 1, limits: { maxSocketsPerAddress: 2 } });
  const headers = {
    Origin: SECRETS.origin,
    'User-Agent': SECRETS.agent,
    'X-Forwarded-For': SECRETS.forwarded,
  };
  const a = await connectPeer(server.url, headers);
  const b = await connectPeer(server.url, headers);
  const { id: aId } = await a.join(ROOM);
  const { id: bId } = await b.join(ROOM);
  a.send({ type: 'signal', to: bId, payload: SECRETS.payload });
  await b.next();
  a.send({ type: 'signal', to: 'fedcba9876543210', payload: SECRETS.payload });
  await a.next();
  a.send(SECRETS.garbage);
  await a.next();
  await expect(connectPeer(server.url, headers)).rejects.toThrow('429');
  await expect(connectPeer(`${server.url}/${SECRETS.path}`, headers)).rejects.toThrow('404');
  a.socket.send(new Uint8Array([0x22, 0xff, 0x22]), { binary: false });
  await a.closed;

  // There are lines of all this, and they are about this address.
  await vi.waitFor(() => expect(written).toContain('bad-frame'));
  expect(written).toContain('joined');
  expect(written).toContain('unreachable');
  expect(written).toContain('address-full');
  expect(written).toContain(log.label(SECRETS.forwarded));
  const metrics = JSON.stringify([...(await readMetrics(server))]);
  for (const secret of [ROOM, aId, bId, 'fedcba9876543210', '127.0.0.1', ...Object.values(SECRETS)]) {
    expect(written).not.toContain(secret);
    expect(metrics).not.toContain(secret);
  }
});
