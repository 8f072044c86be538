import Tensors
import VectorKernels

/// A program for people: which operations run together, what moves through memory, and why they do not all run together.
package struct Explanation {
    /// An operation with its place in a plugin.
    package struct Line {
        package var text: String
        package var origin: Origin
    }
    package struct Stage {
        /// `fused`, or what the operation on whole values is.
        package var title: String
        package var shape: Shape
        package var lines: [Line]
        /// Bytes for one sample, to and from memory that is kept for the whole sample.
        package var bytesRead: Int
        package var bytesWritten: Int
        /// Why what it makes cannot be passed on in registers.
        package var stops: [String]
        /// Who decides for each sample whether the stage runs; empty if it always does.
        package var conditions: [String]

        /// The paths of the generators whose operations these are, each once; those that the host added have its name.
        package var generators: [String] {
            var paths: [String] = []
            for line in lines {
                let path = line.origin.path.isEmpty ? "mottle" : line.origin.path
                if !paths.contains(path) { paths.append(path) }
            }
            return paths.count > 1 ? paths.filter { $0 != "mottle" } : paths
        }
    }

    package private(set) var stages: [Stage] = []
    private let chain: TracedChain
    private let schedule: GroupSchedule
    private let stageOf: [NodeID: Int]

    package init(_ chain: TracedChain) {
        self.chain = chain
        schedule = GroupSchedule(chain)
        var stageOf: [NodeID: Int] = [:]
        for (stage, members) in schedule.groups.enumerated() {
            for node in members.nodes { stageOf[node] = stage }
        }
        self.stageOf = stageOf
        for (index, members) in schedule.groups.enumerated() { stages.append(stage(index, members)) }
    }

    private func stage(_ index: Int, _ members: GroupSchedule.Members) -> Stage {
        let graph = chain.graph
        let isLast = index == schedule.groups.count - 1
        var outside = Set(members.nodes.flatMap { graph.nodes[$0].operands }.filter { stageOf[$0] != index })
        if isLast {
            outside.formUnion(
                ([chain.values] + (chain.mask.map { [$0] } ?? [])).filter { stageOf[$0] != index })
        }
        let read = outside.filter { graph.constantValue($0) == nil }.reduce(0) {
            $0 + 4 * graph.nodes[$1].shape.count
        }
        let written = members.nodes.filter { schedule.crossing.contains($0) }.reduce(0) {
            $0 + 4 * graph.nodes[$1].shape.count
        }
        let outputs = isLast ? graph.shape.count * (chain.mask == nil ? 4 : 5) : 0
        let whole = members.place.whole
        return Stage(
            title: whole.map { Self.name(of: graph.nodes[$0].operation) } ?? "fused",
            shape: whole.map { graph.nodes[$0].shape } ?? members.place.shape,
            lines: members.nodes.map { Line(text: text(of: $0), origin: graph.origins[$0]) },
            bytesRead: read, bytesWritten: written + outputs, stops: stops(index, members.nodes),
            conditions: conditions(members.place.guards))
    }

    /// The entries of the chain, or the lines of a plugin, that the conditions come from; each once.
    private func conditions(_ guards: [NodeID]) -> [String] {
        guards.reduce(into: [String]()) { places, condition in
            let origin = chain.graph.origins[condition]
            let place = origin.line > 0 ? "\(origin.file):\(origin.line)" : origin.path
            if !places.contains(place) { places.append(place) }
        }
    }

    /// `uniform draw [28, 28]`
    private func text(of node: NodeID) -> String {
        let shape = chain.graph.nodes[node].shape
        return Self.name(of: chain.graph.nodes[node].operation)
            + (shape == [] ? ", one a sample" : " \(shape)")
    }

    /// The name in Lua, where there is one.
    static func name(of operation: Operation) -> String {
        switch operation {
        case .input: "input"
        case .length: "x.length"
        case .words: "x.words"
        case .constant: "constant"
        case .table: "mottle.constant"
        case .schedule: "schedule"
        case .draw(let kind, _): "rng:\(kind)"
        case .index: "mottle.index"
        case .elementwise(let operation): elementwiseNames["\(operation)"] ?? words("\(operation)")
        case .reduce(let reduction), .whole(.reduce(let reduction)):
            ["minimum": "amin", "maximum": "amax"]["\(reduction)"] ?? "\(reduction)"
        case .whole(.scan(let scan, _)):
            ["sum": "cumsum", "minimum": "cummin", "maximum": "cummax"][scan.rawValue]!
        case .whole(.correlate): "convolve"
        case .whole(.fourier(_, let inverse, _)): inverse ? "mottle.ifft" : "fft"
        case .whole(.choose): "rng:choose"
        case .whole(.permutation): "rng:permutation"
        case .whole(.partner), .whole(.partnerID), .whole(.partnerLength): "rng:partner"
        case .whole(.script), .whole(.scriptMask): "Lua for each sample"
        case .whole(let operation): words(String("\(operation)".prefix { $0 != "(" }))
        }
    }

    private static let elementwiseNames = [
        "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "floorDivide": "//", "modulo": "%",
        "power": "^", "negate": "-", "and": "&", "or": "|", "not": "~", "minimum": "min", "maximum": "max",
        "less": "lt", "lessEqual": "le", "equal": "eq", "notEqual": "ne", "select": "mottle.where",
        "multiplyAdd": "* and +", "absolute": "abs", "squareRoot": "sqrt", "poissonQuantile": "rng:poisson",
    ]

    /// `floor divide` for `floorDivide`.
    private static func words(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? " " + $1.lowercased() : String($1) }
    }

    /// What of a stage must be whole before others go on, and why; each reason once.
    private func stops(_ index: Int, _ nodes: [NodeID]) -> [String] {
        let graph = chain.graph
        var reasons: [String] = []
        for node in nodes where schedule.crossing.contains(node) {
            for user in graph.nodes.indices where graph.nodes[user].operands.contains(node) {
                guard let stage = stageOf[user], stage != index else { continue }
                let reason = reason(node, user)
                let text = "\(reason): stage \(stage + 1)" + Self.place(graph.origins[user])
                if !reasons.contains(text) { reasons.append(text) }
            }
        }
        return reasons
    }

    private func reason(_ node: NodeID, _ user: NodeID) -> String {
        let graph = chain.graph
        switch (graph.nodes[node].operation, graph.nodes[user].operation) {
        case (.reduce, _), (.whole(.reduce), _): return "the reduction must be finished"
        case (.whole, _): return "an operation on whole values must be finished"
        case (_, .whole(let whole)):
            return "\(Self.name(of: .whole(whole))) needs the whole value"
        case _ where graph.nodes[node].shape != graph.nodes[user].shape:
            return "values of shape \(graph.nodes[node].shape) are used along \(graph.nodes[user].shape)"
        default: return "another stage in between must be finished"
        }
    }

    private static func place(_ origin: Origin) -> String {
        origin.line > 0 ? ", \(origin.file):\(origin.line)" : ""
    }
}
