/// The trusted Lua text that builds what a plugin can reach, and nothing else.
///
/// It runs once a state, with Lua's basic, string, table and math libraries, which no plugin ever sees; what a
/// plugin then calls of it is charged to the plugin. What it replaces, and why:
/// - `pairs`: sorted keys; Lua's own order changes from run to run. `next` is absent for that reason.
/// - `table.sort`: a stable merge sort; Lua's takes its pivots from the clock.
/// - `string.rep`, `table.*`: bounded; Lua's loop without end, and without a hook, over lengths that a script fakes.
/// - `tostring`, `string.format`: no addresses, and `nan` without a sign.
/// - `pcall` (in C): cannot hold the stop of a script that spent its budget.
let basePrelude = [preludeErrors, preludeAbsentNames, preludeSeal, preludeLibrary, preludeClient]
    .joined(separator: "\n")

private let preludeErrors = #"""
    local primitives, classNames, functionNames, client = ...
    local charge, place = primitives.charge, primitives.place
    local raw = { concat = table.concat, format = string.format, rep = string.rep, sort = table.sort,
                  tostring = tostring, unpack = table.unpack }
    -- Locals, for `s:find()` goes through the strings' metatable, which the plugin's library replaces.
    local byte, find, match, sub = string.byte, string.find, string.match, string.sub
    local toInteger, getmetatable, setmetatable, next = math.tointeger, getmetatable, setmetatable, next

    local longestTable, longestRepeat, longestUnpack = 1000000, 1000000, 4096

    -- Errors

    local function fail(code, what, instead)
      local text = place() .. what
      if instead then text = text .. "\nInstead: " .. instead end
      if code then text = text .. "\n[" .. code .. "]" end
      error(text, 0)
    end

    local function badArgument(position, name, problem)
      fail(nil, raw.format("bad argument #%d to '%s' (%s)", position, name, problem))
    end

    local function typeName(value)
      local meta = type(value) == "userdata" and getmetatable(value)
      return meta and meta.__name or type(value)
    end

    local function wantTable(value, position, name)
      if type(value) ~= "table" then
        badArgument(position, name, "table expected, got " .. typeName(value))
      end
      local length = #value
      if length > longestTable then badArgument(position, name, "more than 1,000,000 elements") end
      return length
    end

    local function wantInteger(value, position, name)
      local integer = type(value) == "number" and toInteger(value)
      if not integer then
        badArgument(position, name, type(value) == "number" and "number has no integer representation"
          or "number expected, got " .. typeName(value))
      end
      return integer
    end

    -- Suggestions

    -- Edits between two short names: insert, delete, replace, swap of neighbours.
    local function distance(a, b)
      local before, row = {}, {}
      for j = 0, #b do row[j] = j end
      for i = 1, #a do
        local current = { [0] = i }
        for j = 1, #b do
          local same = byte(a, i) == byte(b, j)
          current[j] = math.min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (same and 0 or 1))
          if i > 1 and j > 1 and byte(a, i) == byte(b, j - 1) and byte(a, i - 1) == byte(b, j) then
            current[j] = math.min(current[j], before[j - 2] + 1)
          end
        end
        before, row = row, current
      end
      return row[#b]
    end

    -- " (did you mean 'x'?)" for the nearest of the table's string keys, "" if none is near.
    local function suggest(name, candidates)
      if type(name) ~= "string" or #name > 40 then return "" end
      local names = {}
      for key in next, candidates do
        if type(key) == "string" and #key <= 40 then names[#names + 1] = key end
      end
      raw.sort(names)
      local best, least = nil, #name < 4 and 2 or 3
      for _, candidate in ipairs(names) do
        local edits = distance(name, candidate)
        if edits < least then best, least = candidate, edits end
      end
      return best and raw.format(" (did you mean '%s'?)", best) or ""
    end
    """#

private let preludeSeal = #"""
    -- Tables that a plugin reads but cannot change

    local contents = {}  -- what a sealed table shows, for `pairs`

    local function shown(key)
      if type(key) == "string" then return raw.format("'%s'", sub(key, 1, 40)) end
      return "a " .. typeName(key)
    end

    local function unknown(name, key, values)
      local known = absent[name] and absent[name][key]
      if known then
        fail(known[1], known[2](name == "" and key or name .. "." .. key), known[3])
      elseif name == "" then
        fail("M05", "undefined variable " .. shown(key) .. suggest(key, values))
      end
      fail("M17", raw.format("'%s' has no %s", name, shown(key)) .. suggest(key, values))
    end

    local function refuse(name, key, values)
      if name == "" and values[key] == nil then
        fail("M04", "cannot create global " .. shown(key)
          .. ". Globals would be shared between calls and make results depend on order.",
          "local " .. (type(key) == "string" and sub(key, 1, 40) or "x") .. " = …")
      end
      fail("M04", name == "" and "cannot change global " .. shown(key) .. "."
        or raw.format("cannot change %s of '%s'.", shown(key), name), "a local of your own.")
    end

    -- See `primitive_wrap`: keeps the script's line where it says `return f(x)`.
    local function wrapFunctions(values)
      for key, value in next, values do
        if type(value) == "function" then values[key] = primitives.wrap(value) end
      end
    end

    local function seal(values, name)
      wrapFunctions(values)
      local plain = {}  -- reads that raise nothing, for `refuse`
      for key, value in next, values do plain[key] = value end
      setmetatable(values, { __index = function(_, key) unknown(name, key, plain) end })
      local face = setmetatable({}, {
        __index = values,
        __newindex = function(_, key) refuse(name, key, plain) end,
      })
      contents[face] = plain
      return face
    end
    """#

private let preludeClient = #"""
    -- The client's part

    local classes, host = {}, {}
    for i, name in ipairs(classNames) do
      classes[name] = { __name = name }
      primitives.define(classes[name], i)
    end
    for i, name in ipairs(functionNames) do host[name] = primitives.bind(i - 1) end
    client(env, host, classes, fail, suggest, primitives, absent)

    for name, class in next, classes do
      for _, event in ipairs { "__gc", "__close", "__mode" } do
        if class[event] then error(name .. " must not have " .. event) end
      end
      if type(class.__index) == "table" then wrapFunctions(class.__index) end
      -- In Lua 5.4.4 a __concat that returns leaves the caller with a dangling pointer (repaired in 5.4.5 by
      -- 603b2c64, "'luaV_concat' can use invalidated pointer to stack").
      local concatenate = class.__concat
      if concatenate then
        class.__concat = function(a, b)
          concatenate(a, b)
          fail(nil, "a " .. name .. " cannot be concatenated")
        end
      end
    end

    -- A script's strings reach the sealed library by `s:rep(2)`.
    for name, value in next, env do
      if type(value) == "table" and not getmetatable(value) then env[name] = seal(value, name) end
    end
    getmetatable("").__index = env.string
    return seal(env, "")
    """#
