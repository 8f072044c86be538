import Foundation
import MottleKit
import Testing

/// Training from Swift: layers of one's own, callbacks, and what a run of it leaves.
struct TrainingTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/mottle-kit-\(UUID().uuidString)"

    /// Writes 44 pictures of 5 × 3 to learn from and 9 to test with, of three classes, and a config.
    private func config(_ model: String, _ rest: String = "") throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, count) in [("train", 44), ("test", 9)] {
            let pixels = (0..<count * 15).map { UInt8(truncatingIfNeeded: $0 * 37 + $0 / 15 % 3 * 90) }
            let labels = (0..<count).map { UInt8($0 % 3) }
            func bigEndian(_ sizes: [Int]) -> [UInt8] {
                sizes.flatMap { [0, 0, UInt8($0 >> 8), UInt8($0 & 255)] }
            }
            try Data([0, 0, 8, 3] + bigEndian([count, 5, 3]) + pixels).write(to: url("\(name)-x.idx"))
            try Data([0, 0, 8, 1] + bigEndian([count]) + labels).write(to: url("\(name)-y.idx"))
        }
        let text = """
            data:
              train: { images: train-x.idx, labels: train-y.idx }
              test: { images: test-x.idx, labels: test-y.idx }
            model: \(model)
            train: { batch_size: 8, epochs: 3, schedule: cosine }
            \(rest)
            """
        try text.write(to: url("own.yaml"), atomically: true, encoding: .utf8)
        return url("own.yaml").path
    }

    private func url(_ name: String) -> URL { URL(filePath: "\(folder)/\(name)") }
    private func bytes(_ name: String) throws -> Data { try Data(contentsOf: url(name)) }

    @Test func `a layer of one's own trains like one of Mottle's, to the bit`() throws {
        let config = try config("[flatten, dense: 19, relu, dense: 3]")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try Training(config: config, seed: 5, threads: 1).run(out: "\(folder)/relu")
        let own = try Training(
            config: config, overrides: ["model=[flatten, dense: 19, mine, dense: 3]"], seed: 5,
            layers: ["mine": Rectifier()], threads: 2)
        let result = try own.run(out: "\(folder)/mine")
        #expect(try bytes("relu/model.safetensors") == bytes("mine/model.safetensors"))
        #expect((result.steps, result.epochs, result.folder) == (18, 3, "\(folder)/mine"))
        #expect(result.testSets.map(\.name) == ["clean"])
        #expect(result.testSets[0].count == 9)
    }

    @Test func `weights of one's own are trained, the same from the lock file and for any number of threads`()
        throws
    {
        let config = try config(
            "[flatten, residual: [dense: 15, swish, mixer, dense: 15], swish, mixer, dense: 3]")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let layers: [String: any Layer] = ["swish": Swish(), "mixer": Mixer()]
        _ = try Training(config: config, layers: layers, threads: 1).run(out: "\(folder)/one")
        _ = try Training(config: "\(folder)/one/config.lock.yaml", layers: layers, threads: 3)
            .run(out: "\(folder)/three")
        #expect(try bytes("one/model.safetensors") == bytes("three/model.safetensors"))
        let header = String(decoding: try bytes("one/model.safetensors").prefix(2000), as: UTF8.self)
        for name in ["swish1.beta", "swish2.beta", "mixer1.mix", "mixer2.mix"] {
            #expect(header.contains("\"\(name)\""))
        }
        let lock = String(decoding: try bytes("one/config.lock.yaml"), as: UTF8.self)
        #expect(lock.contains("  layers: [mixer, swish]\n"))
        let line =
            1 + lock.split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
                $0.hasSuffix("- swish")
            }!
        expectArgument(
            "\(folder)/one/config.lock.yaml:\(line):9: error: model[1].residual[1] swish: 'swish' is a layer of the program that trained this run; only that program can make this model, with 'Training(config:layers:)' of MottleKit"
        ) { try Training(config: "\(folder)/one/config.lock.yaml", layers: ["mixer": Mixer()]) }
    }

    @Test func `callbacks see every step and epoch, and change no bit`() throws {
        let config = try config("[flatten, dense: 3]", "validate: { hold_out: 0.25 }")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let training = try Training(config: config)
        _ = try training.run(out: "\(folder)/silent")
        var (steps, epochs): ([TrainingStep], [TrainingEpoch]) = ([], [])
        training.onStep { steps.append($0) }
        training.onEpoch { epochs.append($0) }
        _ = try training.run(out: "\(folder)/heard")
        #expect(try bytes("silent/model.safetensors") == bytes("heard/model.safetensors"))
        #expect(steps.map(\.number) == Array(1...15))
        #expect(steps.map(\.epoch) == (0..<3).flatMap { [Int](repeating: $0, count: 5) })
        #expect(steps.map(\.count) == (0..<3).flatMap { _ in [8, 8, 8, 8, 1] })
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.learningRate > $1.learningRate })
        #expect(steps[0].learningRate == 0.001)
        #expect(epochs.map(\.number) == [0, 1, 2])
        #expect(epochs.map(\.steps) == [5, 10, 15])
        #expect(epochs.map(\.learningRate) == [4, 9, 14].map { steps[$0].learningRate })
        #expect(epochs.allSatisfy { $0.validation.map(\.count) == [11] && $0.samplesPerSecond > 0 })
        for epoch in epochs {
            let own = steps.filter { $0.epoch == epoch.number }
            let loss = own.reduce(0) { $0 + $1.loss * Double($1.count) } / 33
            #expect(abs(epoch.loss - loss) < 1e-9)
            let accuracy = own.reduce(0) { $0 + $1.accuracy! * Double($1.count) } / 33
            #expect(abs(epoch.accuracy! - accuracy) < 1e-9)
        }
    }

    @Test func `a callback ends training, and the model is evaluated`() throws {
        let config = try config("[flatten, dense: 3]")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let training = try Training(config: config)
        training.onStep { if $0.number == 4 { $0.stop() } }
        let result = try training.run(out: "\(folder)/short")
        #expect((result.steps, result.epochs, result.testSets.count) == (4, 0, 1))
        #expect(result.samplesPerSecond > 0)
        let other = try Training(config: config)
        other.onEpoch { if $0.number == 1 { $0.stop() } }
        #expect(try other.run(out: "\(folder)/two").epochs == 2)
    }

    @Test func `names and places of layers are checked`() throws {
        let config = try config("[flatten, dense: 19, swsh, dense: 3]")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func training(_ model: String? = nil, _ layers: [String: any Layer] = ["swish": Swish()]) throws
            -> Training
        {
            try Training(config: config, overrides: model.map { ["model=\($0)"] } ?? [], layers: layers)
        }
        expectArgument("'relu' is a layer of Mottle's own; give yours another name") {
            try training(nil, ["relu": Swish()])
        }
        expectArgument(
            "the name of a layer has small letters, digits and '_', with a letter first and last; got 'Swish1'"
        ) { try training(nil, ["Swish1": Swish()]) }
        expectArgument("\(folder)/own.yaml:4:29: error: unknown layer 'swsh'; did you mean 'swish'?") {
            try training()
        }
        expectArgument(
            "--set model=[flatten, swish: 3, dense: 3]: error: 'swish' takes no value: '- swish'"
        ) { try training("[flatten, swish: 3, dense: 3]") }
        expectArgument("--set model=[mixer, dense: 3]: error: model[0] mixer: wants one axis, got [5, 3, 1]")
        {
            try training("[mixer, dense: 3]", ["mixer": Mixer()])
        }
        expectArgument(
            "--set model=[flatten, mine]: error: model: the last layer gives [batch, 15], the data has 3 classes; 'dense: 3' as the last layer?"
        ) { try training("[flatten, mine]", ["mine": Rectifier()]) }
    }

    @Test func `the page's programs are the tested ones`() throws {
        func lines(_ path: String) throws -> [String] {
            try String(contentsOfFile: "\(Repository.root)/\(path)", encoding: .utf8)
                .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let test = try lines("Tests/MottleKitTests/LayerExample.swift")
        var page = try lines("examples/swift.md")[...]
        var counts: [Int] = []
        while let start = page.firstIndex(of: "```swift") {
            let block = Array(page[(start + 1)...].prefix { $0 != "```" })
            page = page[(start + 1 + block.count)...]
            counts.append(block.count)
            let place = try #require(test.firstIndex(of: block[0]))
            #expect(block == Array(test[place..<min(place + block.count, test.count)]))
        }
        #expect(counts == [25, 15])
    }
}

private func expectArgument(
    _ description: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Any
) {
    let error = #expect(throws: MottleError.self, sourceLocation: sourceLocation) { _ = try body() }
    #expect(error?.kind == .argument, sourceLocation: sourceLocation)
    #expect(error?.description == description, sourceLocation: sourceLocation)
}

/// y = max(x, 0), without weights.
private struct Rectifier: Layer {
    func outputShape(of input: [Int]) -> [Int] { input }

    func forward(_ pass: ForwardPass) {
        for index in pass.x.indices { pass.y[index] = max(pass.x[index], 0) }
    }

    func backward(_ pass: BackwardPass) {
        for index in pass.x.indices {
            pass.inputGradient[index] = pass.y[index] > 0 ? pass.outputGradient[index] : 0
        }
    }
}
