import Kernels
import Tensors
import VectorKernels

/// The part of a chain that changes sounds, before features are made of them for the rest of it.
package final class SoundChain: Sendable {
    package let traced: TracedChain
    package let features: MelSettings
    let program: Program

    package init(_ traced: TracedChain, features: MelSettings) {
        var needed = traced
        // Masks and extra outputs speak of places in the sound, which features do not have.
        (needed.mask, needed.extras) = (nil, [])
        (self.traced, self.features, program) = (traced, features, Program(needed))
    }
}

/// Makes features of changed sounds, for one worker.
final class SoundRunner {
    private let workspace: Workspace
    private let spectrogram: MelSpectrogram
    private let (clean, changed): (Buffer<Float>, Buffer<Float>)

    init(_ chain: SoundChain, kernels: NoiseKernels, sounds: (any SampleSource)?) {
        workspace = Workspace(chain.program, kernels: kernels, source: sounds)
        spectrogram = MelSpectrogram(chain.features, kernels: kernels)
        let count = chain.program.shape.count
        (clean, changed) = (Buffer(count: count), Buffer(count: count))
    }

    func sample(
        _ id: UInt64, epoch: Int, step: Int, scratch: UnsafeMutablePointer<Float>
    ) throws -> CleanSample {
        let sound = try workspace.sample(id, epoch: epoch, step: step, scratch: clean.pointer)
        try workspace.run(sound, id: id, epoch: epoch, step: step, values: changed.pointer, mask: nil)
        let frames = spectrogram.writeSample(
            changed.pointer, count: changed.count, length: sound.length ?? changed.count, into: scratch)
        return CleanSample(.floats(scratch), length: frames)
    }
}

extension Chain {
    /// What of a chain changes sounds, where samples are features of sounds: all up to the last entry with a generator that
    /// takes sounds and not their features. Nil if there is none.
    package func split(sound: Shape, features: Shape) -> (sound: Chain, features: Chain)? {
        let entries = entries.inPhase(phase)
        let last = entries.lastIndex { entry in
            entry.items.contains {
                $0.plugin.problem(withSampleShape: sound) == nil
                    && $0.plugin.problem(withSampleShape: features) != nil
            }
        }
        guard let last else { return nil }
        return (
            Chain(entries: Array(entries[...last]), phase: phase),
            Chain(entries: Array(entries[(last + 1)...]), phase: phase)
        )
    }

    /// What cannot be done to sounds before their features are made; nil if all can.
    package func problem(withSound sound: Shape, features: Shape) -> ChainProblem? {
        let rule = "; features are made of sounds behind the last generator of sounds"
        for item in items {
            if item.plugin.problem(withSampleShape: sound) != nil,
                item.plugin.problem(withSampleShape: features) == nil
            {
                return ChainProblem(
                    origin: item.origin,
                    text:
                        "\(item.plugin.title) is for features of sounds, and stands before a generator of sounds "
                        + "or in one group with it\(rule)")
            }
        }
        return adjustments(in: entries).first {
            if case .standardise = $0.kind { true } else { false }
        }.map {
            ChainProblem(
                origin: $0.origin,
                text: "'\($0.name)' stands before a generator of sounds\(rule), put it there")
        }
    }
}

extension TracedChain {
    /// The generator of a chain for sounds that blends labels, which must follow to the features; nil if none does.
    package func mixingProblem(in chain: Chain) -> ChainProblem? {
        guard let mixing = mixings.first else { return nil }
        let path = graph.origins[mixing.values].path
        let item = chain.items.first { path.hasSuffix("/\($0.name)") }
        return ChainProblem(
            origin: item?.origin,
            text: "\(item?.plugin.title ?? path) blends labels, and stands before a generator of sounds; "
                + "put it behind the last of them, where it blends features")
    }
}
