/// The trusted Lua text that builds what a plugin can reach, and nothing else.
///
/// It runs once a state with Lua's basic, string, table and math libraries, which no plugin ever sees, and is
/// charged for like any script. What it replaces, and why:
/// - `pairs`: sorted keys; Lua's own order changes from run to run. `next` is absent for that reason.
/// - `table.sort`: a stable merge sort; Lua's takes its pivots from the clock.
/// - `string.rep`, `table.*`: bounded; Lua's loop without end, and without a hook, over lengths that a script fakes.
/// - `tostring`, `string.format`: no addresses, and `nan` without a sign.
/// - `pcall` (in C): cannot hold the stop of a script that spent its budget.
let basePrelude = #"""
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
        badArgument(position, name, "table expected, got " .. (value == nil and "nil" or typeName(value)))
      end
      local length = #value
      if length > longestTable then badArgument(position, name, "more than 1,000,000 elements") end
      return length
    end

    local function wantInteger(value, position, name)
      local integer = type(value) == "number" and toInteger(value)
      if not integer then
        badArgument(position, name, type(value) == "number" and "number has no integer representation"
          or "number expected, got " .. (value == nil and "nil" or typeName(value)))
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

    -- Names that people look for, and why they are not here

    local function metatables(name)
      return name .. " is not available in plugins: it can outlive the time and memory limits. "
        .. "Plain tables and functions work."
    end

    local function outside(name)
      return "'" .. name .. "' is not available. Mottle scripts have no files, processes, network or clock."
    end

    local function compiled(name)
      return name .. " is not available in plugins: text that becomes code has no line to report. "
        .. "Plain functions work."
    end

    local function pattern(name)
      return name .. " is not available (it can run for ever); string.sub and string.byte are."
    end

    local function random(name)
      return name .. " is not available, because its numbers cannot be repeated."
    end

    local seeded = 'rng:uniform("N") (one per sample) or rng:uniform(x) (one per element).'

    local absent = {
      [""] = {
        collectgarbage = { "M19", metatables }, coroutine = { "M19", metatables }, debug = { "M19", metatables },
        getmetatable = { "M19", metatables }, setmetatable = { "M19", metatables },
        rawget = { "M19", metatables }, rawset = { "M19", metatables },
        xpcall = { "M19", metatables, "pcall(f)." },
        next = { "M19", function() return "next is not available: its order differs from run to run." end,
                 "for key, value in pairs(t) do … end" },
        load = { "M19", compiled }, loadstring = { "M19", compiled },
        dofile = { "M05", outside }, io = { "M05", outside }, loadfile = { "M05", outside },
        os = { "M05", outside }, package = { "M05", outside }, require = { "M05", outside },
        print = { "M05", function() return "print is not available: plugins have no output." end,
                  "error(text) stops and shows a text." },
        utf8 = { "M19", function() return "utf8 is not available; string.byte and string.sub are." end },
      },
      math = { random = { "M06", random, seeded }, randomseed = { "M06", random, seeded } },
      string = {
        find = { "M19", pattern }, gmatch = { "M19", pattern }, gsub = { "M19", pattern },
        match = { "M19", pattern }, dump = { "M19", compiled },
        pack = { "M19", function() return "string.pack is not available in plugins." end },
        packsize = { "M19", function() return "string.packsize is not available in plugins." end },
        unpack = { "M19", function() return "string.unpack is not available in plugins." end },
      },
    }

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

    local function seal(values, name)
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

    -- The basic library

    local function safeTostring(value)
      local kind = type(value)
      if kind == "number" then return value ~= value and "nan" or raw.tostring(value) end
      if kind == "string" then return value end
      if kind == "userdata" then
        local meta = getmetatable(value)
        return meta.__tostring and meta.__tostring(value) or meta.__name
      end
      return (kind == "nil" or kind == "boolean") and raw.tostring(value) or kind
    end

    local function sortedPairs(values)
      if type(values) ~= "table" then wantTable(values, 1, "pairs") end
      values = contents[values] or values
      local numbers, strings = {}, {}
      for key in next, values do
        local kind = type(key)
        if kind == "number" then
          numbers[#numbers + 1] = key
        elseif kind == "string" then
          strings[#strings + 1] = key
        else
          fail("M16", "pairs: a key is a " .. typeName(key)
            .. "; only string and number keys have an order that is the same in every run.")
        end
      end
      charge(8 * (#numbers + #strings))
      raw.sort(numbers)  -- keys differ from each other, so the pivot cannot show
      raw.sort(strings)
      local count, position = #numbers, 0
      return function()
        while true do
          position = position + 1
          local key = numbers[position]
          if key == nil then key = strings[position - count] end
          if key == nil then return nil end
          local value = values[key]
          if value ~= nil then return key, value end
        end
      end
    end

    local env = {
      assert = assert, error = error, ipairs = ipairs, pairs = sortedPairs, pcall = primitives.pcall,
      rawequal = rawequal, rawlen = rawlen, select = select, tonumber = tonumber, tostring = safeTostring,
      type = type,
    }

    -- math

    env.math = {}
    for name, value in next, math do
      if not absent.math[name] then env.math[name] = value end
    end

    -- string

    local function format(text, ...)
      if type(text) ~= "string" then
        badArgument(1, "format", "string expected, got " .. (text == nil and "nil" or typeName(text)))
      end
      local arguments, count = { ... }, select("#", ...)
      local position, argument = 1, 0
      while true do
        position = find(text, "%", position, true)
        if not position then break end
        local conversion = match(text, "^%%[-+ #0-9.]*(.?)", position)
        if conversion == "p" then
          fail("M19", "string.format: %p is not available: addresses differ from run to run.")
        end
        if conversion ~= "%" then
          argument = argument + 1
          if conversion == "s" and argument <= count then arguments[argument] = safeTostring(arguments[argument]) end
        end
        position = find(text, conversion, position + 1, true) + 1
      end
      return raw.format(text, raw.unpack(arguments, 1, count))
    end

    local function rep(text, count, separator)
      if type(text) == "number" then text = raw.tostring(text) end
      if type(text) ~= "string" then
        badArgument(1, "rep", "string expected, got " .. (text == nil and "nil" or typeName(text)))
      end
      count = wantInteger(count, 2, "rep")
      if separator ~= nil and type(separator) ~= "string" then
        badArgument(3, "rep", "string expected, got " .. typeName(separator))
      end
      local size = (#text + #(separator or "")) * (count + 0.0)  -- a float cannot wrap around
      if count <= 0 or size == 0 then return "" end
      if size > longestRepeat then fail(nil, "string.rep: the result would be longer than 1,000,000 bytes") end
      charge(count // 8)
      return raw.rep(text, count, separator)
    end

    env.string = {
      byte = string.byte, char = string.char, format = format, len = string.len, lower = string.lower,
      rep = rep, reverse = string.reverse, sub = string.sub, upper = string.upper,
    }

    -- table

    local function concat(list, separator, first, last)
      local length = wantTable(list, 1, "concat")
      first = first == nil and 1 or wantInteger(first, 3, "concat")
      last = last == nil and length or wantInteger(last, 4, "concat")
      if last - (first + 0.0) >= longestTable then badArgument(4, "concat", "more than 1,000,000 elements") end
      if last >= first then charge(last - first + 1) end
      return raw.concat(list, separator, first, last)
    end

    local function insert(list, ...)
      local length, count = wantTable(list, 1, "insert"), select("#", ...)
      if count == 1 then
        list[length + 1] = (...)
        return
      elseif count ~= 2 then
        fail(nil, "wrong number of arguments to 'insert'")
      end
      local position, value = ...
      position = wantInteger(position, 2, "insert")
      if position < 1 or position > length + 1 then badArgument(2, "insert", "position out of bounds") end
      for i = length, position, -1 do list[i + 1] = list[i] end
      list[position] = value
    end

    local function remove(list, position)
      local length = wantTable(list, 1, "remove")
      if position == nil then
        position = length
      else
        position = wantInteger(position, 2, "remove")
        if length + 1 ~= position and (position < 1 or position > length + 1)
          and not (length == 0 and position == 0) then
          badArgument(2, "remove", "position out of bounds")
        end
      end
      local value = list[position]
      for i = position, length - 1 do list[i] = list[i + 1] end
      if position <= length then list[math.max(position, length)] = nil end
      return value
    end

    local function move(from, first, last, target, to)
      wantTable(from, 1, "move")
      first, last = wantInteger(first, 2, "move"), wantInteger(last, 3, "move")
      target = wantInteger(target, 4, "move")
      if to == nil then to = from else wantTable(to, 5, "move") end
      if last < first then return to end
      if last - (first + 0.0) >= longestTable then badArgument(3, "move", "more than 1,000,000 elements") end
      if target > math.maxinteger - (last - first) then badArgument(4, "move", "destination wrap around") end
      if target > last or target <= first or to ~= from then
        for i = 0, last - first do to[target + i] = from[first + i] end
      else
        for i = last - first, 0, -1 do to[target + i] = from[first + i] end
      end
      return to
    end

    local function unpack(list, first, last)
      local length = wantTable(list, 1, "unpack")
      first = first == nil and 1 or wantInteger(first, 2, "unpack")
      last = last == nil and length or wantInteger(last, 3, "unpack")
      if last - (first + 0.0) >= longestUnpack then fail(nil, "table.unpack: more than 4,096 results") end
      return raw.unpack(list, first, last)
    end

    -- Merges the sorted runs from[low … middle-1] and from[middle … high-1] into `to`; of equals, the first stays first.
    local function merge(from, to, low, middle, high, before)
      local left, right = low, middle
      for i = low, high - 1 do
        local takeRight = left >= middle
        if not takeRight and right < high then
          local a, b = from[right], from[left]
          if before then takeRight = before(a, b) else takeRight = a < b end
        end
        if takeRight then
          to[i], right = from[right], right + 1
        else
          to[i], left = from[left], left + 1
        end
      end
    end

    local function sort(list, before)
      local length = wantTable(list, 1, "sort")
      if before ~= nil and type(before) ~= "function" then
        badArgument(2, "sort", "function expected, got " .. typeName(before))
      end
      local from, to = {}, {}
      for i = 1, length do from[i] = list[i] end
      local width = 1
      while width < length do
        for low = 1, length, 2 * width do
          merge(from, to, low, math.min(low + width, length + 1), math.min(low + 2 * width, length + 1), before)
        end
        from, to, width = to, from, 2 * width
      end
      for i = 1, length do list[i] = from[i] end
    end

    env.table = {
      concat = concat, insert = insert, move = move, pack = table.pack, remove = remove, sort = sort,
      unpack = unpack,
    }

    -- The client's part

    local classes, host = {}, {}
    for i, name in ipairs(classNames) do
      classes[name] = { __name = name }
      primitives.define(classes[name], i)
    end
    for i, name in ipairs(functionNames) do host[name] = primitives.bind(i - 1) end
    client(env, host, classes, fail, suggest)

    for name, class in next, classes do
      for _, event in ipairs { "__gc", "__close", "__mode" } do
        if class[event] then error(name .. " must not have " .. event) end
      end
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
