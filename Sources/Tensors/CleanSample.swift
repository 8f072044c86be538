/// A clean sample's values as the data set keeps them.
package enum SampleValues {
    case floats(UnsafePointer<Float>)
    /// Value = byte · scale + low, rounded once.
    case bytes(UnsafePointer<UInt8>, scale: Double, low: Double)

    package subscript(place: Int) -> Float {
        switch self {
        case .floats(let floats): floats[place]
        case .bytes(let bytes, let scale, let low): Float(Double(bytes[place]) * scale + low)
        }
    }
}

/// A clean sample with what is known of it.
package struct CleanSample {
    package var values: SampleValues
    /// How many places along the first axis are real, nil for all.
    package var length: Int?
    /// For each place along the first axis the number of its word, counted from 1, 0 for none; nil if every real place is a
    /// word of its own.
    package var words: UnsafePointer<Float>?

    package init(_ values: SampleValues, length: Int? = nil, words: UnsafePointer<Float>? = nil) {
        (self.values, self.length, self.words) = (values, length, words)
    }
}
