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
    /// The places of the mixings that its input went through.
    package var mixings: [Int] = []

    package init(seed: UInt64, path: String, range: ClosedRange<Float>, mixings: [Int] = []) {
        (self.seed, self.path, self.range, self.mixings) = (seed, path, range, mixings)
    }

    func key(_ draw: String) -> UInt64 { DrawAddress.key(seed: seed, path: path, draw: draw) }
}

/// Records what a plugin's function does to the symbols that it is called with, as nodes of a graph.
///
/// One belongs to each plugin's state, whose host functions write into it while `apply` or `make` runs. Lua sees nodes as
/// objects of the classes `Tensor` and `Mask`, and `rng` as the only object of `Random`. A script that runs for each
/// sample sees the sample's memory as objects of `Array` and its draws as the only object of `Stream`.
final class Tracer {
    static let classes = ["Tensor", "Mask", "Random", "Array", "Stream"]
    enum ObjectType: Int { case tensor, mask, random, array, stream }

    /// Nodes that one call may record; a trace takes tens.
    static let nodeLimit = 20_000
    /// Elements that one value may have for one sample, unless the sample itself has more.
    static let elementLimit = 1 << 24
    /// Axes that a sample and a list of sizes may have.
    static let axisLimit = 8

    var graph = Graph(shape: [])
    private(set) var context = TraceContext(seed: 0, path: "", range: 0...1)
    /// For each axis letter of the plugin its place in the sample's shape.
    private var axisPlaces: [Character: Int] = [:]
    /// The plugin's axes as it declares them.
    private var declaredAxes = ""
    private var generation: UInt32 = 0
    var currentGeneration: UInt32 { generation }
    private var draws = 0
    private var namedDraws: [String: Int] = [:]
    private var firstNode = 0
    /// The node that the generator got.
    private(set) var input = 0
    private(set) var isTracing = false
    /// Whether a script runs with plain numbers: an eager generator, a function of `map`, or `expect`.
    private(set) var isScript = false
    /// Functions given to `map` that Lua runs for every element, in the order of the calls.
    var mapFunctions: [LuaFunction] = []
    /// What `map` calls of: set while a chain is traced.
    var script: ScriptCall?

    /// Starts a call; objects of earlier calls are dead from here on.
    func begin(
        _ graph: Graph, input: NodeID, _ context: TraceContext, axes: String, places: [Character: Int]
    ) {
        (self.graph, self.input) = (graph, input)
        prepare(context, axes: axes, places: places)
        (draws, namedDraws, firstNode) = (0, [:], graph.nodes.count)
        (isTracing, isScript) = (true, false)
        mapFunctions = []
    }

    /// Starts a call of a script that runs for each sample.
    func beginScript(_ shape: Shape, _ context: TraceContext, axes: String, places: [Character: Int]) {
        graph = Graph(shape: shape)
        isScript = true
        prepare(context, axes: axes, places: places)
    }

    private func prepare(_ context: TraceContext, axes: String, places: [Character: Int]) {
        (self.context, declaredAxes, axisPlaces) = (context, axes, places)
        generation &+= 1
    }

    func end() -> Graph {
        (isTracing, isScript) = (false, true)
        return graph
    }

    // MARK: Objects and nodes

    /// What the script holds of a node.
    func symbol(_ node: NodeID) -> LuaValue {
        object(graph.nodes[node].type == .number ? .tensor : .mask, id: node)
    }

    func object(_ type: ObjectType, id: Int = 0) -> LuaValue {
        .object(LuaObject(type: type.rawValue, id: UInt32(id), generation: generation))
    }

    /// What an operation gives the script: its node, unless the call has recorded too much.
    func object(_ node: NodeID) throws(LuaHostError) -> LuaValue {
        try checkNodes()
        return symbol(node)
    }

    /// Refuses a call that has recorded too much. Called before each operation too, so that a script whose `pcall` holds the
    /// error records no more, and within those that record many nodes.
    func checkNodes() throws(LuaHostError) {
        guard graph.nodes.count - firstNode <= Self.nodeLimit else {
            throw LuaHostError(
                code: "M18", what: "more than \(Self.nodeLimit) operations in one trace",
                instead: "tensor operations work on all elements at once; a loop over pixels is not needed")
        }
    }

    var random: LuaValue { object(.random) }

    /// Whether a script's value is an object of a class.
    func isObject(_ value: LuaValue, _ type: ObjectType) -> Bool {
        if case .object(let object) = value { object.type == type.rawValue } else { false }
    }

    /// The node behind an object.
    func node(_ object: LuaObject) throws(LuaHostError) -> NodeID {
        guard object.generation == generation, object.type <= ObjectType.mask.rawValue else {
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
        case .number: return graph.constant(Float(try plain(value, for: action)))
        case .object(let object) where object.type == 0: return try node(object)
        case .object(let object) where object.type == 1:
            throw LuaHostError(
                code: "M11", what: "\(action) wants numbers, got a mask", instead: "mottle.where(mask, 1, 0)")
        default:
            throw LuaHostError(
                code: "M11", what: "\(action) wants numbers, got \(name(of: value))",
                instead: hint(for: value))
        }
    }

    /// What to write instead of something that is no value.
    private func hint(for value: LuaValue) -> String? {
        switch value {
        case .table(let list, _) where !list.isEmpty: "mottle.constant { … } makes a value of plain numbers"
        case .table: "one of its fields, such as p.sigma or rng:partner(x).value"
        case .function: "brackets behind the name call it: x:mean()"
        case .boolean: "mottle.where(flag, 1, 0)"
        case .object(let object) where object.type == ObjectType.random.rawValue:
            "a draw, such as rng:normal(x)"
        default: nil
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

    /// A tensor or a mask.
    func value(_ value: LuaValue, for action: String) throws(LuaHostError) -> NodeID {
        isObject(value, .mask) ? try mask(value, for: action) : try number(value, for: action)
    }

    func plain(_ value: LuaValue, for action: String) throws(LuaHostError) -> Double {
        guard let plain = value.plainNumber else {
            throw LuaHostError(code: "M11", what: "\(action) wants a plain number, got \(name(of: value))")
        }
        guard !plain.isNaN else {
            throw LuaHostError(
                code: "M17", what: "\(action): the plain number is nan, and so would every result be",
                instead: "a look at how the script computes it, such as 0 / 0 or math.sqrt(-1)")
        }
        return plain
    }

    /// Refuses a plain number that is not finite; a traced one has no value yet.
    func checkFinite(_ value: LuaValue, for action: String, _ what: String = "numbers") throws(LuaHostError) {
        guard let plain = value.plainNumber, !plain.isFinite else { return }
        throw LuaHostError(code: "M17", what: "\(action) wants finite \(what), got \(formatted(plain))")
    }

    /// Refuses plain bounds that nothing lies between.
    func checkBounds(
        _ low: LuaValue, _ high: LuaValue, for action: String, instead: (String, String) -> String
    )
        throws(LuaHostError)
    {
        guard let low = low.plainNumber, let high = high.plainNumber, low > high else { return }
        throw LuaHostError(
            code: "M17",
            what: "\(action) wants the lower bound first, got \(formatted(low)) and \(formatted(high))",
            instead: instead(formatted(high), formatted(low)))
    }

    /// A plain whole number in a range.
    func whole(_ value: LuaValue, for action: String, in range: ClosedRange<Int>) throws(LuaHostError) -> Int
    {
        guard let plain = value.plainNumber else {
            throw LuaHostError(code: "M11", what: "\(action) wants a plain number, got \(name(of: value))")
        }
        guard plain == plain.rounded(), plain >= Double(range.lowerBound), plain <= Double(range.upperBound)
        else {
            let wanted =
                range.upperBound >= Self.elementLimit && !(plain > Double(range.upperBound))
                ? "of at least \(range.lowerBound)" : "between \(range.lowerBound) and \(range.upperBound)"
            throw LuaHostError(
                code: "M17", what: "\(action) wants a plain whole number \(wanted), got \(formatted(plain))")
        }
        return Int(plain)
    }

    func name(of value: LuaValue) -> String {
        switch value {
        case .none: "nil"
        case .boolean: "a boolean"
        case .integer, .number: "a number"
        case .string: "a string"
        case .table: "a table"
        case .function: "a function"
        case .object(let object): ["a tensor", "a mask", "rng", "an array", "rng"][object.type]
        }
    }

    // MARK: Axes

    /// The shape that letters, a list of letters and sizes, or a value shaped like it name; `N`, the batch, is implied.
    ///
    /// - Parameter batch: true if letters must start with N.
    func shape(_ value: LuaValue, for action: String, batch: Bool) throws(LuaHostError) -> Shape {
        switch value {
        case .object(let object) where object.type < 2: return graph.nodes[try node(object)].shape
        case .string(let letters):
            try checkBatch(letters, letters, for: action, batch: batch)
            var shape: Shape = []
            for place in try places(of: letters, for: action) {
                shape = shape.with(graph.shape.size(place), at: place)
            }
            return shape
        case .table(let list, let fields) where fields.isEmpty && !list.isEmpty:
            return try shape(list, for: action, batch: batch)
        default:
            throw LuaHostError(
                code: "M12",
                what: "\(action) wants axes, as letters or as a tensor of that shape, got \(name(of: value))",
                instead: "\"N\" for one value a sample, x for one an element")
        }
    }

    /// A shape from a list such as `{ "N", 7, "W" }`, where a letter stands for the sample's size.
    func shape(_ list: [LuaValue], for action: String, batch: Bool) throws(LuaHostError) -> Shape {
        var (sizes, count) = ([Int](), 1.0)
        for (index, item) in list.enumerated() {
            if case .string(let text) = item, index == 0, text == "N" { continue }
            if index == 0 {
                throw LuaHostError(
                    code: "M12",
                    what: "\(action): a list of sizes starts with \"N\", since every sample has its own",
                    instead: "{ \"N\", … }")
            }
            if case .string(let text) = item {
                guard text.count == 1 else {
                    throw LuaHostError(code: "M12", what: "\(action): '\(text)' is not one axis letter")
                }
                sizes.append(graph.shape.size(try place(text.first!, in: text)))
            } else {
                sizes.append(try whole(item, for: "\(action): a size", in: 1...Int(1 << 30)))
            }
            count *= Double(max(1, sizes.last!))
        }
        guard sizes.count <= Self.axisLimit else {
            throw LuaHostError(code: "M12", what: "\(action): more than \(Self.axisLimit) axes")
        }
        try checkCount(count, action)
        return Shape(sizes).trimmed
    }

    private func checkBatch(
        _ letters: String, _ shown: String, for action: String, batch: Bool
    ) throws(LuaHostError) {
        guard batch && letters.first != "N" else { return }
        throw LuaHostError(
            code: "M12",
            what: "\(action): the axes must start with N, since every sample has its own, got '\(shown)'",
            instead: "\"N\(letters)\"")
    }

    /// Refuses values that would take too much memory; `count` is their extent.
    func checkCount(_ count: Double, _ action: String) throws(LuaHostError) {
        let limit = max(Self.elementLimit, 4 * graph.shape.count)
        guard count <= Double(limit) else {
            throw LuaHostError(
                code: "M18", what: "\(action): \(formatted(count)) elements; a value may have \(limit)")
        }
    }

    /// Places of the sample's axes that letters name, each once; an N counts for nothing.
    private func places(of letters: String, for action: String) throws(LuaHostError) -> [Int] {
        var places: [Int] = []
        for letter in letters where letter != "N" {
            let place = try place(letter, in: letters)
            guard !places.contains(place) else {
                throw LuaHostError(code: "M12", what: "\(action): axis '\(letter)' is named twice")
            }
            places.append(place)
        }
        return places
    }

    /// Places of the sample's axes that letters name, or a default.
    func places(_ value: LuaValue, for action: String, otherwise: [Int]) throws(LuaHostError) -> [Int] {
        switch value {
        case .none: return otherwise
        case .string(let letters) where !letters.isEmpty:
            if letters.contains("N") {
                throw LuaHostError(
                    code: "M12",
                    what: "\(action) over N: what happens to a sample never depends on its neighbours",
                    instead: "the other axes, or none for the whole sample")
            }
            return try places(of: letters, for: action)
        default:
            throw LuaHostError(
                code: "M12",
                what: "\(action) wants axes, as letters, got \(name(of: value))", instead: "\"HW\"")
        }
    }

    /// The axes that space or time run along: all but the channels.
    var spatialPlaces: [Int] { graph.shape.sizes.indices.filter { $0 != axisPlaces["C"] } }

    /// Every axis that a value can have: an axis longer than 1 at least doubles its elements.
    var allPlaces: [Int] { Array(0..<max(64, graph.shape.rank)) }

    /// The place of one axis in the sample's shape.
    func place(_ letter: Character, in letters: String) throws(LuaHostError) -> Int {
        guard let place = axisPlaces[letter] else {
            throw LuaHostError(
                code: "M12",
                what: "unknown axis '\(letter)'" + (letters.count > 1 ? " in '\(letters)'" : "")
                    + "; this generator's axes are '\(declaredAxes)'")
        }
        return place
    }

    /// The place of the one axis that a letter names.
    func place(_ value: LuaValue, for action: String) throws(LuaHostError) -> Int {
        guard case .string(let letters) = value, let letter = letters.first, letters.count == 1 else {
            throw LuaHostError(code: "M12", what: "\(action) wants one axis letter, for instance \"H\"")
        }
        if letter == "N" {
            throw LuaHostError(
                code: "M12",
                what: "\(action) along N: what happens to a sample never depends on its neighbours")
        }
        return try place(letter, in: letters)
    }

    func size(_ letter: Character, of node: NodeID?) throws(LuaHostError) -> Int {
        if letter == "N" {
            throw LuaHostError(
                code: "M10",
                what: "the batch has no size here: what happens to a sample never depends on its neighbours")
        }
        let shape = node.map { graph.nodes[$0].shape } ?? graph.shape
        return shape.size(try place(letter, in: String(letter)))
    }

    // MARK: Operations that people's mistakes can reach

    /// An elementwise operation of values whose sizes must agree.
    func elementwise(
        _ operation: ElementwiseOperation, _ action: String, _ operands: NodeID...
    ) throws(LuaHostError) -> NodeID {
        try checkSizes(operands, action)
        switch operands.count {
        case 1: return graph.elementwise(operation, operands[0])
        case 2: return graph.elementwise(operation, operands[0], operands[1])
        default: return graph.elementwise(operation, operands[0], operands[1], operands[2])
        }
    }

    /// Refuses values that do not broadcast.
    func checkSizes(_ operands: [NodeID], _ action: String) throws(LuaHostError) {
        let shapes = operands.map { graph.nodes[$0].shape }
        if let first = shapes.first, shapes.allSatisfy({ $0 == first || $0.rank == 0 }) { return }
        var common: Shape = []
        for (index, operand) in operands.enumerated() {
            let shape = graph.nodes[operand].shape
            guard let next = Shape.broadcast([common, shape]) else {
                // `choose` and `fft` add axes, so there may be more of them than a sample can have.
                let place = (0..<min(common.rank, shape.rank)).first {
                    common.size($0) != shape.size($0) && common.size($0) != 1 && shape.size($0) != 1
                }!
                let line = graph.origins[operand].line
                let from = index > 0 && line > 0 ? "; the second came from line \(line)" : ""
                throw LuaHostError(
                    code: "M12",
                    what: "\(action): sizes \(common) and \(shape) do not agree: axis \(letter(place)) is "
                        + "\(common.size(place)) here and \(shape.size(place)) there\(from)",
                    instead: "an axis of size 1, or the same size: resize, take or reshape")
            }
            common = next
        }
        try checkCount(common.extent, action)
    }

    private func letter(_ place: Int) -> String {
        axisPlaces.first { $0.value == place }.map { String($0.key) } ?? "\(place + 1)"
    }

    // MARK: Draws

    /// The name of the next draw, or of one with a name of its own.
    func drawName(_ name: String?, line: Int) throws(LuaHostError) -> String {
        guard let name else {
            draws += 1
            return "draw \(draws)"
        }
        guard name.utf8.count <= 64 else {
            throw LuaHostError(code: "M06", what: "a draw's name may have 64 bytes, got \(name.utf8.count)")
        }
        if let earlier = namedDraws.updateValue(line, forKey: name) {
            throw LuaHostError(
                code: "M06",
                what:
                    "the draw '\(name)' was made before, in line \(earlier); the same name is the same numbers",
                instead: "a name of its own for each draw")
        }
        return "draw named \(name)"
    }
}

extension LuaValue {
    /// A number that the script knows; nil for what is traced, and for what is no number.
    var plainNumber: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }
}
