/// The part of the base prelude that gives the plugin's functions: Lua's own where they are safe, else
/// replacements.
let preludeLibrary = #"""
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

    -- By name: what else there is depends on how Lua was built.
    env.math = {}
    for _, name in ipairs {
      "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log", "max", "maxinteger",
      "min", "mininteger", "modf", "pi", "rad", "sin", "sqrt", "tan", "tointeger", "type", "ult",
    } do
      env.math[name] = math[name]
    end

    -- string

    local function format(text, ...)
      if type(text) ~= "string" then
        badArgument(1, "format", "string expected, got " .. typeName(text))
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
          if conversion == "s" and argument <= count then
            arguments[argument] = safeTostring(arguments[argument])
          end
        end
        position = find(text, conversion, position + 1, true) + 1
      end
      return raw.format(text, raw.unpack(arguments, 1, count))
    end

    local function rep(text, count, separator)
      if type(text) == "number" then text = raw.tostring(text) end
      if type(text) ~= "string" then
        badArgument(1, "rep", "string expected, got " .. typeName(text))
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

    -- Merges the sorted runs from[low … middle-1] and from[middle … high-1] into `to`; equals keep their order.
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
    """#
