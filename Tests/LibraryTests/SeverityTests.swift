import Generators
import Testing

/// The benchmarks' levels, as their code has them: ImageNet-C (hendrycks/robustness, corruptions.py) and MNIST-C
/// (google-research/mnist-c, corruptions.py at aa07569).
struct SeverityTests {
    /// MNIST-C's angles are in radians.
    static let angles = [11.459156, 22.918312, 34.377468, 45.836624, 57.295780]

    /// A plugin, the parameters that its levels set, and their values for level 1 … 5.
    static let levels: [(String, [String], [[Double]])] = [
        ("gaussian", ["sigma"], [[0.08], [0.12], [0.18], [0.26], [0.38]]),
        ("shot", ["photons"], [[60], [25], [12], [5], [3]]),
        ("impulse", ["amount"], [[0.03], [0.06], [0.09], [0.17], [0.27]]),
        ("speckle", ["sigma"], [[0.15], [0.2], [0.35], [0.45], [0.6]]),
        ("quantisation", ["levels"], [[32], [16], [8], [4], [2]]),
        ("jpeg_blocks", ["quality"], [[25], [18], [15], [10], [7]]),
        (
            "glass_blur", ["sigma", "distance", "iterations"],
            [[0.7, 1, 2], [0.9, 2, 1], [1, 2, 3], [1.1, 3, 2], [1.5, 4, 2]]
        ),
        ("motion_blur", ["radius", "sigma"], [[10, 3], [15, 5], [15, 8], [15, 12], [20, 15]]),
        ("shear", ["angle"], angles.map { [$0] }),
        ("scale", ["factor"], [[0.9], [0.8], [0.7], [0.6], [0.5]]),
        ("rotate", ["angle"], angles.map { [$0] }),
        ("brightness", ["amount"], [[0.1], [0.2], [0.3], [0.4], [0.5]]),
        ("translate", ["distance"], [[1], [2], [3], [4], [5]]),
        ("fog", ["strength", "decay"], [[1.5, 2], [2, 2], [2.5, 1.7], [2.5, 1.5], [3, 1.4]]),
        (
            "spatter", ["level", "spread", "size", "threshold", "rim"],
            [
                [0.65, 0.3, 4, 0.69, 0.6], [0.65, 0.3, 3, 0.68, 0.6], [0.65, 0.3, 2, 0.68, 0.5],
                [0.65, 0.3, 1, 0.65, 1.5], [0.67, 0.4, 1, 0.65, 1.5],
            ]
        ),
    ]

    /// The level of the published files of MNIST-C.
    static let defaults = [
        "glass_blur": 1, "motion_blur": 1, "shear": 2, "scale": 3, "rotate": 2, "brightness": 5,
        "translate": 3, "fog": 5,
        "spatter": 4,
    ]

    @Test func `severities are the benchmarks'`() throws {
        for (name, parameters, levels) in Self.levels {
            let severities = try Fixture.plugin(name).severities
            #expect(severities.count == 5, "\(name)")
            for (level, severity) in zip(levels, severities) {
                #expect(Set(severity.keys) == Set(parameters), "\(name)")
                for (parameter, value) in zip(parameters, level) {
                    guard case .number(let found)? = severity[parameter] else {
                        Issue.record("\(name): no number for '\(parameter)'")
                        continue
                    }
                    expectClose(found, value, within: 1e-6, "\(name): \(parameter)")
                }
            }
        }
        let named = try Fixture.names.filter { try !Fixture.plugin($0).severities.isEmpty }
        #expect(named.sorted() == Self.levels.map(\.0).sorted())
    }

    @Test func `defaults are the level of MNIST-C's published files`() throws {
        for (name, level) in Self.defaults {
            let plugin = try Fixture.plugin(name)
            for (parameter, value) in plugin.severities[level - 1] {
                #expect(
                    plugin.parameters.first { $0.name == parameter }?.defaultValue == value,
                    "\(name): \(parameter)")
            }
        }
        let tone = try Fixture.plugin("spatter").parameters.first { $0.name == "tone" }
        #expect(tone?.defaultValue == .number(63.0 / 255))
    }
}
