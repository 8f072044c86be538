/// Where a layer stands in a model's description: `model[3]`, or `model[3].residual[0]` inside another one.
package struct LayerPlace: Hashable, Sendable, CustomStringConvertible {
    /// One list of layers, as keys lead to it, and the place in it.
    package struct Step: Hashable, Sendable {
        package var list: String
        package var index: Int
    }

    package var steps: [Step]

    package static func model(_ index: Int) -> LayerPlace {
        LayerPlace(steps: [Step(list: "model", index: index)])
    }

    package func inside(_ list: String, _ index: Int) -> LayerPlace {
        LayerPlace(steps: steps + [Step(list: list, index: index)])
    }

    package var description: String { steps.map { "\($0.list)[\($0.index)]" }.joined(separator: ".") }
}
