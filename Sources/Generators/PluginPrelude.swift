/// The Lua side of what plugins see: the table `mottle` and the metatables of traced values.
///
/// It runs once in every plugin's state, before the plugin, with the plugin's globals, the host's functions, the metatables
/// and the function that raises a host-style error. Every operator leads to a host function; what Lua cannot trace raises
/// with what to write instead.
let pluginPrelude = #"""
    local env, host, classes, fail, suggest = ...
    local Tensor, Mask, Random = classes.Tensor, classes.Mask, classes.Random

    local function set(names) local s = {} for _, name in ipairs(names) do s[name] = host[name] end return s end

    local tensorMethods = set {
      "abs", "exp", "log", "sqrt", "sin", "cos", "tanh", "floor", "ceil", "round", "sign", "min", "max", "clamp",
      "lt", "le", "gt", "ge", "eq", "ne", "sum", "mean", "std", "amin", "amax", "size",
    }
    local maskMethods = set { "any", "all", "count", "size" }
    local randomMethods = set { "uniform", "normal", "bernoulli", "integer" }

    local function fields(methods)
      return function(self, key)
        local method = methods[key]
        if method then return method end
        return host.field(self, key)
      end
    end
    Tensor.__index, Mask.__index, Random.__index = fields(tensorMethods), fields(maskMethods), fields(randomMethods)

    for event, name in pairs {
      __add = "add", __sub = "subtract", __mul = "multiply", __div = "divide", __idiv = "floorDivide", __mod = "modulo",
      __pow = "power", __unm = "negate", __band = "and", __bor = "or", __bnot = "not",
    } do
      Tensor[event], Mask[event] = host[name], host[name]
    end

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
    Tensor.__name, Mask.__name, Random.__name = "tensor", "mask", "rng"

    for name, plain in pairs(env.math) do
      if type(plain) == "function" then
        env.math[name] = function(...)
          for _, argument in ipairs { ... } do
            if type(argument) == "userdata" then
              local method = tensorMethods[name] and ("x:" .. name .. "()") or "the tensor's own methods and operators"
              fail("M11", "math." .. name .. " wants a plain number, got a tensor", method)
            end
          end
          return plain(...)
        end
      end
    end

    local mottle = set { "where", "index", "zeros", "none" }
    mottle.all = host.full  -- a mask that is true everywhere; `all` is a mask's reduction
    for _, kind in ipairs { "number", "integer", "boolean", "choice", "range" } do
      mottle[kind] = function(declaration) return host.parameter(kind, declaration) end
    end

    -- Reading a parameter that is not declared is a mistake; one that is declared and absent is nil.
    local function withKnownParameters(apply, declared)
      local meta = {
        __index = function(_, key)
          if declared[key] then return nil end
          local shown = type(key) == "string" and "'" .. key .. "'" or "a " .. type(key)
          fail("M17", "no parameter " .. shown .. suggest(key, declared))
        end,
      }
      return function(x, p, rng) return apply(x, setmetatable(p, meta), rng) end
    end

    for kind, entry in pairs { noise = "apply", mask = "make" } do
      mottle[kind] = function(declaration)
        if type(declaration) == "table" and type(declaration[entry]) == "function" then
          local copy, declared = {}, {}
          for key, value in pairs(declaration) do copy[key] = value end
          for name in pairs(type(copy.params) == "table" and copy.params or {}) do declared[name] = true end
          copy[entry] = withKnownParameters(copy[entry], declared)
          declaration = copy
        end
        host.register(kind, declaration)
      end
    end
    env.mottle = mottle
    """#
