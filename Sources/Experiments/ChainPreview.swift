import Datasets
import Generators
import Reports
import Tensors

/// `mottle preview`: samples before and after a chain, as a contact sheet.
package struct ChainPreview {
    private let run: ChainRun
    private let file: String
    private let dataName: String
    private let samples: PreviewSamples
    private let runtime: Runtime

    /// - Parameters:
    ///   - data: the name of a data set, or a `.npy` file of shape [N, …]; nil for what the config names.
    ///   - usesTest: whether to take the samples to test with, of a data set that has them.
    package init(
        file: String, overrides: [String], seed: UInt64?, data: String?, usesTest: Bool, runtime: Runtime
    ) throws {
        run = try ChainRun(file: file, overrides: overrides, seed: seed, runtime: runtime)
        (self.file, self.runtime) = (file, runtime)
        if let data, data.hasSuffix(".npy") {
            samples = PreviewSamples(
                try ArraySamples(ChainRun.Files(input: data, output: ""), range: run.range, firstID: 0), run.range)
            dataName = data
            return
        }
        let node = data.map { ConfigNode(.plain($0), name: "data") } ?? run.data
        guard let node else {
            throw ConfigError(.program, "--data wants the name of a data set or a .npy file: the config names no data")
        }
        let splits = try DatasetSource(node).resolved(from: FilePath.folder(of: file)).load()
        samples = PreviewSamples(usesTest ? splits.test : splits.train)
        dataName = (try? String(node)) ?? "files"
    }

    /// Draws the sheet and writes it.
    ///
    /// - Parameters:
    ///   - ids: samples by their places in the data set.
    ///   - observer: hears what a person should know of the chain.
    package func write(
        ids: [UInt64], epoch: Int, to path: String, observer: some RunObserver
    ) throws {
        if let wrong = ids.first(where: { !samples.ids.contains($0) }) {
            throw ConfigError(.program, "--samples: there is no sample \(wrong); '\(dataName)' has \(samples.ids.count)")
        }
        var traced = try run.trace(for: samples.shape, range: samples.range)
        traced.graph.notes.forEach(observer.say)
        let varying = traced.parameters
        traced.extras += varying
        let program = Program(traced)
        let workspace = Workspace(program, kernels: runtime.kernels.noise, source: samples)
        let count = samples.shape.count
        let (values, mask) = (Buffer<Float>(count: count), Buffer<UInt8>(count: count))
        let rows = try ids.map { id -> ContactSheetSample in
            try workspace.run(
                samples.sample(id, scratch: values.pointer), id: id, epoch: epoch, values: values.pointer,
                mask: mask.pointer)
            return ContactSheetSample(
                id: id, label: samples.labelText(id), clean: try samples.clean(id), corrupted: values.values,
                mask: program.writesMask ? mask.values : nil,
                parameters: varying.enumerated().map { place, parameter in
                    let value = Buffer<Float>(count: 1)
                    workspace.copyExtra(program.extras.count - varying.count + place, to: value.pointer)
                    return ContactSheetValue(parameter.name, Self.short(value.values[0]))
                })
        }
        var facts = [
            ContactSheetValue("chain", run.chain.items.map(Self.text(of:)).joined(separator: " → ")),
            ContactSheetValue("data", dataName),
            ContactSheetValue("range", "\(Self.short(samples.range.lowerBound))…\(Self.short(samples.range.upperBound))"),
        ]
        facts += [ContactSheetValue("epoch", "\(epoch)"), ContactSheetValue("seed", "\(run.seed)")]
        try ContactSheet(title: file, facts: facts, kind: kind, range: samples.range, samples: rows).write(to: path)
    }

    /// By what the generators are for, then by the number of axes.
    private var kind: ContactSheet.Kind {
        let shape = samples.shape
        let isText = run.chain.items.contains { $0.plugin.kind == .tokens }
        let isSpectrogram = run.chain.items.contains { $0.plugin.axes == "NTF" }
        switch shape.rank {
        case 0, 1: return isText ? .tokens(length: shape.count) : .waveforms(length: shape.count)
        case 2 where isSpectrogram: return .spectrograms(frames: shape[0], bins: shape[1])
        case 2: return .pictures(height: shape[0], width: shape[1], channels: 1)
        default: return .pictures(height: shape[0], width: shape[1], channels: shape.count / max(1, shape[0] * shape[1]))
        }
    }

    /// `gaussian (sigma 0.1)`: the parameters that the config gives.
    private static func text(of item: ChainItem) -> String {
        var settings = item.severity.map { ["severity \($0)"] } ?? []
        settings += item.plugin.parameters.compactMap { parameter in
            item.settings[parameter.name].map { "\(parameter.name) \($0.text)" }
        }
        let name = item.name
        return settings.isEmpty ? name : "\(name) (\(settings.joined(separator: ", ")))"
    }

    /// With three or four digits.
    private static func short(_ value: Float) -> String {
        guard value.isFinite, value != 0 else { return formatted(Double(value)) }
        var (scale, size) = (1.0, abs(Double(value)))
        while size < 100, scale < 1e9 { (scale, size) = (scale * 10, size * 10) }
        return formatted((Double(value) * scale).rounded() / scale)
    }
}

/// The samples of an array or of a data set.
private final class PreviewSamples: SampleSource {
    let shape: Shape
    let range: ClosedRange<Float>
    let ids: Range<UInt64>
    private let array: ArraySamples?
    private let dataset: (any Dataset)?

    init(_ array: ArraySamples, _ range: ClosedRange<Float>) {
        (shape, ids, self.range, self.array, dataset) = (array.shape, array.ids, range, array, nil)
    }

    init(_ dataset: any Dataset) {
        (shape, range, ids) = (dataset.sampleShape, dataset.range, 0..<UInt64(dataset.count))
        (array, self.dataset) = (nil, dataset)
    }

    func sample(_ id: UInt64, scratch: UnsafeMutablePointer<Float>) throws -> CleanSample {
        if let array { return array.sample(id, scratch: scratch) }
        if let bytes = dataset!.bytes(of: Int(id)) { return CleanSample(.bytes(bytes, scale: 1.0 / 255, low: 0)) }
        try dataset!.read(Int(id), into: scratch)
        return CleanSample(.floats(scratch))
    }

    func label(_ id: UInt64) -> Int { array?.label(id) ?? dataset!.label(of: Int(id)) }

    func labelText(_ id: UInt64) -> String { dataset == nil ? "" : "class \(label(id))" }

    func clean(_ id: UInt64) throws -> [Float] {
        let values = Buffer<Float>(count: shape.count)
        switch try sample(id, scratch: values.pointer).values {
        case .floats(let floats): return Array(UnsafeBufferPointer(start: floats, count: shape.count))
        case .bytes(let bytes, let scale, let low):
            return (0..<shape.count).map { Float(Double(bytes[$0]) * scale + low) }
        }
    }
}
