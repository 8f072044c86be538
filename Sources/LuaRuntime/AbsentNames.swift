/// The part of the base prelude that says why a name is not there, by library.
let preludeAbsentNames = #"""
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
    """#
