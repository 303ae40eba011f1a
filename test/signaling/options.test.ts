import { expect, test } from 'vitest';
import { DEFAULT_PORT, readOptions } from '../../signaling/options.ts';

test('nothing set suits a LAN', () => {
  expect(readOptions({})).toEqual({ ok: true, options: { port: DEFAULT_PORT, iceServers: [] } });
  expect(readOptions({ PORT: '', HOST: '', ICE_SERVERS: '' })).toEqual(readOptions({}));
});

test('takes what is set', () => {
  const env = { PORT: '0', HOST: '127.0.0.1', ICE_SERVERS: '[{"urls":"stun:a"}]' };
  expect(readOptions(env)).toEqual({
    ok: true,
    options: { port: 0, host: '127.0.0.1', iceServers: [{ urls: ['stun:a'] }] },
  });
});

test.each([
  ['PORT', 'http'],
  ['PORT', '-1'],
  ['PORT', '80.5'],
  ['PORT', '65536'],
  ['PORT', '0x50'],
  ['HOST', 'http://localhost'],
  ['HOST', 'a b'],
  ['ICE_SERVERS', 'stun:a'],
  ['ICE_SERVERS', '{"urls":"stun:a"}'],
  ['ICE_SERVERS', '[{"urls":"turn:a"}]'],
])('%s=%s is named in a sentence with an example', (name, value) => {
  const result = readOptions({ [name]: value });
  expect(result).toMatchObject({ ok: false });
  if (!result.ok) expect(result.problem).toMatch(new RegExp(`^${name} must be .* Example: ${name}=`));
});
