import Foundation
import MottleKit

/// What tests take from this repository, and a small set of samples.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// Makes the repository the working folder, which the documented example starts from.
    static func enter() { _ = FileManager.default.changeCurrentDirectoryPath(root) }

    static let plugins = PluginLibrary(folders: ["\(root)/plugins"])

    /// Seven samples of shape [2, 3].
    static let values = (0..<42).map { Float($0) / 64 }
    static let labels = [0, 3, 1, 2, 0, 1, 3]

    static func floats() throws -> Samples {
        try Samples(values, shape: [2, 3], labels: labels, range: -1...1)
    }

    static func chain(_ samples: Samples, seed: UInt64 = 0) throws -> Chain {
        try Chain(
            [ChainItem(try plugins.load("gaussian"))], seed: seed, shape: samples.shape, range: samples.range)
    }
}
