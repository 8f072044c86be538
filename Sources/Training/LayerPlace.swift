/// Where a layer stands in a model's description: `model[3]`, or `model[3].residual[0]`, `model[3].branch[1][0]` and
/// `model[3].heads.classes[0]` inside another one.
package struct LayerPlace: Hashable, Sendable, CustomStringConvertible {
    /// One list, as keys lead to it, and the place in it; without keys where the step before leads to a list itself.
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

    package func inside(head name: String, _ index: Int) -> LayerPlace { inside("heads.\(name)", index) }

    package var description: String {
        steps.reduce(into: "") { text, step in
            text += (text.isEmpty || step.list.isEmpty ? "" : ".") + "\(step.list)[\(step.index)]"
        }
    }
}
