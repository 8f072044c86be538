import Generators
import LuaRuntime
import Tensors
import Testing

/// Generators whose Lua runs for each sample.
struct ScriptTests {
    private static func eager(
        _ body: String, kind: String = "noise", params: String = "", parameters: String = "x, p, rng"
    ) throws(LuaError) -> Plugin {
        let entry = kind == "mask" ? "make" : "apply"
        return try Plugin(
            source: """
                mottle.\(kind) { name = "test", axes = "NHWC", eager = true, params = { \(params) },
                  \(entry) = function(\(parameters))
                \(body)
                  end }
                """, file: "test.lua")
    }

    private static func run(
        _ plugin: Plugin, _ settings: [String: ParameterSetting] = [:], shape: Shape = [2, 3, 1],
        id: UInt64 = 9,
        epoch: Int = 2
    ) throws -> (values: [Float], mask: [UInt8]?) {
        let chain = try Fixture.trace(
            [ChainItem(plugin: plugin, name: "test", settings: settings)], shape: shape, range: -1...3)
        let result = try Fixture.run(
            chain, (0..<shape.count).map { Float($0) / 4 }, id: id, epoch: epoch, source: nil)
        return (result.values, result.mask)
    }

    @Test func `it reads and writes elements by position`() throws {
        let plugin = try Self.eager(
            """
            for row = 1, x.H do
              for column = 1, x.W do
                x:set(row, column, 1, 10 * row + column + x:get(row, column) + x:get(row, column, 1))
              end
            end
            x:set(2, 3, x.low - x.high)
            """)
        #expect(try Self.run(plugin).values == [11, 12.5, 14, 22.5, 24, -4])
    }

    @Test func `draws are plain numbers by address in the order of the calls`() throws {
        let plugin = try Self.eager(
            "for i = 1, 3 do x:set(1, i, rng:uniform()) x:set(2, i, rng:normal()) end")
        let address = { (name: String) in
            DrawAddress(
                key: DrawAddress.key(seed: 5, path: "chain/test", draw: name), epoch: 2, sample: 9)
        }
        let uniform = (0..<3).map { Self.uniform(address("eager uniform"), $0) }
        let values = try Self.run(plugin).values
        #expect(Array(values[0..<3]) == uniform)
        #expect(try Self.run(plugin, id: 9, epoch: 2).values == values)
        #expect(try Self.run(plugin, id: 10).values != values)
        #expect(try Self.run(plugin, epoch: 3).values != values)
        #expect(values[3..<6].contains { abs($0) > 1e-3 })
    }

    private static func uniform(_ address: DrawAddress, _ element: Int) -> Float {
        Float(address.bits(element) >> 8) / 16_777_216
    }

    @Test func `more draws than are made at a time go on`() throws {
        let plugin = try Self.eager(
            "local sum = 0 for i = 1, 1000 do sum = sum + rng:uniform() end x:set(1, 1, sum) x:set(1, 2, rng:integer(3, 5))"
        )
        let values = try Self.run(plugin).values
        #expect(abs(values[0] - 500) < 45)
        #expect([3, 4, 5].contains(values[1]))
    }

    @Test func `a fourth parameter is the mask`() throws {
        let noise = try Self.eager(
            "x:set(2, 2, 1, 7) hit:set(2, 2, 1, true) if hit:get(1, 1) then error('set already') end",
            parameters: "x, p, rng, hit")
        let changed = try Self.run(noise)
        #expect(changed.values == [0, 0.25, 0.5, 0.75, 7, 1.25])
        #expect(changed.mask == [0, 0, 0, 0, 1, 0])
        let mask = try Self.eager("hidden:set(1, 3, true)", kind: "mask", parameters: "x, p, rng, hidden")
        let hidden = try Self.run(mask)
        #expect(hidden.values == [0, 0.25, 0, 0.75, 1, 1.25])
        #expect(hidden.mask == [0, 0, 1, 0, 0, 0])
    }

    @Test func `parameters are plain numbers, whatever the config gives`() throws {
        let plugin = try Self.eager(
            "for i = 1, p.count do x:set(1, i, p.level) end",
            params: "count = mottle.integer { default = 1 }, level = mottle.number { default = 0.5 }")
        #expect(try Self.run(plugin).values[0] == 2)  // half of a range of 4
        let varying = try Self.run(
            plugin, ["count": .uniform(3, 3), "level": .ramp(from: 0, to: 1, epochs: 4)])
        #expect(varying.values == [2, 2, 2, 0.75, 1, 1.25])
    }

    static let mistakes: [(String, String)] = [
        ("x:get(3, 1)", "test.lua:3: error: position 1 is 3, outside 1 to 2"),
        ("x:get(1, 1, 2)", "test.lua:3: error: position 3 is 2, outside 1 to 1"),
        ("x:get(1.5, 1)", "test.lua:3: error: position 1 is not a whole number"),
        ("x:get('a', 1)", "test.lua:3: error: position 1 is not a whole number"),
        (
            "x:set(1, 1, 'a')",
            "test.lua:3: error: set wants a number as its last argument, behind the positions"
        ),
        ("x.get(1, 1)", "test.lua:3: error: get and set are methods and want a colon"),
        ("x[1] = 2", "test.lua:3: error: arrays are written with set"),
        ("x:map(1)", "test.lua:3: error: arrays have no method 'map'"),
        ("rng:uniform('N')", "test.lua:3: error: rng:uniform wants plain numbers, got a string"),
        (
            "rng:poisson(1)",
            "test.lua:3: error: rng has no method 'poisson'\nInstead: an eager generator draws rng:uniform(), rng:normal(), "
        ),
        ("rng:gaussian()", "test.lua:3: error: rng has no method 'gaussian'\nInstead: rng:normal()\n"),
        (
            "rng:normal(x)",
            "test.lua:3: error: rng:normal got an argument too many\nInstead: mean + deviation"
        ),
        ("rng.uniform()", "test.lua:3: error: uniform is a method of rng\nInstead: rng:uniform() or "),
        ("rng:uniform(x)", "test.lua:3: error: rng:uniform wants plain numbers, got an array\nInstead: "),
        ("rng:integer(5, 1)", "test.lua:3: error: rng:integer wants the lower bound first, got 5 and 1"),
        ("rng:integer(1, 2.5)", "test.lua:3: error: rng:integer wants whole numbers, got 1 and 2.5"),
        ("rng:uniform(0, 1 / 0)", "test.lua:3: error: rng:uniform wants finite bounds, got 0 and inf"),
        (
            "rng:bernoulli(1.5)",
            "test.lua:3: error: rng:bernoulli wants a probability between 0 and 1, got 1.5"
        ),
        ("x:set(1, 1, 0 / 0)", "test.lua:3: error: set wants a finite number"),
        (
            "local y = x * 2",
            "test.lua:3: error: an array is a sample's memory, not a number: an eager generator works on one element at a time\nInstead: x:set(row, column, x:get(row, column) + 1)"
        ),
        ("local y = x < 2", "test.lua:3: error: an array is a sample's memory, not a number"),
        ("local y = #x", "test.lua:3: error: '#' needs one number, but an array has an axis for each letter"),
        ("local y = rng + 1", "test.lua:3: error: rng is not a number"),
        ("math.abs(x)", "test.lua:3: error: math.abs wants a plain number, got an array"),
        ("x:mean()", "test.lua:3: error: arrays have no method 'mean'\nInstead: a loop over x:get("),
        (
            "return x",
            "test.lua:3: error: apply returned an array; an eager generator returns nothing and changes what it got\nInstead: x:set(row, column, value)\n[M13]"
        ),
        ("error('mine')", "test.lua:3: error: mine"),
        ("while true do end", "test.lua:3: error: stopped after"),
        (
            "mottle.index('H')",
            "test.lua:3: error: 'index' is for tensors, and here Lua runs with plain numbers"
        ),
    ]

    @Test(arguments: mistakes.indices)
    func `a mistake names its line, the generator, the sample and the epoch`(place: Int) throws {
        let (body, message) = Self.mistakes[place]
        let plugin = try Self.eager(body)
        let error = #expect(throws: ScriptFailure.self) { try Self.run(plugin) }
        let text = error?.description ?? ""
        #expect(text.hasPrefix(message))
        #expect(text.hasSuffix("while chain/test made sample 9 of epoch 2"))
    }

    @Test func `an array of an earlier sample is dead`() throws {
        let plugin = try Self.eager("if old then old:set(1, 1, 3) end old = x").source
        let kept = try Plugin(source: "local old\n" + plugin, file: "test.lua")
        let chain = try Fixture.trace([ChainItem(plugin: kept, name: "test")], shape: [2, 3, 1])
        let workspace = Workspace(Program(chain), kernels: Fixture.kernelSets[0].noise)
        let (values, made) = (Buffer<Float>(count: 6), Buffer<Float>(count: 6))
        defer { withExtendedLifetime((values, made)) {} }
        func run(_ id: UInt64) throws {
            try workspace.run(
                CleanSample(.floats(values.pointer)), id: id, epoch: 0, values: made.pointer, mask: nil)
        }
        try run(0)
        let error = #expect(throws: ScriptFailure.self) { try run(1) }
        #expect(error?.error.what.hasPrefix("this array belongs to an earlier sample") == true)
        #expect(error?.error.code == "M15")
    }

    @Test func `map is traced where it can be, otherwise Lua runs for every element`() throws {
        func map(_ body: String) throws -> TracedChain {
            let plugin = try Fixture.noise("return x:map(function(v) \(body) end)", axes: "N...")
            return try Fixture.trace([ChainItem(plugin: plugin, name: "test")], shape: [5])
        }
        let values: [Float] = [0.25, 0.5, 0.75, 1, -1]
        let traced = try map("return v * v + 1")
        #expect(traced.graph.scripts.isEmpty && traced.graph.notes.isEmpty)
        #expect(Fixture.run(traced, values).values == values.map { $0 * $0 + 1 })
        let script = try map("if v > 0.5 then return v * 0.5 end return v + 0.125")
        #expect(Fixture.run(script, values).values == [0.375, 0.625, 0.375, 0.5, -0.875])
        #expect(
            script.graph.notes == [
                "test.lua:3: map runs Lua for every element (about 20 million per second and core). "
                    + "mottle.where(x:gt(0.5), a, b) in place of 'if v > 0.5' makes it native."
            ])
        #expect(Fixture.run(try map("return 3"), values).values == [3, 3, 3, 3, 3])
    }

    @Test func `map refuses what is no function of its argument`() throws {
        func error(_ body: String, before: String = "") throws -> String? {
            #expect(throws: LuaError.self) {
                try Fixture.trace(
                    [ChainItem(plugin: try Fixture.noise("\(before) return x:map(\(body))"), name: "test")],
                    shape: [2, 2, 1])
            }?.description
        }
        #expect(
            try error("function(v) n = n + 1 if v > 0 then return n end return v end", before: "local n = 0")?
                .contains(
                    "test.lua:3: error: map: the function is not repeatable: of ") == true)
        #expect(
            try error("function(v) if v > 2 then return v end end")?.hasPrefix(
                "test.lua:3: error: map: the function returned a nil, not a number") == true)
        #expect(try error("3")?.hasPrefix("test.lua:3: error: map wants a function, got a number") == true)
    }
}
