import LuaRuntime
import Testing

@Suite struct Determinism {
    @Test func `pairs goes through numbers, then strings by their bytes`() throws {
        let source = """
            local t = { b = 1, a = 2, B = 3, [10] = 4, [-1.5] = 5, 'one', 'two', aa = 6 }
            for key, value in pairs(t) do keep(key, value) end
            """
        #expect(
            try kept(by: source) == [
                .number(-1.5), .integer(5), .integer(1), .string("one"), .integer(2), .string("two"),
                .integer(10),
                .integer(4), .string("B"), .integer(3), .string("a"), .integer(2), .string("aa"), .integer(6),
                .string("b"), .integer(1),
            ])
    }

    @Test func `pairs leaves out what the loop removes`() throws {
        let source = "local t = { a = 1, b = 2, c = 3 } for k in pairs(t) do t.b = nil t.d = 4 keep(k) end"
        #expect(try kept(by: source) == [.string("a"), .string("c")])
    }

    @Test(arguments: 0...17)
    func `sort is stable at every length`(count: Int) throws {
        let source = """
            local list = {}
            for i = 1, \(count) do list[i] = { key = (i * 7) % 5, place = i } end
            table.sort(list, function(a, b) return a.key < b.key end)
            for _, item in ipairs(list) do keep(item.key, item.place) end
            """
        let pairs = (0..<count).map { [($0 + 1) * 7 % 5, $0 + 1] }
        let expected = pairs.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }.flatMap { $0 }
        #expect(try kept(by: source) == expected.map(LuaValue.integer))
    }

    @Test func `sort without a function sorts upwards`() throws {
        let source = "local t = { 3, 1.5, 2, -4 } table.sort(t) keep(table.unpack(t))"
        #expect(try kept(by: source) == [.integer(-4), .number(1.5), .integer(2), .integer(3)])
    }

    @Test func `the table functions do what Lua's do`() throws {
        let source = """
            local t = { 1, 2, 3 }
            table.insert(t, 4) table.insert(t, 1, 0) keep(table.concat(t, ','))
            keep(table.remove(t), table.remove(t, 1), table.remove({})) keep(table.concat(t, ','))
            keep(table.concat(table.move({ 1, 2, 3 }, 2, 3, 1), ','), table.concat(table.move({ 1, 2, 3 }, 1, 3, 2), ','))
            keep(table.concat(table.move({ 7, 8 }, 1, 2, 2, { 5 }), ','), table.concat({ 1, 2, 3 }, '-', 2, 3))
            keep(table.unpack({ 1, 2, 3 }, 2)) keep(#t, ('ab'):rep(3, '.'), ('x'):rep(-1))
            """
        let texts = [
            "0,1,2,3,4", "4", "0", "nil", "1,2,3", "2,3,3", "1,1,2,3", "5,7,8", "2-3", "2", "3", "3",
            "ab.ab.ab", "",
        ]
        let found = try kept(by: source).map { value in
            switch value {
            case .integer(let integer): "\(integer)"
            case .string(let string): string
            default: "nil"
            }
        }
        #expect(found == texts)
    }

    @Test func `two states use the same instructions for the same script`() throws {
        let source =
            "local t = {} for i = 1, 5000 do t['k' .. i] = i end for k, v in pairs(t) do t[k] = nil end"
        let used = try (0..<2).map { _ in
            let state = try LuaState()
            try state.run(source, file: "x.lua")
            return state.usage.instructions
        }
        #expect(used[0] == used[1])
        #expect(used[0] > 50_000)
    }
}
