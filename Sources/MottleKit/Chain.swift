import Generators
import Kernels
import LuaRuntime
import Tensors

/// Generators applied one after the other, compiled for samples of one shape.
///
/// What it makes of a sample is a pure function of the sample, its id, the epoch and the seed: the same bits on every
/// processor, alone or in a batch. A value that any number of threads may use at the same time.
public struct Chain: Sendable {
    /// The shape of one sample, innermost axis last: `[28, 28, 1]` for a grey image.
    public var shape: [Int] { program.shape.sizes }
    /// The values that clean data may have; strengths with the unit `range` are shares of it.
    public let range: ClosedRange<Float>
    /// True if the chain marks what it hid or destroyed.
    public var hasMask: Bool { program.writesMask }
    /// How many times a pipeline gives each sample, with draws of its own each time.
    public var views: Int { programs.count }
    /// By view.
    let programs: [Program]
    var program: Program { programs[0] }

    /// Compiles generators that every sample gets, one after the other, each with its own probability.
    ///
    /// - Throws: as ``init(entries:seed:shape:range:views:)``.
    public init(
        _ items: [ChainItem], seed: UInt64 = 0, shape: [Int], range: ClosedRange<Float> = 0...1, views: Int = 1
    ) throws(MottleError) {
        try self.init(
            entries: items.map { .generator($0) }, seed: seed, shape: shape, range: range, views: views)
    }

    /// Checks the entries' settings, runs the plugins once with symbols, and compiles what they record.
    ///
    /// - Parameter views: how many times a pipeline gives each sample, 1 … 64.
    /// - Throws: ``MottleError``: of the kind `argument` for a wrong setting, of the kind `plugin` for what a plugin does
    ///   wrong with this shape and these settings.
    public init(
        entries: [ChainEntry], seed: UInt64 = 0, shape: [Int], range: ClosedRange<Float> = 0...1,
        views: Int = 1
    ) throws(MottleError) {
        guard (1...64).contains(views) else {
            throw MottleError(.argument, "a sample has 1 to 64 views, got \(views)")
        }
        guard shape.allSatisfy({ $0 > 0 }) else {
            throw MottleError(.argument, "a sample wants sizes of at least 1, got \(shape)")
        }
        var maker = ChainEntryMaker()
        let chain = Generators.Chain(entries: try maker.entries(entries))
        if let problem = chain.problem ?? chain.standardisationProblem(Shape(shape)) {
            throw MottleError(.argument, problem.text)
        }
        do {
            programs = try (1...views).map { view throws(LuaError) in
                Program(try chain.trace(seed: seed, view: view, shape: Shape(shape), range: range))
            }
        } catch {
            throw MottleError(error)
        }
        self.range = range
    }

    /// Applies the chain to one sample: what a pipeline makes of it in this epoch, of several views the first one.
    ///
    /// - Parameters:
    ///   - values: row-major, as many as `shape` says.
    ///   - id: the sample's place in the data set, at least 0.
    ///   - epoch: 0 … 2³² − 1.
    ///   - step: of the optimiser, counted from 0; only schedules over steps ask for it.
    /// - Returns: the values, and the mask (1 hidden, 0 visible) if the chain has one.
    /// - Throws: a ``MottleError`` of the kind `argument` for a wrong number of values.
    public func apply(
        to values: [Float], id: Int, epoch: Int, step: Int = 0
    ) throws(MottleError) -> (values: [Float], mask: [UInt8]?) {
        precondition(id >= 0 && UInt32(exactly: epoch) != nil, "no sample \(id) in an epoch \(epoch)")
        let count = program.shape.count
        guard values.count == count else {
            throw MottleError(
                .argument, "a sample of \(program.shape) has \(count) values, got \(values.count)")
        }
        guard !program.hasPartners else {
            throw MottleError(
                .argument, "the chain blends samples with others, which only a pipeline of samples has")
        }
        let workspace = Workspace(program, kernels: KernelSet.current.noise)
        let (clean, made) = (Buffer(values), Buffer<Float>(count: count))
        let mask = hasMask ? Buffer<UInt8>(count: count) : nil
        defer { withExtendedLifetime(clean) {} }
        do {
            try workspace.run(
                CleanSample(.floats(clean.pointer)), id: UInt64(id), epoch: epoch, step: step,
                values: made.pointer,
                mask: mask?.pointer)
        } catch let error as SampleError {
            throw MottleError(.argument, error.description)
        } catch {
            throw MottleError(.plugin, "\(error)")
        }
        return (made.values, mask?.values)
    }
}

extension ChainItem {
    /// The item as the tracer wants it, in an interpreter of its own.
    func checked(_ names: inout ChainNames, _ isAgain: Bool) throws(MottleError) -> Generators.ChainItem {
        let loaded: Generators.Plugin
        do { loaded = try Generators.Plugin(source: plugin.source, file: plugin.file) } catch {
            throw MottleError(error)
        }
        guard let name = names.next(plugin: plugin.name, own: name, isAgain: isAgain) else {
            throw MottleError(.argument, Generators.ChainItem.problem(withUsedName: name!))
        }
        guard (0...1).contains(probability) else {
            throw MottleError(
                .argument, "\(loaded.title): the probability must be between 0 and 1, got \(probability)")
        }
        if fill != nil, let problem = Generators.ChainItem.problem(withFillOf: loaded) {
            throw MottleError(.argument, problem)
        }
        let damage = match?.damageMatch
        if let problem = damage?.problem(beside: loaded) { throw MottleError(.argument, problem) }
        var item = Generators.ChainItem(
            plugin: loaded, name: name, probability: probability, fill: (fill ?? .zero).generatorFill)
        item.match = damage
        for (name, setting) in settings.sorted(by: { $0.key < $1.key }) {
            if let problem = item.set(name, to: setting.parameterSetting) {
                throw MottleError(.argument, problem)
            }
        }
        if let problem = item.missing { throw MottleError(.argument, problem) }
        return item
    }
}
