import LuaRuntime
import VectorKernels

/// What the reference says of an operation.
struct OperationManual: Sendable {
    enum Section: String, CaseIterable, Sendable {
        case arithmetic = "Arithmetic"
        case comparisons = "Comparisons and masks"
        case functions = "Functions of every element"
        case positions = "Positions and constants"
        case reductions = "Reductions and running results"
        case movement = "Shapes and movement"
        case filters = "Neighbourhoods and filters"
        case signals = "Signals"
        case draws = "Draws"
        case scripts = "Lua for every element"
    }
    var section: Section
    /// How it is written: `x:roll(axis, k)`.
    var form: String
    /// What it gives, with units where there are any.
    var text: String
    /// The shape of the result.
    var shape: String
    /// An expression that a generator with these axes can write.
    var example: String
    var axes = "NHWC"

    init(
        _ section: Section, _ form: String, _ text: String, shape: String = "as its operands'",
        example: String,
        axes: String = "NHWC"
    ) {
        (self.section, self.form, self.text) = (section, form, text)
        (self.shape, self.example, self.axes) = (shape, example, axes)
    }
}

/// A host function with its name in Lua and what it records. What the language has is this table and nothing else: the
/// prelude, the reference and the editors' definitions are made of it.
struct TraceFunction: Sendable {
    /// Where a script finds it.
    enum Face: Sendable, Equatable {
        /// A method of tensors, of masks, of both.
        case tensor, mask, value
        /// A method of `rng`.
        case random
        /// A field of `mottle`.
        case function
        /// What Lua calls for an operator.
        case operation(String)
        /// For the prelude only.
        case host
    }
    /// Its name among the host's functions, unique.
    let name: String
    /// Its name in Lua.
    let luaName: String
    let face: Face
    /// True if it is also there as `mottle.NAME`, which of plain numbers gives a plain number.
    let isAlsoFunction: Bool
    /// How many arguments a script gives, the object before the colon included; from 1 on if the others may be absent.
    let arguments: ClosedRange<Int>
    let manual: OperationManual?
    /// What to write instead of a call with a wrong number of arguments, where it can be told.
    let instead: @Sendable (LuaCall) -> String?
    let body: @Sendable (Tracer, LuaCall) throws(LuaHostError) -> [LuaValue]

    init(
        _ name: String, luaName: String? = nil, _ face: Face, arguments: ClosedRange<Int>,
        isAlsoFunction: Bool = false, manual: OperationManual? = nil,
        instead: @escaping @Sendable (LuaCall) -> String? = { _ in nil },
        values: @escaping @Sendable (Tracer, LuaCall) throws(LuaHostError) -> [LuaValue]
    ) {
        (self.name, self.luaName, self.face) = (name, luaName ?? name, face)
        (self.arguments, self.isAlsoFunction, self.manual) = (arguments, isAlsoFunction, manual)
        (self.instead, body) = (instead, values)
    }

    /// A function that gives the script one node.
    init(
        _ name: String, luaName: String? = nil, _ face: Face, arguments: ClosedRange<Int>,
        isAlsoFunction: Bool = false, manual: OperationManual? = nil,
        instead: @escaping @Sendable (LuaCall) -> String? = { _ in nil },
        node: @escaping @Sendable (Tracer, LuaCall) throws(LuaHostError) -> NodeID
    ) {
        self.init(
            name, luaName: luaName, face, arguments: arguments, isAlsoFunction: isAlsoFunction,
            manual: manual,
            instead: instead
        ) { tracer, call throws(LuaHostError) in
            [try tracer.object(try node(tracer, call))]
        }
    }

    private var isMethod: Bool { [.tensor, .mask, .value].contains(face) }

    /// Runs the body for a call that a script makes.
    func record(_ call: LuaCall, in tracer: Tracer) throws(LuaHostError) -> [LuaValue] {
        guard tracer.isTracing || face == .host else {
            if tracer.isScript {
                throw LuaHostError(
                    code: "M15", what: "'\(luaName)' is for tensors, and here Lua runs with plain numbers",
                    instead: "plain Lua: if, for, math.abs …")
            }
            throw LuaHostError(
                code: "M15", what: "'\(luaName)' works only while apply or make runs",
                instead: "call it inside the function")
        }
        try check(call)
        if tracer.isTracing { try tracer.checkNodes() }
        tracer.graph.origin.line = call.line
        return try body(tracer, call)
    }

    /// Refuses a method that was called with a dot, and too few or too many arguments: Lua itself would take any number.
    private func check(_ call: LuaCall) throws(LuaHostError) {
        if isMethod && !isAlsoFunction {
            guard case .object = call[0] else {
                throw LuaHostError(
                    code: "M17", what: "'\(luaName)' is a method and wants a colon",
                    instead: "x:\(luaName)(…)")
            }
        }
        if isMethod && isAlsoFunction, call.arguments.allSatisfy({ !$0.isTraced }) {
            throw LuaHostError(
                code: "M17", what: "'\(luaName)' is a method and wants a colon", instead: "x:\(luaName)(…)")
        }
        let before = isMethod || face == .random ? 1 : 0
        guard !arguments.contains(call.arguments.count) else { return }
        let (least, most) = (max(0, arguments.lowerBound - before), arguments.upperBound - before)
        let wanted = least == most ? "\(most)" : least == 0 ? "at most \(most)" : "\(least) to \(most)"
        throw LuaHostError(
            code: "M11",
            what:
                "\(luaName) takes \(wanted) argument\(most == 1 ? "" : "s"), got \(call.arguments.count - before)",
            instead: instead(call))
    }
}

extension LuaCall {
    /// The argument at this place, nil where the script gave none.
    subscript(place: Int) -> LuaValue { place < arguments.count ? arguments[place] : .none }
}

extension LuaValue {
    var isTraced: Bool { if case .object = self { true } else { false } }
}
