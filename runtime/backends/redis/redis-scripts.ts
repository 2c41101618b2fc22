import {
  allFlags,
  endOfKey,
  flagsOffset,
  hasPayload,
  hasTimes,
  idLength,
  idOffset,
  isHold,
  leaseEndDigits,
  leaseEndOffset,
  leaseTokenOffset,
  magic,
  ofLease,
  timesLength,
  versionCountOffset,
  versionsOffset,
} from "../../entry/entry";
import { holderLength } from "../../entry/hold";

/**
 * A command made of Lua, with one reply for each key. It has few arguments however many keys there
 * are: a key's own values of fixed length are packed into one argument, key by key; a value that
 * all keys share is given once.
 */
export interface Script {
  /** The name under which the client knows it. */
  readonly name: string;
  readonly lua: string;
}

/**
 * The number of digits of times in arguments. A time that is the same for all keys may have fewer.
 */
export const timeDigits = leaseEndDigits;

const luaMagic = Array.from(
  magic,
  (character) => `\\${String(character.charCodeAt(0)).padStart(3, "0")}`,
).join("");

/**
 * Writes the prelude's `part` inline: if there is one call for each key, a call in Lua is
 * measurable.
 */
function partOf(packed: string, length: number, convert = ""): string {
  const from = `i * ${length} - ${length - 1}`;
  return `#${packed} <= ${length} and ${packed} or ${convert}(${packed}:sub(${from}, i * ${length}))`;
}

/**
 * Does the same for a time. Commands take text, and making the text of a number for each key would
 * take half as long as the command.
 */
function timeOf(packed: string): string {
  return partOf(packed, timeDigits, "tonumber");
}

// Lua counts from 1 and includes the end, whereas GETRANGE and SETRANGE count from 0. `field` and
// `head` are the only places where that matters.
const prelude = String.raw`
local MAGIC = "${luaMagic}"
local NO_TOKEN = ("\0"):rep(${leaseEndOffset - leaseTokenOffset})
local NO_END = ("0"):rep(${leaseEndDigits})
local END_OF_KEY = "${endOfKey}"

-- What the i-th key has in a packed argument.
local function part(packed, i, length)
  if #packed <= length then return packed end
  return packed:sub((i - 1) * length + 1, i * length)
end

-- Enough to judge a header: a large payload is never copied into Lua without need.
local function head(key)
  return redis.call("GETRANGE", key, 0, ${versionsOffset - 1})
end

local function field(bytes, from, to)
  return bytes:sub(from + 1, to)
end

local function token(bytes)
  return field(bytes, ${leaseTokenOffset}, ${leaseEndOffset})
end

-- A Lua number prints as 1.7e+12 unless its format is given.
local function digits(ms)
  return string.format("%0${leaseEndDigits}.0f", ms)
end

-- Asked once for all keys.
local time
local function now()
  if not time then
    local parts = redis.call("TIME")
    time = parts[1] * 1000 + math.floor(parts[2] / 1000)
  end
  return time
end

local function header(id, token, leaseEnd, flags)
  return MAGIC .. id .. token .. leaseEnd .. string.char(flags) .. "\0\0"
end

local function hasPayload(bytes)
  return bytes:byte(${flagsOffset + 1}) % ${hasPayload * 2} == ${hasPayload}
end

-- "plain", "header" or "unreadable", as parseStored in entry.ts has it; "hold" for what is left of
-- a hold.
local function kind(key, bytes)
  if bytes ~= "" and bytes:sub(1, ${magic.length - 1}) ~= MAGIC:sub(1, -2) then return "plain" end
  if bytes:sub(1, ${magic.length}) ~= MAGIC or #bytes < ${versionsOffset} then return "unreadable" end
  local flags = bytes:byte(${flagsOffset + 1})
  if flags == ${isHold} then return "hold" end
  if flags > ${allFlags} then return "unreadable" end
  if not hasPayload(bytes) then return "header" end
  local versions = bytes:byte(${versionCountOffset + 1}) * 256 + bytes:byte(${versionCountOffset + 2})
  local length = ${versionsOffset} + versions * ${idLength}
  if math.floor(flags / ${hasTimes}) % 2 == 1 then length = length + ${timesLength} end
  if length > ${versionsOffset} and redis.call("STRLEN", key) < length then return "unreadable" end
  return "header"
end

local function isLeasedTo(bytes, owner)
  return #bytes == ${versionsOffset} and bytes:sub(1, ${magic.length}) == MAGIC and token(bytes) == owner
end

local function hasTimes(bytes)
  return math.floor(bytes:byte(${flagsOffset + 1}) / ${hasTimes}) % 2 == 1
end

local function endOfVersions(bytes)
  local versions = bytes:byte(${versionCountOffset + 1}) * 256 + bytes:byte(${versionCountOffset + 2})
  return ${versionsOffset} + versions * ${idLength}
end

-- An entry that gets times, or loses them: what is at their place, what follows, and what that is
-- for the flags.
local function withTimes(bytes, times, rest, flag)
  local flags = string.char(bytes:byte(${flagsOffset + 1}) + flag)
  local versions = bytes:sub(${flagsOffset + 2}, endOfVersions(bytes))
  return bytes:sub(1, ${flagsOffset}) .. flags .. versions .. times .. bytes:sub(rest)
end

-- As entry.ts has it.
local function withEnd(bytes, untilMs)
  return withTimes(bytes, struct.pack(">dI4", untilMs, ${ofLease}), endOfVersions(bytes) + 1, ${hasTimes})
end

-- As entry.ts has it: the entry, and its end.
local function withoutEnd(key, bytes)
  if not hasTimes(bytes) then return nil end
  local at = endOfVersions(bytes)
  local times = redis.call("GETRANGE", key, at, at + ${timesLength - 1})
  if #times < ${timesLength} then return nil end
  local untilMs, loadMs = struct.unpack(">dI4", times)
  if loadMs ~= ${ofLease} then return nil end
  return withTimes(redis.call("GET", key), "", at + ${timesLength + 1}, -${hasTimes}), untilMs
end

-- Makes the key last as long as its lease. An entry that ends before then carries its own end from
-- now on, because the time of its key no longer says when it ends.
local function lastAsLease(key, bytes, ms)
  local ttl = redis.call("PTTL", key)
  if ttl < 0 or ttl >= ms then return end
  if hasPayload(bytes) and not hasTimes(bytes) then
    redis.call("SET", key, withEnd(redis.call("GET", key), now() + ttl), "PX", ms)
  else
    redis.call("PEXPIRE", key, ms)
  end
end

-- It never lowers the time, and a key that does not expire stays as it is. What is not a version,
-- such as a hold, has an end of its own.
local function raiseTtl(key, ms)
  local ttl = redis.call("PTTL", key)
  if ttl >= 0 and ttl < ms and redis.call("STRLEN", key) == ${idLength} then redis.call("PEXPIRE", key, ms) end
end

-- All holders of a key that is being written, as hold.ts has it; nil for other bytes, and for such
-- as never expire, because nobody would ever end them.
local function holders(key, bytes)
  if #bytes < ${versionsOffset} or bytes:sub(1, ${magic.length}) ~= MAGIC or bytes:byte(${flagsOffset + 1}) ~= ${isHold} then return nil end
  if redis.call("PTTL", key) < 0 then return nil end
  local all, found = redis.call("GET", key), {}
  local count = all:byte(${versionCountOffset + 1}) * 256 + all:byte(${versionCountOffset + 2})
  if #all ~= ${versionsOffset} + count * ${holderLength} then return nil end
  for at = ${versionsOffset}, #all - 1, ${holderLength} do
    local ends = field(all, at + ${idLength}, at + ${holderLength})
    found[#found + 1] = { token = field(all, at, at + ${idLength}), ends = ends:find("^%d+$") and tonumber(ends) or 0 }
  end
  return found
end

local function isHeld(key, bytes)
  for _, holder in ipairs(holders(key, bytes) or {}) do
    if holder.ends > now() then return true end
  end
  return false
end

-- Those whose holds have not run out, without the owner; and whether the owner is among all.
local function otherHolders(key, bytes, owner)
  local others, isHolder = {}, 0
  for _, holder in ipairs(holders(key, bytes) or {}) do
    if holder.token == owner then isHolder = 1
    elseif holder.ends > now() then others[#others + 1] = holder end
  end
  return others, isHolder
end

local function setHolders(key, all)
  if #all > 65535 then error("more than 65535 transactions write this key") end
  local last, parts = 0, {}
  for i, holder in ipairs(all) do
    last = math.max(last, holder.ends)
    parts[i] = holder.token .. digits(holder.ends)
  end
  local start = header(NO_TOKEN, NO_TOKEN, digits(last), ${isHold}):sub(1, ${versionCountOffset})
  local count = string.char(math.floor(#all / 256), #all % 256)
  redis.call("SET", key, start .. count .. table.concat(parts), "PX", string.format("%.0f", last - now()))
end

-- Of a key that may have another type, too.
local function headOfAny(key)
  local bytes = redis.pcall("GETRANGE", key, 0, ${versionsOffset - 1})
  return type(bytes) == "string" and bytes or ""
end
`;

/**
 * Makes a script. The body is a Lua function of a key and its number that must not return nil. One
 * key's error does not keep the others from being carried out. It becomes the reply as a whole, not
 * a part of it, since that is where ioredis looks for READONLY and the like.
 *
 * @param quick runs before all that, and may return
 */
function script(name: string, body: string, quick = ""): Script {
  const lua = String.raw`
local replies, failure = {}, nil
${quick}
${prelude}
local function carryOut(key, i)
${body}
end

for i, key in ipairs(KEYS) do
  if not replies[i] then
    local ok, reply = pcall(carryOut, key, i)
    if not ok then
      -- A table since Redis 7, a string before.
      failure = failure or (type(reply) == "table" and reply or { err = tostring(reply) })
    end
    replies[i] = ok and reply or 0
  end
end
return failure or replies
`;
  return { name, lua };
}

/**
 * Takes leases. Arguments: owners, seen ids, a new id, times of leases, and "1" or "0" for force.
 * For a key that was seen empty, the seen id is zeros. Replies 1: acquired, 0: busy, 2: held, or
 * the bytes of the entry that was stored meanwhile.
 */
export const acquire = script(
  "zcacheAcquire",
  String.raw`
  local owner, newId = part(ARGV[1], i, ${idLength}), ARGV[3]
  local leaseMs = tonumber(part(ARGV[4], i, ${timeDigits}))
  local bytes = head(key)
  if isHeld(key, bytes) then return 2 end
  local what = kind(key, bytes)
  if part(ARGV[5], i, 1) == "0" and what ~= "hold" then
    if what == "header" then
      local holder = token(bytes)
      local holderEnd = tonumber(field(bytes, ${leaseEndOffset}, ${leaseEndOffset + leaseEndDigits})) or 0
      if holder ~= NO_TOKEN and holder ~= owner and holderEnd > now() then return 0 end
    end
    local leaseOnly = what == "header" and not hasPayload(bytes)
    local seen = what == "header" and field(bytes, ${idOffset}, ${idOffset + idLength}) == part(ARGV[2], i, ${idLength})
    if not leaseOnly and not seen then return redis.call("GET", key) end
  end

  local leaseEnd = digits(now() + leaseMs)
  if what == "header" then
    redis.call("SETRANGE", key, ${leaseTokenOffset}, owner .. leaseEnd)
    lastAsLease(key, bytes, leaseMs)
  elseif what == "plain" then
    -- It has no place for a lease: it gets a header and stays readable.
    local ttl = redis.call("PTTL", key)
    local framed = header(newId, owner, leaseEnd, ${hasPayload}) .. redis.call("GET", key)
    if ttl >= 0 and ttl < leaseMs then framed = withEnd(framed, now() + ttl) end
    redis.call("SET", key, framed)
    if ttl >= 0 then redis.call("PEXPIRE", key, math.max(ttl, leaseMs)) end
  else
    redis.call("SET", key, header(newId, owner, leaseEnd, 0), "PX", leaseMs)
  end
  return 1`,
  // A miss mostly finds all keys empty, so one command is the test and the lease, and nothing else
  // is prepared.
  String.raw`
do
  local pcall, owners, times, count = redis.pcall, ARGV[1], ARGV[4], #KEYS
  local start, rest = "${luaMagic}" .. ARGV[3], "${endOfKey}\0\0\0"
  local open = false
  for i = 1, count do
    local owner = ${partOf("owners", idLength)}
    local reply = pcall("SET", KEYS[i], start .. owner .. rest, "PX", ${timeOf("times")}, "NX")
    if reply and reply.ok then replies[i] = 1 else open = true end
  end
  if not open then return replies end
end`,
);

/**
 * Reads all keys, and takes the lease on those of the first that hold nothing. Arguments: the
 * header that represents the lease, its time, and how many keys are the first. Replies the bytes at
 * each key, or 1 in place of nothing if the lease was taken; if the client has sent the command
 * again, it was taken before. Errors of writing are left for
 * `acquire` to report.
 */
export const readAndLease: Script = {
  name: "zcacheReadAndLease",
  lua: String.raw`
local pcall, header, leaseMs = redis.pcall, ARGV[1], ARGV[2]
local values = redis.call("MGET", unpack(KEYS))
for i = 1, tonumber(ARGV[3]) do
  local bytes = values[i]
  if not bytes then
    local reply = pcall("SET", KEYS[i], header, "PX", leaseMs, "NX")
    if reply and reply.ok then values[i] = 1 end
  elseif bytes == header then
    values[i] = 1
  end
end
return values
`,
};

/** Renews leases. Arguments: owners, times of leases. Replies 1 if the lease existed, else 0. */
export const renew = script(
  "zcacheRenew",
  String.raw`
  local bytes = head(key)
  if not isLeasedTo(bytes, part(ARGV[1], i, ${idLength})) then return 0 end
  local leaseMs = tonumber(part(ARGV[2], i, ${timeDigits}))
  -- A lease that ends with its key stays as it is, so that its holder knows all bytes at the key.
  if field(bytes, ${leaseEndOffset}, ${leaseEndOffset + leaseEndDigits}) == END_OF_KEY then
    redis.call("PEXPIRE", key, leaseMs)
    return 1
  end
  redis.call("SETRANGE", key, ${leaseEndOffset}, digits(now() + leaseMs))
  lastAsLease(key, bytes, leaseMs)
  return 1`,
);

/**
 * Makes a script that stores entries. Arguments: owners, times to live, and for each key the bytes.
 * Replies 1 if the lease existed and the bytes were stored, else 0. It does not check that a key
 * begins like a header, because nothing else has an owner's token in that place.
 *
 * @param prepare runs before all keys
 * @param holder the holder of a key's lease, or the error of asking for it
 */
function writeScript(name: string, prepare: string, holder: string): Script {
  const lua = String.raw`
local pcall, owners, times = redis.pcall, ARGV[1], ARGV[2]
local replies, failure = {}, nil
${prepare}
for i = 1, #KEYS do
  local key = KEYS[i]
  local owner = ${partOf("owners", idLength)}
  local reply = ${holder}
  if reply == owner then
    reply = pcall("SET", key, ARGV[2 + i], "PX", ${timeOf("times")})
    replies[i] = 1
  else
    replies[i] = 0
  end
  if type(reply) == "table" and reply.err then
    failure = failure or reply
    replies[i] = 0
  end
end
return failure or replies
`;
  return { name, lua };
}

export const write = writeScript(
  "zcacheWrite",
  "",
  `pcall("GETRANGE", key, ${leaseTokenOffset}, ${leaseEndOffset - 1})`,
);

/**
 * Stores like `write`, for keys that hold nothing but their leases: one command then reads all of
 * them.
 */
export const writeOverLease = writeScript(
  "zcacheWriteAlone",
  `local standing = redis.call("MGET", unpack(KEYS))`,
  `standing[i] and standing[i]:sub(${leaseTokenOffset + 1}, ${leaseEndOffset})`,
);

/** Gives leases up. Arguments: owners. */
export const release = script(
  "zcacheRelease",
  String.raw`
  local bytes = head(key)
  if not isLeasedTo(bytes, part(ARGV[1], i, ${idLength})) then return 0 end
  if hasPayload(bytes) then
    local entry, untilMs = withoutEnd(key, bytes)
    if entry then
      redis.call("SET", key, entry)
      if untilMs <= now() then return redis.call("DEL", key) end
      redis.call("PEXPIREAT", key, digits(untilMs))
    end
    redis.call("SETRANGE", key, ${leaseTokenOffset}, NO_TOKEN .. NO_END)
  else
    redis.call("DEL", key)
  end
  return 1`,
);

/**
 * Returns the current version, or 0 if the key is held. Arguments: seeds, times to live. A new
 * version is made of the seed and the time, in microseconds: ioredis sends again what a broken
 * connection left unanswered, and the second time must not bring back a version that was deleted
 * after the first.
 */
export const ensureVersion = script(
  "zcacheEnsureVersion",
  String.raw`
  local ttlMs = tonumber(part(ARGV[2], i, ${timeDigits}))
  local standing = redis.call("GET", key)
  if standing and #standing == ${idLength} then
    raiseTtl(key, ttlMs)
    return standing
  end
  if standing and isHeld(key, standing) then return 0 end
  local parts = redis.call("TIME")
  local hex = redis.sha1hex(part(ARGV[1], i, ${idLength}) .. parts[1] .. "." .. parts[2]):sub(1, ${idLength * 2})
  local version = hex:gsub("..", function(byte) return string.char(tonumber(byte, 16) % 128) end)
  redis.call("SET", key, version, "PX", ttlMs)
  return version`,
);

/**
 * Takes and renews holds. Arguments: owners, times of holds. Replies 1 if the owner held the key
 * before, else 0.
 */
export const holdKeys = script(
  "zcacheHoldKeys",
  String.raw`
  local owner = part(ARGV[1], i, ${idLength})
  local others, isHolder = otherHolders(key, headOfAny(key), owner)
  others[#others + 1] = { token = owner, ends = now() + tonumber(part(ARGV[2], i, ${timeDigits})) }
  setHolders(key, others)
  return isHolder`,
);

/**
 * Deletes keys that nobody else holds. Arguments: owners whose holds end; zeros to end none.
 * Replies 1 where the owner held the key, else 0.
 */
export const deleteUnheld = script(
  "zcacheDeleteUnheld",
  String.raw`
  local others, isHolder = otherHolders(key, headOfAny(key), part(ARGV[1], i, ${idLength}))
  if #others == 0 then redis.call("DEL", key)
  elseif isHolder == 1 then setHolders(key, others) end
  return isHolder`,
  // Usually no key is held, so one command deletes them all, and nothing else is prepared.
  String.raw`
do
  local pcall, gone = redis.pcall, {}
  for i = 1, #KEYS do
    local bytes = pcall("GETRANGE", KEYS[i], 0, ${flagsOffset})
    local mayBeHeld = type(bytes) == "string" and bytes:byte(${flagsOffset + 1}) == ${isHold}
    if not mayBeHeld then
      gone[#gone + 1] = KEYS[i]
      replies[i] = 0
    end
  end
  if #gone > 0 then
    local reply = pcall("DEL", unpack(gone))
    if type(reply) == "table" and reply.err then return reply end
  end
  if #gone == #KEYS then return replies end
end`,
);

/**
 * Raises times to live. Arguments: times to live. PEXPIRE … GT would be enough, but was added in
 * Redis 7.
 */
export const raiseTtl = script(
  "zcacheRaiseTtl",
  String.raw`
  raiseTtl(key, tonumber(part(ARGV[1], i, ${timeDigits})))
  return 1`,
);

export const scripts: readonly Script[] = [
  acquire,
  readAndLease,
  renew,
  write,
  writeOverLease,
  release,
  ensureVersion,
  holdKeys,
  deleteUnheld,
  raiseTtl,
];
