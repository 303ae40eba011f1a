/**
 * What runs inside Redis, each call at once. Keys: a room is a set of its members' ids, and `instances` a sorted set of
 * the instances that are alive, scored by the time until which they are. A member is alive as long as the instance is
 * that its id ends with, so a dead instance's members need no expiry of their own: nobody counts them any more, and who
 * meets them takes them out.
 */

/** Digits of an instance within an id. */
export const INSTANCE_DIGITS = 6;

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** KEYS: room, instances. Leaves the living members in \`members\`. */
const LIVING = `${NOW}
local alive = {}
for _, instance in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], now, '+inf')) do alive[instance] = true end
local members = {}
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if alive[string.sub(id, -${INSTANCE_DIGITS})] then members[#members + 1] = id else redis.call('SREM', KEYS[1], id) end
end
`;

/** Gives the number of members, then up to \`count\` random others. The chance comes from outside: Redis has none. */
const sample = (except: string, count: string, seed: string): string => `
math.randomseed(tonumber(${seed}))
local result = { #members }
local left = #members
while left > 0 and #result <= tonumber(${count}) do
  local at = math.random(left)
  if members[at] ~= ${except} then result[#result + 1] = members[at] end
  members[at] = members[left]
  left = left - 1
end
return result
`;

/** KEYS: room, instances. ARGV: id, most members, room's lifetime in ms, count, seed. Gives 0 if the room is full. */
export const JOIN = `${LIVING}
if #members >= tonumber(ARGV[2]) then return 0 end
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
members[#members + 1] = ARGV[1]
${sample('ARGV[1]', 'ARGV[4]', 'ARGV[5]')}`;

/** KEYS: room, instances. ARGV: the asker's id, count, seed. */
export const ROSTER = `${LIVING}${sample('ARGV[1]', 'ARGV[2]', 'ARGV[3]')}`;

/**
 * KEYS: instances. ARGV: this instance, lease in ms. Prolongs the lease. Gives 0 if it was over: others may have taken
 * this instance's members out of their rooms.
 */
export const TOUCH = `${NOW}
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if score and tonumber(score) >= now then return 1 end
return 0
`;
