import Generators
import Kernels
import Tensors

/// Runs a program on one of some samples.
struct TrialSample {
    private let workspace: Workspace
    private let program: Program
    private let samples: SyntheticSamples
    private let (values, mask): (Buffer<Float>, Buffer<UInt8>)

    init(_ program: Program, _ kernels: KernelSet, _ samples: SyntheticSamples) {
        (self.program, self.samples) = (program, samples)
        workspace = Workspace(program, kernels: kernels.noise, source: samples)
        (values, mask) = (Buffer(count: program.shape.count), Buffer(count: program.shape.count))
    }

    func run(_ id: UInt64, epoch: Int) throws -> ReferenceExecutor.Result {
        try workspace.run(
            samples.sample(id, scratch: values.pointer), id: id, epoch: epoch, values: values.pointer,
            mask: mask.pointer)
        let extras = program.extras.indices.map { place in
            let extra = Buffer<Float>(count: program.extras[place].shape.count)
            workspace.copyExtra(place, to: extra.pointer)
            return extra.values
        }
        return ReferenceExecutor.Result(
            values: values.values, mask: program.writesMask ? mask.values : nil, extras: extras)
    }
}

extension ReferenceExecutor.Result {
    /// Whether all values and masks are the same to the bit; NaNs are all one value.
    func hasBits(of other: ReferenceExecutor.Result) -> Bool {
        func isSame(_ a: Float, _ b: Float) -> Bool { a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN) }
        return values.elementsEqual(other.values, by: isSame) && mask == other.mask
    }
}

/// What a generator makes of many samples, and what can be said of it.
struct TrialRun {
    private typealias Finding = PluginCheck.Finding
    private let plugin: Plugin
    private let chain: TracedChain
    private let samples: SyntheticSamples
    private let range: ClosedRange<Float>
    private let kernels: KernelSet
    private let trial: TrialSample
    private let clean: [[Float]]
    private let results: [ReferenceExecutor.Result]

    /// - Parameters:
    ///   - constant: what every value of the samples is; patterns if not given.
    ///   - hasPadding: whether half of the samples end before their last place.
    init(
        _ chain: TracedChain, _ plugin: Plugin, _ runtime: Runtime, _ range: ClosedRange<Float>, count: Int,
        constant: Float? = nil, hasPadding: Bool = false
    ) throws {
        (self.plugin, self.chain, self.range, kernels) = (plugin, chain, range, runtime.kernels)
        let samples = SyntheticSamples(
            shape: chain.graph.shape, range: range, isText: plugin.kind == .tokens, count: count,
            constant: constant,
            hasPadding: hasPadding)
        self.samples = samples
        trial = TrialSample(Program(chain), runtime.kernels, samples)
        clean = (0..<count).map { samples.clean(UInt64($0)) }
        results = try (0..<count).map { [trial] in try trial.run(UInt64($0), epoch: 0) }
    }

    func finite() throws -> PluginCheck.Finding {
        let bad = results.reduce(0) { $0 + $1.values.count { !$0.isFinite } }
        let count = results.count * chain.graph.shape.count
        guard bad > 0 else { return Finding(name: "finite", state: .passed, detail: "\(count) values") }
        let sample = results.firstIndex { $0.values.contains { !$0.isFinite } }!
        let origin = try NonFiniteValues(
            of: UInt64(sample), epoch: 0, in: chain, kernels: kernels, source: samples)
        let place = origin?.place.map { "\($0): " } ?? ""
        return Finding(
            name: "finite", state: .failed,
            detail: "\(bad) of \(count) values are not finite" + (origin.map { ": \(place)\($0)" } ?? ""))
    }

    /// How much is changed or hidden at the defaults.
    var changedShare: Double {
        let changed = zip(results, clean).reduce(0) { sum, pair in
            sum + zip(pair.0.values, pair.1).count { $0 != $1 }
        }
        return Double(changed) / Double(max(1, results.count * chain.graph.shape.count))
    }

    /// Noise may leave the data's range; token ids must be whole and not negative.
    func insideRange() -> PluginCheck.Finding {
        let all = results.flatMap(\.values)
        if plugin.kind == .tokens {
            let bad = all.count { $0 < 0 || $0 != $0.rounded() }
            return Finding(
                name: "ids", state: bad == 0 ? .passed : .failed,
                detail: bad == 0
                    ? "whole numbers of 0 or more"
                    : "\(bad) ids are not whole numbers of 0 or more; x:round():max(0) makes such")
        }
        let outside = all.count { $0 < range.lowerBound || $0 > range.upperBound }
        let share = Double(outside) / Double(max(1, all.count)) * 100
        return Finding(
            name: "range", state: .note,
            detail: outside == 0
                ? "inside the data's"
                : "\(formatted((share * 100).rounded() / 100)) % of the values leave the data's")
    }

    /// The same samples again, in another order.
    func repeatable() -> PluginCheck.Finding {
        let isSame = (0..<min(8, results.count)).reversed().allSatisfy { place in
            (try? trial.run(UInt64(place), epoch: 0)).map { $0.hasBits(of: results[place]) } ?? false
        }
        return Finding(
            name: "repeatable", state: isSame ? .passed : .failed,
            detail: isSame ? "the same bits in any order" : "a sample has other bits when it is made again")
    }

    /// What lies behind a sample's real part must stay, of generators that look at its length; nil of others.
    func padding() -> PluginCheck.Finding? {
        guard chain.graph.nodes.contains(where: { $0.operation == .length || $0.operation == .words }),
            !chain.extras.contains(where: { $0.name.hasSuffix(".length") })
        else { return nil }
        let row = chain.graph.shape.sizes.dropFirst().reduce(1, *)
        let isKept = results.indices.allSatisfy { place in
            let first = samples.length(UInt64(place)) * row
            return zip(results[place].values, clean[place]).dropFirst(first).allSatisfy { $0 == $1 }
                && results[place].mask?.dropFirst(first).allSatisfy { $0 == 0 } ?? true
        }
        return Finding(
            name: "padding", state: isKept ? .passed : .failed,
            detail: isKept ? "stays as it is" : "is changed or hidden; x.length says where it begins")
    }

    var isIdentity: Bool { zip(results, clean).allSatisfy { $0.values == $1 } }

    /// The mean distance between what went in and what came out, as a share of the range.
    var meanChange: Double {
        let sum = zip(results, clean).reduce(0.0) { sum, pair in
            sum + zip(pair.0.values, pair.1).reduce(0.0) { $0 + abs(Double($1.0) - Double($1.1)) }
        }
        return sum / Double(max(1, results.count * chain.graph.shape.count))
            / Double(range.upperBound - range.lowerBound)
    }

    /// A declared statistic against what was found, within five standard errors of the samples' own spread.
    func compare(_ name: String, with expected: Double, in all: [String: Double]) -> PluginCheck.Finding {
        if name == "ratio" { return compareRatio(expected) }
        let mean = all["mean"] ?? 0
        let found = results.indices.map { place -> Double in
            let (values, clean) = (results[place].values, clean[place])
            let differences = zip(values, clean).map { Double($0) - Double($1) }
            let count = Double(max(1, differences.count))
            switch name {
            case "mean": return differences.reduce(0, +) / count
            case "variance": return differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
            default:
                let hit = results[place].mask.map { $0.count { $0 == 1 } } ?? differences.count { $0 != 0 }
                return Double(hit) / count
            }
        }
        let average = found.reduce(0, +) / Double(found.count)
        let spread = found.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(found.count - 1)
        let bound = 5 * (spread / Double(found.count)).squareRoot() + 1e-5 * max(abs(expected), 0.1)
        let isInside = abs(average - expected) <= bound
        return Finding(
            name: name, state: isInside ? .passed : .failed,
            detail:
                "\(average.text(digits: 4)) ± \(bound.text(digits: 4)), declared \(expected.text(digits: 4))")
    }

    /// An exact ratio holds in every sample.
    private func compareRatio(_ expected: Double) -> PluginCheck.Finding {
        let shares = results.map { result -> Double in
            Double(result.mask?.count { $0 == 1 } ?? 0) / Double(max(1, result.values.count))
        }
        let wrong = shares.first { abs($0 - expected) > 1e-9 }
        return Finding(
            name: "ratio", state: wrong == nil ? .passed : .failed,
            detail: wrong.map { "\($0.text(digits: 4)) in a sample, declared \(expected.text(digits: 4))" }
                ?? "exactly \(expected.text(digits: 4)) in every sample")
    }
}
