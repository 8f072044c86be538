import LuaRuntime
import Testing

/// A script and how it must end.
struct Hostile: Sendable, CustomTestStringConvertible {
    var script: String
    var kind: LuaError.Kind
    var line = 1
    var code: String?
    var what: String

    init(_ script: String, _ kind: LuaError.Kind, line: Int = 1, code: String? = nil, _ what: String) {
        (self.script, self.kind, self.line, self.code, self.what) = (script, kind, line, code, what)
    }

    var testDescription: String { String(script.prefix(80)) }
}

private let spent = "stopped after 20,000,000 instructions."
private let metatables =
    " is not available in plugins: it can outlive the time and memory limits. Plain tables and functions work."
private let noOutside = " is not available. Mottle scripts have no files, processes, network or clock."
private let noPattern = " is not available (it can run for ever); string.sub and string.byte are."
private let compiled =
    " is not available in plugins: text that becomes code has no line to report. Plain functions work."
/// `#t` is 2^62: keys that a constructor puts into a table's hash part, where its length is searched by doubling.
private let fakedLength = "local t = { " + (0...62).map { "[1 << \($0)] = 1, " }.joined() + "} "
private let onePiece = "asked for more than 4 MB in one piece."
private let endless = "functions call each other without end: their calls fill more than 4 MB."

private let timeBombs: [Hostile] = [
    Hostile("while true do end", .time, code: "M18", spent),
    Hostile("repeat until false", .time, code: "M18", spent),
    Hostile("::again:: goto again", .time, code: "M18", spent),
    Hostile("for i = 1, math.huge do end", .time, code: "M18", spent),
    Hostile("local function f() return f() end\nf()", .time, code: "M18", spent),
    Hostile("local function f() pcall(f) pcall(f) end\nf()", .time, code: "M18", spent),
    Hostile("while true do pcall(function() while true do end end) end", .time, code: "M18", spent),
    Hostile("pcall(function()\n while true do end end)\nerror('mine')", .time, line: 2, code: "M18", spent),
    Hostile("pcall(pcall, pcall, function() while true do end end)", .time, code: "M18", spent),
    Hostile("table.sort({3, 1, 2}, function() while true do end end)", .time, code: "M18", spent),
    Hostile("local s = {}\nwhile true do s[1] = ('ab'):rep(1000) end", .time, line: 2, code: "M18", spent),
    Hostile(
        "local t = {1, 2}\nwhile true do for k in pairs(t) do end end", .time, line: 2, code: "M18", spent),
    Hostile("while true do string.format('%d %s', 1, {}) end", .time, code: "M18", spent),
]

/// One instruction of these costs milliseconds: the clock stops them, at a line that is always the same.
private let slowInstructions: [Hostile] = [
    Hostile(
        "local s = '0x' .. ('0'):rep(999990)\nwhile true do local x = s + 1 end", .time, line: 2,
        "stopped after"),
    Hostile("local s = ('ab'):rep(500000)\nwhile true do s:upper() end", .time, line: 2, "stopped after"),
    Hostile(
        "local s = ('1'):rep(1000000)\nwhile true do tonumber(s, 7) end", .time, line: 2, "stopped after"),
    Hostile(
        "local s = ('ab'):rep(500000)\nwhile true do local x = s .. 'y' < s .. 'x' end", .time, line: 2,
        "stopped"),
    Hostile(
        "local s = ('1'):rep(999999)\nwhile true do local x = s + 1 end", .time, line: 2, "stopped after"),
]

private let memoryBombs: [Hostile] = [
    Hostile("local s = 'x'\nwhile true do s = s .. s end", .memory, line: 2, code: "M18", onePiece),
    Hostile("local t = {}\nfor i = 1, 1e9 do t[i] = i end", .memory, line: 2, code: "M18", onePiece),
    Hostile(
        "local t\nwhile true do t = { t, t, t, t } end", .memory, line: 2, code: "M18",
        "used more than 32 MB."),
    Hostile(
        "while true do pcall(function()\nlocal t while true do t = { t } end end) end", .memory, line: 2,
        code: "M18", "used more than 32 MB."),
    Hostile(
        "pcall(function() local s = 'x'\nwhile true do s = s .. s end end)\nerror('mine')", .memory, line: 2,
        code: "M18", onePiece),
    Hostile(
        "local t = {}\nfor i = 1, 100 do t[i] = ('x'):rep(900000 + i) end", .memory, line: 2, code: "M18",
        "used more than 32 MB."),
    Hostile(
        "local s = ('x'):rep(1000000)\nlocal x = table.concat({ s, s, s, s, s })", .memory, line: 2,
        code: "M18",
        onePiece),
    Hostile("local function f()\n  return 1 + f() end\nf()", .memory, line: 2, code: "M18", endless),
    Hostile("string.byte(('x'):rep(1000000), 1, -1)", .script, "stack overflow (string slice too long)"),
    Hostile(
        "string.rep('x', 1000000000)", .script, "string.rep: the result would be longer than 1,000,000 bytes"),
    Hostile(
        "string.rep('x', 1 << 62)", .script, "string.rep: the result would be longer than 1,000,000 bytes"),
    Hostile(
        "string.rep('', 1 << 62, 'x')", .script, "string.rep: the result would be longer than 1,000,000 bytes"
    ),
]

private let endlessLibraryCalls: [Hostile] = [
    Hostile(
        "table.move({}, 1, math.maxinteger, 1, {})", .script,
        "bad argument #3 to 'move' (more than 1,000,000 elements)"),
    Hostile(
        fakedLength + "table.insert(t, 1, 0)", .script,
        "bad argument #1 to 'insert' (more than 1,000,000 elements)"),
    Hostile(
        fakedLength + "table.remove(t, 1)", .script,
        "bad argument #1 to 'remove' (more than 1,000,000 elements)"),
    Hostile(
        fakedLength + "table.concat(t)", .script, "bad argument #1 to 'concat' (more than 1,000,000 elements)"
    ),
    Hostile(
        fakedLength + "table.sort(t)", .script, "bad argument #1 to 'sort' (more than 1,000,000 elements)"),
    Hostile(
        fakedLength + "table.unpack(t)", .script, "bad argument #1 to 'unpack' (more than 1,000,000 elements)"
    ),
    Hostile(
        "table.concat({}, '', 1, math.maxinteger)", .script,
        "bad argument #4 to 'concat' (more than 1,000,000 elements)"),
    Hostile(
        "table.concat({}, '', math.mininteger, math.maxinteger)", .script,
        "bad argument #4 to 'concat' (more than 1,000,000 elements)"),
    Hostile("table.unpack({}, 1, 4097)", .script, "table.unpack: more than 4,096 results"),
    Hostile(
        "table.unpack({}, math.mininteger, math.maxinteger)", .script, "table.unpack: more than 4,096 results"
    ),
    Hostile("('x'):rep(30):find(('x?'):rep(30))", .script, code: "M19", "string.find" + noPattern),
    Hostile("('x'):match('.-b')", .script, code: "M19", "string.match" + noPattern),
    Hostile("for _ in ('x'):gmatch('') do end", .script, code: "M19", "string.gmatch" + noPattern),
    Hostile("string.gsub('x', '.', error)", .script, code: "M19", "string.gsub" + noPattern),
]

private let escapes: [Hostile] = [
    Hostile(
        "local function loop() while true do end end xpcall(loop, loop)", .script, code: "M19",
        "xpcall" + metatables),
    Hostile(
        "setmetatable({}, { __gc = function() while true do end end })", .script, code: "M19",
        "setmetatable" + metatables),
    Hostile("getmetatable('').__index = nil", .script, code: "M19", "getmetatable" + metatables),
    Hostile("coroutine.wrap(function() end)()", .script, code: "M19", "coroutine" + metatables),
    Hostile("rawset(math, 'pi', 3)", .script, code: "M19", "rawset" + metatables),
    Hostile("rawget(math, 'random')", .script, code: "M19", "rawget" + metatables),
    Hostile("collectgarbage('stop')", .script, code: "M19", "collectgarbage" + metatables),
    Hostile("debug.sethook()", .script, code: "M19", "debug" + metatables),
    Hostile("load('x = 1')", .script, code: "M19", "load" + compiled),
    Hostile("string.dump(function() end)", .script, code: "M19", "string.dump" + compiled),
    Hostile("local d = ('').dump", .script, code: "M19", "string.dump" + compiled),
    Hostile("next({})", .script, code: "M19", "next is not available: its order differs from run to run."),
    Hostile("utf8.char(65)", .script, code: "M19", "utf8 is not available; string.byte and string.sub are."),
    Hostile(
        "string.format('%p', {})", .script, code: "M19",
        "string.format: %p is not available: addresses differ from run to run."),
    Hostile("os.execute('true')", .script, code: "M05", "'os'" + noOutside),
    Hostile("io.open('/etc/passwd')", .script, code: "M05", "'io'" + noOutside),
    Hostile("require 'os'", .script, code: "M05", "'require'" + noOutside),
    Hostile("dofile('x')", .script, code: "M05", "'dofile'" + noOutside),
    Hostile("package.loadlib('x', 'y')", .script, code: "M05", "'package'" + noOutside),
    Hostile("print('x')", .script, code: "M05", "print is not available: plugins have no output."),
    Hostile("_G.x = 1", .script, code: "M05", "undefined variable '_G'"),
    Hostile(
        "math.random()", .script, code: "M06",
        "math.random is not available, because its numbers cannot be repeated."),
    Hostile(
        "_ENV.x = 1", .script, code: "M04",
        "cannot create global 'x'. Globals would be shared between calls and make results depend on order."),
    Hostile("pcall = error", .script, code: "M04", "cannot change global 'pcall'."),
    Hostile("math.floor = nil", .script, code: "M04", "cannot change 'floor' of 'math'."),
    Hostile("table.insert(string, 1)", .script, code: "M04", "cannot change a number of 'string'."),
    Hostile("math[{}] = 1", .script, code: "M04", "cannot change a table of 'math'."),
    Hostile("local _ENV = nil; x()", .script, "attempt to index a nil value (local '_ENV')"),
    Hostile("local f <close> = {}", .script, "variable 'f' got a non-closable value"),
]

private let oddErrors: [Hostile] = [
    Hostile("error()", .script, "the script raised a nil value; error wants a string"),
    Hostile("error({ 'x' })", .script, "the script raised a table value; error wants a string"),
    Hostile("error(42)", .script, "the script raised a number value; error wants a string"),
    Hostile("error(error)", .script, "the script raised a function value; error wants a string"),
    Hostile("error(false)", .script, "the script raised a boolean value; error wants a string"),
    Hostile(
        "error(('x'):rep(1000000))", .script, String(repeating: "x", count: 4096)),
    Hostile("local function f()\nerror('blame', 2)\nend\nf()", .script, line: 4, "blame"),
    Hostile("local ok, e = pcall(function()\nerror('first') end)\nerror(e, 0)", .script, line: 2, "first"),
    Hostile("error('bare', 0)", .script, "bare"),
    Hostile("assert(false)", .script, "assertion failed!"),
    Hostile("assert(nil, 'told')", .script, "told"),
    Hostile(
        "pairs({ [{}] = 1 })", .script, code: "M16",
        "pairs: a key is a table; only string and number keys have an order that is the same in every run."),
    Hostile("pairs()", .script, "bad argument #1 to 'pairs' (table expected, got nil)"),
    Hostile("local x = sigme", .script, code: "M05", "undefined variable 'sigme'"),
    Hostile("local x = maths", .script, code: "M05", "undefined variable 'maths' (did you mean 'math'?)"),
    Hostile("math.flor(1)", .script, code: "M17", "'math' has no 'flor' (did you mean 'floor'?)"),
    Hostile("('x'):uper()", .script, code: "M17", "'string' has no 'uper' (did you mean 'upper'?)"),
    Hostile("table.sort({ 3, 'x' })", .script, "attempt to compare string with number"),
    Hostile("table.sort({}, 5)", .script, "bad argument #2 to 'sort' (function expected, got number)"),
    Hostile("table.insert({}, 5, 1)", .script, "bad argument #2 to 'insert' (position out of bounds)"),
    Hostile("table.insert({})", .script, "wrong number of arguments to 'insert'"),
    Hostile("table.remove({ 1 }, 7)", .script, "bad argument #2 to 'remove' (position out of bounds)"),
    Hostile("table.concat({ {} })", .script, "invalid value (table) at index 1 in table for 'concat'"),
    Hostile("return table.concat({ {} })", .script, "invalid value (table) at index 1 in table for 'concat'"),
    Hostile("('%s'):format()", .script, "bad argument #2 to 'format' (no value)"),
    Hostile("('%y'):format(1)", .script, "invalid conversion '%y' to 'format'"),
    Hostile("('x'):rep(0.5)", .script, "bad argument #2 to 'rep' (number has no integer representation)"),
    Hostile("local t = {} t[0/0] = 1", .script, "table index is NaN"),
    Hostile("for i = 1, 2, 0 do end", .script, "'for' step is zero"),
    Hostile("local x = 1 // 0", .script, "attempt to divide by zero"),
    Hostile("select(0)", .script, "bad argument #1 to 'select' (index out of range)"),
    Hostile("pcall()", .script, "bad argument #1 to 'pcall' (value expected)"),
]

private let sources: [Hostile] = [
    Hostile("local x = = 1", .load, "unexpected symbol near '='"),
    Hostile("local x = 1\nlocal s = 'open\n", .load, line: 2, "unfinished string near ''open'"),
    Hostile("goto nowhere", .load, "no visible label 'nowhere' for <goto> at line 1"),
    Hostile("if true then\n\n", .load, line: 3, "'end' expected (to close 'if' at line 1) near <eof>"),
    Hostile("local x = " + String(repeating: "(", count: 300), .load, "C stack overflow"),
    Hostile("local x = " + String(repeating: "{", count: 300), .load, "C stack overflow"),
    Hostile("local x = " + String(repeating: "- ", count: 250) + "1", .load, "C stack overflow"),
    Hostile(String(repeating: "do ", count: 300), .load, "C stack overflow"),
    Hostile("\u{1b}Lua", .load, line: 0, code: "M20", "this is compiled Lua; plugins must be source text."),
    Hostile(
        String(repeating: " ", count: 70_002), .load, line: 0, code: "M20",
        "70,002 bytes; plugins may have 65,536."),
    Hostile(
        "local t = {}\nreturn t" + String(repeating: ".t", count: 31_000) + ".y.z", .load, line: 2,
        code: "M20",
        "more than 64 fields in a row."),
    Hostile(
        "local a\nreturn a" + String(repeating: " or a", count: 12_000), .load, line: 2, code: "M20",
        "more than 256 operators in a row."),
]

@Suite struct `Hostile scripts` {
    @Test(
        arguments: timeBombs + slowInstructions + memoryBombs + endlessLibraryCalls + escapes + oddErrors
            + sources)
    func `a hostile script ends with the right error`(hostile: Hostile) throws {
        // Where instructions are to stop a script, a slow machine must not stop it first.
        var limits = LuaLimits()
        if hostile.code == "M18" { limits.seconds = 60 }
        let error = try #require(try outcome(of: hostile.script, limits: limits))
        #expect(error.kind == hostile.kind)
        #expect(error.line == hostile.line)
        if hostile.what.hasPrefix("stopped") && hostile.code == nil {
            #expect(error.what.hasPrefix(hostile.what))
        } else {
            #expect(error.code == hostile.code)
            #expect(error.what.split(separator: "\n").first ?? "" == hostile.what)
        }
    }

    @Test(arguments: [
        "string.rep('', 1 << 62)", "local function f() pcall(f) end f()",
        "local t = {} for i = 1, 1e5 do t[i] = i end",
        "local ok = pcall(error, { 1 }) assert(not ok)",
        "assert(tostring({}) == 'table' and tostring(0/0) == 'nan')",
        "assert(select('#', table.unpack({}, 1, 4096)) == 4096)", "local x <const> = 5 assert(x == 5)",
        "assert(not pcall(function() return nil + 1 end))",
        "assert(('%5.1f|%s|%d%%'):format(1.25, {}, 7) == '  1.2|table|7%')",
    ])
    func `a harmless script that looks hostile runs to its end`(script: String) throws {
        #expect(try outcome(of: script) == nil)
    }

    @Test func `quadratic gotos of 60 KB compile within the time limit`() throws {
        let script = "do " + (0..<3000).map { "goto a\($0) ::a\($0)::" }.joined(separator: " ") + " end"
        #expect(try outcome(of: script) == nil)
    }

    @Test func `a state is usable after each kind of stop`() throws {
        let state = try LuaState()
        for script in [
            "while true do end", "local s = 'x' while true do s = s .. s end", "error()", "x = = 1",
        ] {
            #expect(try outcome(of: script, in: state) != nil)
            #expect(try outcome(of: "local t = {} for i = 1, 1000 do t[i] = { i } end", in: state) == nil)
        }
    }
}
