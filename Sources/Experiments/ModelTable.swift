import Reports
import Tensors
import Training

/// What a config's model is made of: `mottle model`.
package struct ModelTable {
    private struct Row {
        var name: String
        /// How deep inside other layers.
        var depth: Int
        var output: Shape
        var profile: LayerProfile
    }

    private let input: Shape
    private let rows: [Row]
    /// Bytes.
    private let (weightMemory, stepMemory): (Int, Int)

    /// - Throws: where patterns of weights' names mean none.
    package init(_ experiment: Experiment) throws(ConfigError) {
        let model = try experiment.trainer(of: experiment.makeModel()).model
        let profiles = Dictionary(uniqueKeysWithValues: model.profile.map { ($0.name, $0) })
        func rows(_ layers: [ModelPlan.Layer], depth: Int) -> [Row] {
            layers.flatMap { layer in
                let row = Row(
                    name: layer.name, depth: depth, output: layer.output,
                    profile: profiles[layer.name] ?? LayerProfile(name: layer.name))
                guard case .heads(let heads) = layer.config else {
                    return [row] + layer.paths.flatMap { rows($0, depth: depth + 1) }
                }
                return zip(heads, layer.paths).reduce(into: [row]) { all, head in
                    let (name, path) = (head.0.name, head.1)
                    all.append(
                        Row(
                            name: name, depth: depth + 1, output: path.last?.output ?? layer.output,
                            profile: LayerProfile(name: name)))
                    all += rows(path, depth: depth + 2)
                }
            }
        }
        input = experiment.plan.input
        self.rows = rows(experiment.plan.layers, depth: 0)
        (weightMemory, stepMemory) = (model.weightMemory, model.memory)
    }

    private var weights: Int { rows.reduce(0) { $0 + $1.profile.weights } }
    /// Floating-point operations of one sample: a multiplication and an addition for each product.
    private var forward: Int { rows.reduce(0) { $0 + 2 * $1.profile.forwardMultiplications } }
    private var backward: Int { rows.reduce(0) { $0 + 2 * $1.profile.backwardMultiplications } }

    package var text: String {
        var cells = [["layer", "output", "weights", "MFLOP", "MFLOP back"]]
        cells.append(["input", input.batched, "", "", ""])
        for row in rows {
            let profile = row.profile
            cells.append([
                String(repeating: "  ", count: row.depth) + row.name, row.output.batched,
                profile.weights == 0 ? "" : "\(profile.weights)",
                Self.millions(2 * profile.forwardMultiplications),
                Self.millions(2 * profile.backwardMultiplications),
            ])
        }
        cells.append(["all", "", "\(weights)", Self.millions(forward), Self.millions(backward)])
        return TextTable(cells, firstNumber: 2).text
            + "memory: \(Self.megabytes(weightMemory)) MB of weights and what the optimizer keeps of them, "
            + "\(Self.megabytes(stepMemory)) MB between layers"
    }

    package var json: String {
        JSONValue.object([
            "input": input.json,
            "layers": .list(
                rows.map { row in
                    .object([
                        "name": .string(row.name), "depth": .whole(row.depth), "output": row.output.json,
                        "weights": .whole(row.profile.weights),
                        "flop_forward": .whole(2 * row.profile.forwardMultiplications),
                        "flop_backward": .whole(2 * row.profile.backwardMultiplications),
                    ])
                }),
            "weights": .whole(weights), "flop_forward": .whole(forward), "flop_backward": .whole(backward),
            "weight_bytes": .whole(weightMemory), "step_bytes": .whole(stepMemory),
        ]).text
    }

    /// Nothing for 0.
    private static func millions(_ operations: Int) -> String {
        operations == 0 ? "" : (Double(operations) / 1e6).text(decimals: 3)
    }

    private static func megabytes(_ bytes: Int) -> String { (Double(bytes) / 1e6).text(decimals: 1) }
}

extension Shape {
    /// `[batch, 28, 28, 1]`.
    fileprivate var batched: String {
        "[" + (["batch"] + sizes.map(String.init)).joined(separator: ", ") + "]"
    }

    fileprivate var json: JSONValue { .list(sizes.map { .whole($0) }) }
}
