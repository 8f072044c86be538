import LuaRuntime
import Tensors
import VectorKernels

/// What one use of a plugin in a chain is about; everything that its draws' addresses need is here.
package struct TraceContext: Sendable {
    package var seed: UInt64
    /// The generator's path, for instance `chain/gaussian#2`.
    package var path: String
    /// The data's declared range of values.
    package var range: ClosedRange<Float>

    package init(seed: UInt64, path: String, range: ClosedRange<Float>) {
        (self.seed, self.path, self.range) = (seed, path, range)
    }

    func key(_ draw: String) -> UInt64 { DrawAddress.key(seed: seed, path: path, draw: draw) }
}

/// Records what a plugin's function does to the symbols that it is called with, as nodes of a graph.
///
/// One belongs to each plugin's state, whose host functions write into it while `apply` or `make` runs. Lua sees nodes as
/// objects of the classes `Tensor` and `Mask`, and `rng` as the only object of `Random`.
final class Tracer {
    static let classes = ["Tensor", "Mask", "Random"]
    /// Nodes that one call may record; a trace takes tens.
    static let nodeLimit = 20_000

    var graph = Graph(shape: [])
    private(set) var context = TraceContext(seed: 0, path: "", range: 0...1)
    /// For each axis letter of the plugin its place in the sample's shape; nil for the trailing `C` that a shape without
    /// channels lacks.
    private var axisPlaces: [Character: Int?] = [:]
    /// The plugin's axes as it declares them.
    private var declaredAxes = ""
    private var generation: UInt32 = 0
    private var draws = 0
    private var namedDraws: [String: Int] = [:]
    private var firstNode = 0
    private(set) var isTracing = false

    /// Starts a call; objects of earlier calls are dead from here on.
    func begin(_ graph: Graph, _ context: TraceContext, axes: String, places: [Character: Int?]) {
        (self.graph, self.context, declaredAxes, axisPlaces) = (graph, context, axes, places)
        generation &+= 1
        (draws, namedDraws, firstNode, isTracing) = (0, [:], graph.nodes.count, true)
    }

    func end() -> Graph {
        isTracing = false
        return graph
    }

    // MARK: Objects and nodes

    /// What the script holds of a node.
    func symbol(_ node: NodeID) -> LuaValue {
        .object(
            LuaObject(
                type: graph.nodes[node].type == .number ? 0 : 1, id: UInt32(node), generation: generation))
    }

    /// What an operation gives the script: its node, unless the call has recorded too many.
    func object(_ node: NodeID) throws(LuaHostError) -> LuaValue {
        guard graph.nodes.count - firstNode <= Self.nodeLimit else {
            throw LuaHostError(
                code: "M18", what: "more than \(Self.nodeLimit) operations in one trace",
                instead: "tensor operations work on all elements at once; a loop over pixels is not needed")
        }
        return symbol(node)
    }

    var random: LuaValue { .object(LuaObject(type: 2, id: 0, generation: generation)) }

    /// The node behind an object.
    func node(_ object: LuaObject) throws(LuaHostError) -> NodeID {
        guard object.generation == generation else {
            throw LuaHostError(
                code: "M15", what: "this tensor belongs to an earlier call and has no data any more",
                instead: "don't keep tensors in variables outside the function")
        }
        return Int(object.id)
    }

    /// A number: a traced one, or a plain one as a constant.
    func number(_ value: LuaValue, for action: String) throws(LuaHostError) -> NodeID {
        switch value {
        case .integer(let plain): return graph.constant(Float(plain))
        case .number(let plain): return graph.constant(Float(plain))
        case .object(let object) where object.type == 0: return try node(object)
        case .object(let object) where object.type == 1:
            throw LuaHostError(
                code: "M11", what: "\(action) wants numbers, got a mask", instead: "mottle.where(mask, 1, 0)")
        default: throw LuaHostError(code: "M11", what: "\(action) wants numbers, got \(name(of: value))")
        }
    }

    func mask(_ value: LuaValue, for action: String) throws(LuaHostError) -> NodeID {
        switch value {
        case .object(let object) where object.type == 1: return try node(object)
        case .boolean(let plain): return graph.mask(plain)
        case .object(let object) where object.type == 0:
            throw LuaHostError(
                code: "M11", what: "\(action) wants a mask, got a tensor of numbers", instead: "x:gt(0.5)")
        default: throw LuaHostError(code: "M11", what: "\(action) wants a mask, got \(name(of: value))")
        }
    }

    func plain(_ value: LuaValue, for action: String) throws(LuaHostError) -> Double {
        switch value {
        case .integer(let plain): return Double(plain)
        case .number(let plain): return plain
        default:
            throw LuaHostError(code: "M11", what: "\(action) wants a plain number, got \(name(of: value))")
        }
    }

    func name(of value: LuaValue) -> String {
        switch value {
        case .none: "nil"
        case .boolean: "a boolean"
        case .integer, .number: "a number"
        case .string: "a string"
        case .table: "a table"
        case .function: "a function"
        case .object(let object): ["a tensor", "a mask", "rng"][object.type]
        }
    }

    // MARK: Axes

    /// The axes that a string of letters or a value shaped like it names; `N`, the batch, is implied.
    ///
    /// - Parameter batch: true if the letters must start with N.
    func axes(_ value: LuaValue, for action: String, batch: Bool) throws(LuaHostError) -> AxisSet {
        switch value {
        case .object(let object) where object.type < 2: return graph.nodes[try node(object)].axes
        case .string(let letters):
            if batch && letters.first != "N" {
                throw LuaHostError(
                    code: "M12",
                    what:
                        "\(action): the axes must start with N, since every sample has its own, got '\(letters)'",
                    instead: "\"N\(letters)\"")
            }
            var axes: AxisSet = []
            for letter in letters where letter != "N" {
                if let place = try place(letter, in: letters), graph.shape[place] != 1 {
                    axes.insert(.axis(place))
                }
            }
            return axes
        default:
            throw LuaHostError(
                code: "M12",
                what: "\(action) wants axes, as letters or as a tensor of that shape, got \(name(of: value))",
                instead: "\"N\" for one value a sample, x for one an element")
        }
    }

    /// The place of one axis in the sample's shape, nil for channels that the sample does not have.
    func place(_ letter: Character, in letters: String) throws(LuaHostError) -> Int? {
        guard let place = axisPlaces[letter] else {
            throw LuaHostError(
                code: "M12",
                what: "unknown axis '\(letter)'" + (letters.count > 1 ? " in '\(letters)'" : "")
                    + "; this generator's axes are '\(declaredAxes)'")
        }
        return place
    }

    func size(_ letter: Character) throws(LuaHostError) -> Int {
        if letter == "N" {
            throw LuaHostError(
                code: "M10",
                what: "the batch has no size here: what happens to a sample never depends on its neighbours")
        }
        return try place(letter, in: String(letter)).map { graph.shape[$0] } ?? 1
    }

    // MARK: Draws

    /// The key of the next draw, or of one with a name of its own.
    func key(named name: String?, line: Int) throws(LuaHostError) -> UInt64 {
        guard let name else {
            draws += 1
            return context.key("draw \(draws)")
        }
        if let earlier = namedDraws.updateValue(line, forKey: name) {
            throw LuaHostError(
                code: "M06",
                what:
                    "the draw '\(name)' was made before, in line \(earlier); the same name is the same numbers",
                instead: "a name of its own for each draw")
        }
        return context.key("draw named \(name)")
    }
}
