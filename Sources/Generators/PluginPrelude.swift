/// The Lua side of what plugins see: the table `mottle` and the metatables of traced values.
///
/// It runs once in every plugin's state, before the plugin, with the plugin's globals, the host's functions, the metatables
/// and the function that raises a host-style error. Every operator leads to a host function; what Lua cannot trace raises
/// with what to write instead. Which operations there are is said by `TraceFunctions.all` alone.
let pluginPrelude = [
    operationTables, preludeOperations, preludeMap, preludePartners, preludeArrays, preludeDeclarations,
]
.joined(separator: "\n")

/// The operations by face, as tables from names in Lua to names of host functions.
private let operationTables: String = {
    func table(_ name: String, _ functions: [TraceFunction]) -> String {
        let entries = functions.map { "[\"\($0.luaName)\"] = host[\"\($0.name)\"]" }
        return "local \(name) = { \(entries.joined(separator: ", ")) }"
    }
    let all = TraceFunctions.all
    let events = all.compactMap { function -> String? in
        if case .operation(let event) = function.face {
            "[\"\(event)\"] = host[\"\(function.name)\"]"
        } else {
            nil
        }
    }
    return [
        "local env, host, classes, fail, suggest, primitives, absent = ...",
        "local elsewhere = { \(ForeignNames.functions.map { "\($0) = [=[\($1)]=]" }.joined(separator: ", ")) }",
        table("tensorMethods", all.filter { [.tensor, .value].contains($0.face) }),
        table("maskMethods", all.filter { [.mask, .value].contains($0.face) }),
        table("randomMethods", all.filter { $0.face == .random }),
        table("mottle", all.filter { $0.face == .function }),
        table("elementwise", all.filter(\.isAlsoFunction)),
        "local arities = { \(all.filter(\.isAlsoFunction).map { "\($0.luaName) = \($0.arguments.upperBound)" }.joined(separator: ", ")) }",
        "local events = { \(events.joined(separator: ", ")) }",
    ].joined(separator: "\n")
}()

private let preludeOperations = #"""
    local Tensor, Mask, Random, Array, Stream = classes.Tensor, classes.Mask, classes.Random, classes.Array, classes.Stream

    local function fields(methods)
      return function(self, key)
        local method = methods[key]
        if method then return method end
        return host.field(self, key)
      end
    end

    for event, operation in pairs(events) do Tensor[event], Mask[event] = operation, operation end

    -- Lua forces the result of these to one true or false, or to one text, which a traced value does not have.
    local comparisons = { __lt = { "<", "lt" }, __le = { "<=", "le" } }
    for _, class in ipairs { Tensor, Mask } do
      for event, names in pairs(comparisons) do
        class[event] = function()
          fail("M07", "'" .. names[1] .. "' needs one true or false, but a tensor's values are not known while tracing",
            "a:" .. names[2] .. "(b) gives a mask; mottle.where(a:" .. names[2] .. "(b), c, d) chooses per element")
        end
      end
      class.__eq = function()
        fail("M08", "'==' needs one true or false, but a tensor's values are not known while tracing", "a:eq(b) gives a mask")
      end
      class.__newindex = function()
        fail("M09", "tensors cannot be assigned into",
          'x = mottle.where(mottle.index("H"):eq(1), 0, x) changes the first row')
      end
      class.__tostring = function()
        fail("M10", "a tensor has no text: its values are not known while tracing", 'its shape is x.H or x:size("H")')
      end
      class.__concat = class.__tostring
      class.__len = function()
        fail("M10", "'#' needs one number, but a tensor has an axis for each letter", 'x:size("H") is the length of one axis')
      end
    end
    Array.__newindex = function()
      fail("M09", "arrays are written with set", "x:set(row, column, value)")
    end
    for event in pairs(events) do
      if event ~= "__len" then
        Array[event] = function()
          fail("M11", "an array is a sample's memory, not a number: an eager generator works on one element at a time",
            "x:set(row, column, x:get(row, column) + 1)")
        end
        Random[event] = function() fail("M11", "rng is not a number", "a draw, such as rng:normal(x)") end
        Stream[event] = function() fail("M11", "rng is not a number", "a draw, such as rng:normal()") end
      end
    end
    Array.__lt, Array.__le, Array.__concat = Array.__add, Array.__add, Array.__add
    Array.__len = function() fail("M11", "'#' needs one number, but an array has an axis for each letter", "x.H or x.W") end
    Tensor.__name, Mask.__name, Random.__name, Array.__name, Stream.__name = "tensor", "mask", "rng", "array", "rng"

    local function isTraced(...)
      for i = 1, select("#", ...) do
        if type((select(i, ...))) == "userdata" then return true end
      end
      return false
    end

    local function typeName(value)
      local name = type(value) == "userdata" and getmetatable(value).__name or type(value)
      return (name == "nil" or name == "rng") and name or (name == "array" and "an " or "a ") .. name
    end

    -- `x:max(0)` for `math.max(x, 0)`.
    local function methodCall(name, ...)
      local rest, object = {}, false
      for i = 1, select("#", ...) do
        local value = (select(i, ...))
        if type(value) == "userdata" and not object then
          object = true
        else
          rest[#rest + 1] = type(value) == "number" and tostring(value) or "y"
        end
      end
      return "x:" .. name .. "(" .. table.concat(rest, ", ") .. ")"
    end

    for name, plain in pairs(env.math) do
      if type(plain) == "function" then
        env.math[name] = function(...)
          for i = 1, select("#", ...) do
            local value = (select(i, ...))
            if type(value) == "userdata" then
              local kind = typeName(value)
              fail("M11", "math." .. name .. " wants a plain number, got " .. kind,
                kind == "an array" and "math." .. name .. " of x:get(row, column)"
                  or tensorMethods[name] and methodCall(name, ...) or "the tensor's own methods and operators")
            end
          end
          return plain(...)
        end
      end
    end

    -- Elementwise functions of what may be plain or traced.
    local plain = {
      abs = math.abs, exp = math.exp, log = function(v) return math.log(v) end, sqrt = math.sqrt, sin = math.sin,
      cos = math.cos, floor = math.floor, ceil = math.ceil,
      tanh = function(v) local e = math.exp(-2 * math.abs(v)) return (v < 0 and -1 or 1) * (1 - e) / (1 + e) end,
      sigmoid = function(v) return 1 / (1 + math.exp(-v)) end,
      sign = function(v) return v > 0 and 1 or v < 0 and -1 or 0 end,
      round = function(v)
        local low = math.floor(v)
        if v - low == 0.5 then return low % 2 == 0 and low or low + 1 end
        return math.floor(v + 0.5)
      end,
      min = function(a, b) return a < b and a or b end, max = function(a, b) return a > b and a or b end,
      clamp = function(v, low, high) v = v > low and v or low return v < high and v or high end,
    }
    for name, operation in pairs(elementwise) do
      local ofNumbers = plain[name]
      mottle[name] = function(...)
        if isTraced(...) then return operation(...) end
        local count, wanted = select("#", ...), arities[name]
        if count ~= wanted then
          fail("M11", "mottle." .. name .. " takes " .. wanted .. " argument" .. (wanted == 1 and "" or "s") .. ", got " .. count)
        end
        for i = 1, select("#", ...) do
          local argument = (select(i, ...))
          if type(argument) ~= "number" then
            fail("M11", "mottle." .. name .. " wants numbers, got " .. typeName(argument))
          end
        end
        if name == "clamp" then
          local _, low, high = ...
          if not (low <= high) then
            fail("M17", "mottle.clamp wants the lower bound first, got " .. env.tostring(low) .. " and " .. env.tostring(high))
          end
        end
        return ofNumbers(...)
      end
    end

    absent.mottle = {}
    for name, instead in pairs(elsewhere) do
      absent.mottle[name] = { "M17", function() return "'mottle' has no '" .. name .. "'" end, instead }
    end
    for _, name in ipairs { "torch", "np", "numpy", "tf", "jax" } do
      absent[""][name] = {
        "M05", function() return "'" .. name .. "' is not available: a plugin has its sample, p, rng and mottle" end,
        "x's own methods and mottle's functions, which 'mottle plugins docs' lists",
      }
    end
    """#

private let preludeMap = #"""
    local function sameNumber(a, b) return a == b or (a ~= a and b ~= b) end

    local function map(x, f)
      if type(f) ~= "function" then
        fail("M11", "map wants a function, got a " .. type(f), "x:map(function(v) return v * v end)")
      end
      local traced, result = env.pcall(f, x)
      if traced and type(result) == "number" then return host.add(host.zeros(x), result) end
      if traced and type(result) == "userdata" then return host.add(result, 0) end
      -- It runs for plain numbers: the same ones twice must give the same.
      for i = 0, 63 do
        local v = i / 63
        local first, second = f(v), f(v)
        for _, made in ipairs { type(first), type(second) } do
          if made ~= "number" then fail("M13", "map: the function returned a " .. made .. ", not a number") end
        end
        if not sameNumber(first, second) then
          fail("M14", "map: the function is not repeatable: of " .. v .. " it made first " .. first .. ", then " .. second,
            "keep no variable outside the function that it changes")
        end
      end
      return host.mapScript(x, f)
    end
    -- A C frame around it keeps the plugin's line where it says `return x:map(f)`.
    tensorMethods.map = primitives.wrap(map)

    Tensor.__index, Mask.__index, Random.__index = fields(tensorMethods), fields(maskMethods), fields(randomMethods)
    """#

private let preludePartners = #"""
    local partnerMeta = {
      __index = function(_, key)
        if tensorMethods[key] then
          fail("M17", "a partner is a table and has no method '" .. key .. "'", "rng:partner(x).value:" .. key .. "(…)")
        end
        local shown = type(key) == "string" and "'" .. key .. "'" or "field of " .. typeName(key)
        fail("M17", "a partner has no " .. shown .. "; it has value, id and length")
      end,
    }
    local partner = randomMethods.partner
    randomMethods.partner = primitives.wrap(function(...) return setmetatable(partner(...), partnerMeta) end)
    """#

private let preludeArrays = #"""
    -- What a generator with `eager = true` sees of a sample: its memory, and its random numbers in the order of the calls.
    -- Its fields are the same in every sample.
    local arrayFields = { get = primitives.get, set = primitives.set }
    Array.__index = function(self, key)
      local known = arrayFields[key]
      if known == nil then
        known = host.field(self, key)
        arrayFields[key] = known
      end
      return known
    end

    local function wantNumber(value, name)
      if type(value) ~= "number" then
        fail("M11", "rng:" .. name .. " wants plain numbers, got " .. typeName(value),
          "an eager generator draws one number at a time: rng:uniform(low, high), rng:normal(), rng:integer(low, high), rng:bernoulli(q)")
      end
      return value
    end

    local function wantBounds(low, high, name)
      if not (wantNumber(low, name) > -math.huge and wantNumber(high, name) < math.huge) then
        fail("M17", "rng:" .. name .. " wants finite bounds, got " .. env.tostring(low) .. " and " .. env.tostring(high))
      elseif low > high then
        fail("M17", "rng:" .. name .. " wants the lower bound first, got " .. low .. " and " .. high,
          "rng:" .. name .. "(" .. high .. ", " .. low .. ")")
      end
    end

    local function wantNoMore(self, surplus, name, form)
      if not self then fail("M06", name .. " is a method of rng", form) end
      if surplus ~= nil then fail("M11", "rng:" .. name .. " got an argument too many", form) end
    end

    local streamMethods = {
      uniform = function(self, low, high, surplus)
        wantNoMore(self, surplus, "uniform", "rng:uniform() or rng:uniform(low, high)")
        local unit = primitives.draw(0)
        if low == nil then return unit end
        wantBounds(low, high, "uniform")
        return low + unit * (high - low)
      end,
      normal = function(self, surplus)
        wantNoMore(self, surplus, "normal", "mean + deviation * rng:normal()")
        return primitives.draw(1)
      end,
      integer = function(self, low, high, surplus)
        wantNoMore(self, surplus, "integer", "rng:integer(low, high)")
        wantBounds(low, high, "integer")
        if low % 1 ~= 0 or high % 1 ~= 0 then
          fail("M17", "rng:integer wants whole numbers, got " .. low .. " and " .. high)
        end
        return math.min(high, low + math.floor(primitives.draw(0) * (high - low + 1)))
      end,
      bernoulli = function(self, q, surplus)
        wantNoMore(self, surplus, "bernoulli", "rng:bernoulli(q)")
        if not (wantNumber(q, "bernoulli") >= 0 and q <= 1) then
          fail("M17", "rng:bernoulli wants a probability between 0 and 1, got " .. env.tostring(q))
        end
        return primitives.draw(0) < q
      end,
    }
    -- A C frame around each keeps the plugin's line where it says `return rng:uniform(…)`.
    for name, method in pairs(streamMethods) do streamMethods[name] = primitives.wrap(method) end
    Stream.__index = fields(streamMethods)
    """#

private let preludeDeclarations = #"""
    for _, kind in ipairs { "number", "integer", "boolean", "choice", "range", "list" } do
      mottle[kind] = function(declaration) return host.parameter(kind, declaration) end
    end

    -- Reading a parameter that is not declared is a mistake; one that is declared and absent is nil.
    local function withKnownParameters(apply, declared, place)
      local meta = {
        __index = function(_, key)
          if declared[key] then return nil end
          local shown = type(key) == "string" and "'" .. key .. "'" or "a " .. type(key)
          fail("M17", "no parameter " .. shown .. suggest(key, declared))
        end,
      }
      if place == 1 then
        return function(p, x) return apply(setmetatable(p, meta), x) end
      end
      return function(x, p, rng, marks) return apply(x, setmetatable(p, meta), rng, marks) end
    end

    for kind, entry in pairs { noise = "apply", mask = "make", tokens = "apply" } do
      mottle[kind] = function(declaration)
        if type(declaration) == "table" and type(declaration[entry]) == "function" then
          local copy, declared = {}, {}
          for key, value in pairs(declaration) do copy[key] = value end
          for name in pairs(type(copy.params) == "table" and copy.params or {}) do declared[name] = true end
          copy.arity = primitives.arity(copy[entry])
          copy[entry] = withKnownParameters(copy[entry], declared, 2)
          if type(copy.expect) == "function" then copy.expect = withKnownParameters(copy.expect, declared, 1) end
          declaration = copy
        end
        host.register(kind, declaration)
      end
    end
    env.mottle = mottle
    """#
