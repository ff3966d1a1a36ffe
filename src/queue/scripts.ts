/**
 * What Redis does in one step, so that no other worker or planner comes between, and by its own clock, the one that all machines share:
 * programs in its own Lua.
 */

/** Removes what a worker has put of a run that nobody will fetch: the planner has that already, or it is known why there is none. */
const dropUnneeded = `
local function dropUnneeded(known, run)
  local isRead, record = pcall(cjson.decode, known)
  if isRead and type(record) == 'table' and (record.type == 'fetched' or record.type == 'failure') then redis.call('DEL', run) end
end
`;

/**
 * Says how far a job is, and keeps a checkpoint, where the worker still is the one to go on with it.
 * Keys: results, inputs, running, run, the job's lock. Arguments: job, the worker's token, seconds to keep, progress, checkpoint or '', and
 * the names of its chunks.
 * Returns `done` where the job is, `gone` where the sweep is, `taken` where another worker has the job, `missing` where a
 * chunk is not there, else `kept`.
 */
export const keepProgress = `${dropUnneeded}
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known then
  dropUnneeded(known, KEYS[4])
  return 'done'
end
if redis.call('EXISTS', KEYS[2]) == 0 then return 'gone' end
local holder = redis.call('GET', KEYS[5])
if holder and holder ~= ARGV[2] then return 'taken' end
if ARGV[5] ~= '' then
  local needed = { checkpoint = true }
  for i = 6, #ARGV do
    if redis.call('HEXISTS', KEYS[4], ARGV[i]) == 0 then return 'missing' end
    needed[ARGV[i]] = true
  end
  redis.call('HSET', KEYS[4], 'checkpoint', ARGV[5])
  for _, field in ipairs(redis.call('HKEYS', KEYS[4])) do
    if not needed[field] then redis.call('HDEL', KEYS[4], field) end
  end
end
redis.call('HSET', KEYS[3], ARGV[1], '{"at":' .. redis.call('TIME')[1] .. ',"told":' .. ARGV[4] .. '}')
for i = 1, 4 do redis.call('EXPIRE', KEYS[i], ARGV[3]) end
return 'kept'
`;

/**
 * Says how far a sweep is as a whole.
 * Key: tally. Arguments: the tally, seconds to keep.
 */
export const putTally = `
redis.call('SET', KEYS[1], '{"at":' .. redis.call('TIME')[1] .. ',"told":' .. ARGV[1] .. '}', 'EX', ARGV[2])
`;

/**
 * Delivers what became of a job, once: whoever comes first. Whose lock it is does not matter, as every worker comes to the same.
 * Keys: results, inputs, running, run, news. Arguments: job, the record, seconds to keep, and the names of the chunks of its run.
 * Returns '' where it is delivered, `gone` where the sweep is, `missing` where a chunk is not there, and the record where there is one.
 */
export const deliver = `${dropUnneeded}
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known then
  dropUnneeded(known, KEYS[4])
  return known
end
if redis.call('EXISTS', KEYS[2]) == 0 then return 'gone' end
local needed = {}
for i = 4, #ARGV do
  if redis.call('HEXISTS', KEYS[4], ARGV[i]) == 0 then return 'missing' end
  needed[ARGV[i]] = true
end
for _, field in ipairs(redis.call('HKEYS', KEYS[4])) do
  if not needed[field] then redis.call('HDEL', KEYS[4], field) end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('XADD', KEYS[5], '*', 'job', ARGV[1])
for i = 1, 5 do redis.call('EXPIRE', KEYS[i], ARGV[3]) end
return ''
`;
