import LuaRuntime
import Tensors

/// Entries applied one after the other, as one graph and one program.
package struct Chain {
    package var entries: [ChainEntry]
    package var phase: ChainPhase

    package init(entries: [ChainEntry], phase: ChainPhase = .train) {
        (self.entries, self.phase) = (entries, phase)
    }

    package init(_ items: [ChainItem], phase: ChainPhase = .train) {
        self.init(entries: items.map(ChainEntry.generator), phase: phase)
    }

    /// The generators that are part of it in its phase, also those that only some samples get, each once.
    package var items: [ChainItem] { entries.inPhase(phase).flatMap(\.items) }

    /// Traces the whole chain for samples of one shape.
    ///
    /// - Throws: `LuaError` for what a plugin does wrong.
    package func trace(seed: UInt64, shape: Shape, range: ClosedRange<Float>) throws(LuaError) -> TracedChain
    {
        var tracer = ChainTracer(seed: seed, phase: phase, shape: shape, range: range)
        try tracer.apply(entries, under: nil)
        return tracer.traced
    }
}

extension [ChainEntry] {
    /// Without the entries, at any depth, that are for another phase.
    package func inPhase(_ phase: ChainPhase) -> [ChainEntry] {
        compactMap { entry in
            if let own = entry.part.phase, own != phase { return nil }
            guard case .group(var group) = entry else { return entry }
            if case .oneOf(let weights) = group.kind {
                // Weights stay with their entries.
                let kept = zip(group.entries, weights).filter { ($0.0.part.phase ?? phase) == phase }
                group.kind = .oneOf(weights: kept.map(\.1))
            }
            group.turns = group.turns.map { $0.inPhase(phase) }
            return .group(group)
        }
    }
}
