import Tensors

/// Samples of a data set that take part in training or in a test, with the labels that they have there.
package struct SampleSet: Sendable {
    package private(set) var dataset: any Dataset
    package internal(set) var ids: SampleIDs
    package var labelNoise: LabelNoise?
    /// Whether an epoch has as many samples of each class as the rarest class has, other ones each time.
    package var isBalanced = false
    /// Whether samples that cannot be read are left out; otherwise the first one stops the stream.
    package var skipsUnreadable = false

    /// - Parameter ids: nil for all.
    package init(_ dataset: any Dataset, ids: SampleIDs? = nil) {
        self.dataset = dataset
        self.ids = ids ?? SampleIDs(0..<UInt64(dataset.count))
    }

    package var count: Int { ids.count }

    /// The same samples as sounds, where the data set's are features of them.
    package var sounds: SampleSet? {
        guard let sounds = dataset.sounds else { return nil }
        var set = self
        set.dataset = sounds.dataset
        return set
    }

    /// The class that a sample is said to have.
    package func label(of id: Int) -> Int {
        let label = dataset.label(of: id)
        return labelNoise?.label(label, of: id, classes: dataset.classes) ?? label
    }

    /// How many samples each class has.
    package func classCounts() -> [Int] {
        var counts = [Int](repeating: 0, count: dataset.classes)
        for place in 0..<count { counts[label(of: Int(ids[place]))] += 1 }
        return counts
    }
}

/// What a model learns from and what it is judged by.
package struct DatasetSplits: Sendable {
    package var train: SampleSet
    package var test: SampleSet

    package init(train: SampleSet, test: SampleSet) { (self.train, self.test) = (train, test) }
}

/// Wrong labels: each sample's is replaced with a share's probability by another class, each as likely (symmetric label
/// noise: Natarajan et al. 2013). Which samples and which classes depends on the seed and the sample's id alone.
package struct LabelNoise: Equatable, Sendable {
    private let share: Double
    private let key: UInt64

    package init(share: Double, seed: UInt64) {
        self.share = share
        key = DrawAddress.key(seed: seed, path: "data", draw: "label_noise")
    }

    func label(_ label: Int, of id: Int, classes: Int) -> Int {
        guard classes > 1 else { return label }
        let address = DrawAddress(key: key, epoch: 0, sample: UInt64(id))
        guard Double(address.bits(0)) * 0x1p-32 < share else { return label }
        let step = Int((UInt64(address.bits(1)) * UInt64(classes - 1)) >> 32) + 1
        return (label + step) % classes
    }
}
