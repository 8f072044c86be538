import Generators
import Tensors
import Testing

/// Graphs that are deep, wide or empty.
struct GraphSizeTests {
    /// Runs a chain of one plugin over a sample of ones.
    private func run(_ body: String, _ shape: Shape = [2, 3]) throws -> [Float] {
        let item = ChainItem(plugin: try Fixture.noise(body, axes: "N..."), name: "test")
        let chain = try Fixture.trace([item], shape: shape)
        return Fixture.run(chain, [Float](repeating: 1, count: shape.count)).values
    }

    @Test func `40 doublings are 40 operations`() throws {
        #expect(try run("for _ = 1, 40 do x = x + x end return x") == [Float](repeating: 0x1p40, count: 6))
    }

    @Test func `a chain of 15,000 additions compiles`() throws {
        #expect(try run("for _ = 1, 15000 do x = x + 1 end return x") == [Float](repeating: 15_001, count: 6))
    }

    @Test func `diamonds of 6,000 nodes compile, along elements and along samples`() throws {
        // Every turn needs the mean of the turn before: a group of its own for each.
        let body = "local y = x for _ = 1, 3000 do y = (y + 1):max(y - 1) end return y"
        #expect(try run(body) == [Float](repeating: 3001, count: 6))
        let means = "local y = x for _ = 1, 300 do y = y - y:mean() + 1 end return y"
        #expect(try run(means) == [Float](repeating: 1, count: 6))
    }

    @Test(arguments: [[6], [16], [4, 5, 3], []] as [Shape]) func `an unchanged input stays as it is`(
        shape: Shape
    ) throws {
        let item = ChainItem(plugin: try Fixture.noise("return x", axes: "N..."), name: "test")
        let chain = try Fixture.trace([item], shape: shape)
        #expect(Fixture.run(chain, Fixture.sample(shape)).values == Fixture.sample(shape))
    }

    @Test func `a sample of one axis takes every draw of an element`() throws {
        let shape: Shape = [17]
        let body = "return x + rng:normal(x) * rng:uniform('N') - x:mean() + x:std() * mottle.zeros(x):sum()"
        let item = ChainItem(plugin: try Fixture.noise(body, axes: "N..."), name: "test")
        expectEqualBits(try Fixture.trace([item], shape: shape), Fixture.sample(shape))
    }

    @Test(arguments: [[0], [0, 3, 2], [4, 0, 2]] as [Shape]) func `samples without elements stay empty`(
        shape: Shape
    ) throws {
        let bodies = [
            "return x", "return x + rng:normal(x)", "return x - x:mean() + mottle.zeros(x):sum() + x:amax()",
        ]
        for body in bodies { #expect(try run(body, shape) == []) }
        let partial = "return x + x:sum('W') + mottle.zeros('HWC'):sum('H') + x:mean('HC')"
        guard shape.rank == 3 else { return }
        let item = ChainItem(plugin: try Fixture.noise(partial), name: "test")
        #expect(Fixture.run(try Fixture.trace([item], shape: shape), []).values == [])
    }
}

/// What a graph makes simpler when it is built, without changing a bit.
struct GraphFoldingTests {
    @Test func `masks meet along as few axes as they can, and constants drop out`() throws {
        var graph = Graph(shape: [3, 5])
        let row = graph.elementwise(.less, graph.index(0, count: 3), graph.constant(2))
        let column = graph.elementwise(.less, graph.index(1, count: 5), graph.constant(4))
        let other = graph.elementwise(.less, graph.constant(1), graph.index(1, count: 5))
        let both = graph.elementwise(.and, row, column)
        let all = graph.elementwise(.and, both, other)
        let columns = graph.nodes[all].operands.map { graph.nodes[$0].shape }
        #expect(columns == [[3], [1, 5]])
        let (none, some) = (graph.mask(false, shape: [3, 5]), graph.mask(true))
        let left = [graph.elementwise(.or, none, all), graph.elementwise(.and, all, some)]
        #expect(left == [all, all])
        // A constant with more axes stays: the result has its shape.
        let wide = graph.elementwise(.or, row, none)
        #expect(graph.nodes[wide].shape == [3, 5])
    }
}
