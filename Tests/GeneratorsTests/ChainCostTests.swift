import Foundation
import Generators
import LuaRuntime
import Tensors
import Testing

/// What a chain is told to cost before it runs.
struct ChainCostTests {
    private static func cost(_ body: String, _ shape: Shape = [4, 6, 2]) throws -> ChainCost {
        ChainCost(try Fixture.trace([ChainItem(plugin: try Fixture.noise(body), name: "test")], shape: shape))
    }

    @Test func `work grows with elements, kernels and lengths`() throws {
        func work(_ body: String) throws -> Double { try Self.cost(body).work - Self.cost("return x").work }
        let one = try work("return x + rng:uniform({ 'N', 10000 }):mean()")
        #expect((0.9...1.1).contains(try work("return x + rng:uniform({ 'N', 100000 }):mean()") / one / 10))
        let narrow = try work("return x:convolve(rng:uniform { 'N', 3, 3 }, 'HW', 'wrap')")
        #expect(try work("return x:convolve(rng:uniform { 'N', 31, 31 }, 'HW', 'wrap')") > 20 * narrow)
        let smooth = try work("local v = rng:uniform { 'N', 4096 } return x + (v:fft('H')):mean()")
        #expect(try work("local v = rng:uniform { 'N', 4093 } return x + (v:fft('H')):mean()") > 4 * smooth)
    }

    @Test func `what nothing depends on costs nothing`() throws {
        let cost = try Self.cost("local _ = rng:uniform({ 'N', 1 << 24 }):fft('H') return x")
        #expect(cost.work < 1000)
        #expect(cost.memory < 10_000)
    }

    @Test func `memory that is used again counts once, near the limit`() throws {
        // Values of 32 MB each, of which two live at a time.
        func memory(_ count: Int) throws -> Double {
            try Self.cost(
                "local v = rng:uniform { 'N', 1 << 23 } for i = 1, \(count) do v = v:cumsum('H') end return x + v:mean()"
            ).memory
        }
        #expect(try memory(10) > 10 * 0x1p23)
        #expect(try memory(40) > 2 * 0x1p23)
        #expect(try memory(40) < 3 * 0x1p23)
    }

    @Test func `a partner costs all that comes before it, once for each that is nested`() throws {
        let mixup = try Fixture.shipped("plugins/mixup")
        func work(_ count: Int) throws -> Double {
            let items = (0..<count).map { ChainItem(plugin: mixup, name: "mixup#\($0)") }
            return ChainCost(try Fixture.trace(items, shape: [8, 8, 1])).work
        }
        let works = try (0...5).map(work)
        for count in 2...5 {
            #expect(works[count] - works[count - 1] > 1.9 * (works[count - 1] - works[count - 2]))
        }
    }

    @Test func `a large sample may take more than a small one`() {
        #expect(ChainCost.workLimit(for: [28, 28, 1]) == 2e9)
        #expect(ChainCost.workLimit(for: [2048, 2048, 3]) > 4e10)
        #expect(ChainCost.memoryLimit(for: [28, 28, 1]) == 0x1p28)
        #expect(ChainCost.memoryLimit(for: [8192, 8192, 3]) > 3e9)
    }

    @Test(arguments: AllocationSweepTests.plugins) func `a plugin of the library stays far below the limits`(
        name: String
    ) throws {
        let plugin = try Fixture.shipped("plugins/\(name.dropLast(4))")
        let shape: Shape =
            plugin.axes == "NL" ? [160_000] : plugin.axes == "NTF" ? [1000, 80] : [512, 512, 3]
        var item = ChainItem(plugin: plugin, name: plugin.name)
        for parameter in plugin.parameters where parameter.defaultValue == nil && !parameter.isOptional {
            _ = item.set(parameter.name, to: .value(.number(3)))
        }
        let cost = ChainCost(try Fixture.trace([item], shape: shape))
        #expect(cost.work < ChainCost.workLimit(for: shape) / 4)
        #expect(cost.memory < ChainCost.memoryLimit(for: shape) * 0.75)
    }

    @Test func `a generator that takes too long is named with what it would take`() throws {
        let body =
            "local v = rng:uniform { 'N', 1 << 20 } for i = 1, 200 do v = v ^ v end return x + v:mean()"
        let error = #expect(throws: LuaError.self) { try Self.cost(body) }
        #expect(
            error?.description == """
                test.lua:1: error: one sample would take about 4 s of one core; a generator may take 2 s
                Instead: smaller sizes, kernels and windows, or fewer of them
                [M18] in apply of noise 'test'
                """)
        #expect(error?.kind == .time)
    }
}
