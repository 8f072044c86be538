import Generators
import Kernels
import LuaRuntime
import Tensors

/// All that Mottle does with a stranger's plugin: load, lint, trace, compile, make samples, ask what it promises.
package struct Trial {
    package var shape: Shape = [4, 6, 2]
    package var limits = LuaLimits()
    /// How many samples are made, by one worker.
    package var samples = 2
    package var kernels = KernelSet.current

    package init() {}

    /// The plugin's error, nil if it ran to its end.
    ///
    /// - Parameter values: gets the values and the masks of its samples.
    package func error(of source: String, file: String = "test.lua", values: inout [Float]) -> LuaError? {
        values = []
        do {
            try run(source, file, &values)
            return nil
        } catch let error as LuaError {
            return error
        } catch let failure as ScriptFailure {
            return failure.error
        } catch {
            return LuaError(kind: .script, file: file, what: "\(error)")
        }
    }

    package func error(of source: String, file: String = "test.lua") -> LuaError? {
        var values: [Float] = []
        return error(of: source, file: file, values: &values)
    }

    private func run(_ source: String, _ file: String, _ values: inout [Float]) throws {
        let plugin = try Plugin(source: source, file: file, limits: limits)
        let item = ChainItem(plugin: plugin, name: plugin.name)
        let chain = try Chain([item]).trace(seed: 5, shape: shape, range: 0...1)
        let program = Program(chain)
        let workspace = Workspace(program, kernels: kernels.noise, source: Samples(shape: shape))
        for id in 0..<samples {
            let (input, output) = (Buffer(Samples.values(shape, id)), Buffer<Float>(count: shape.count))
            let mask = Buffer<UInt8>(count: shape.count)
            try withExtendedLifetime(input) {
                try workspace.run(
                    CleanSample(.floats(input.pointer)), id: UInt64(id), epoch: 1, values: output.pointer,
                    mask: mask.pointer)
            }
            values += output.values
            if program.writesMask { values += mask.values.map { Float($0) } }
            for place in program.extras.indices {
                let extra = Buffer<Float>(count: program.extras[place].shape.count)
                workspace.copyExtra(place, to: extra.pointer)
                values += extra.values
            }
        }
        let context = TraceContext(seed: 5, path: "chain/\(plugin.name)", range: 0...1)
        _ = try plugin.expectation(item.completeSettings, value: 0.5, shape: shape, context: context)
    }
}

/// A handful of samples, for partners.
package final class Samples: SampleSource {
    private let shape: Shape
    package let ids = SampleIDs(0..<5)

    package init(shape: Shape) { self.shape = shape }

    /// Values in 0 ..< 1 that differ from each other and from sample to sample.
    package static func values(_ shape: Shape, _ id: Int) -> [Float] {
        (0..<shape.count).map { Float(($0 * 7919 + 13 + id * 101) % 10_007) / 10_007 }
    }

    package func sample(_ id: UInt64, scratch: UnsafeMutablePointer<Float>) -> CleanSample {
        for (place, value) in Self.values(shape, Int(id)).enumerated() { scratch[place] = value }
        return CleanSample(.floats(scratch))
    }

    package func label(_ id: UInt64) -> Int { Int(id) % 3 }
}
