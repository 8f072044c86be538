import Datasets
import Generators
import Tensors

/// Samples of a data set as programs see them; one belongs to each worker.
package final class DatasetSamples: SampleSource {
    package let samples: SampleSet
    private let reader: any SampleReader

    package init(_ samples: SampleSet) {
        self.samples = samples
        reader = samples.dataset.makeReader()
    }

    package var ids: SampleIDs { samples.ids }

    package func sample(_ id: UInt64, scratch: UnsafeMutablePointer<Float>) throws -> CleanSample {
        try reader.read(Int(id), scratch: scratch)
    }

    package var sounds: (any SampleSource)? { samples.sounds.map(DatasetSamples.init) }

    package func label(_ id: UInt64) -> Int { samples.label(of: Int(id)) }

    package var leavesOutUnreadable: Bool { samples.skipsUnreadable }
    package func leavesOut(_ error: any Error) -> Bool { samples.skipsUnreadable && error is any DataError }

    func prefetch(_ id: UInt64) { reader.prefetch(Int(id)) }
}
