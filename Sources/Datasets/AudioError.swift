import Kernels

/// Why a sound could not be read: the file, what was found and what was expected.
package enum AudioError: DataError, Equatable {
    /// `reason` is libsndfile's.
    case notSound(file: String, reason: String)
    case noSound(file: String)
    case rate(file: String, found: Int)
    case channels(file: String, found: Int)
    case headerTooLong(file: String, found: Int, expected: Int)
    case endsEarly(file: String, found: Int, expected: Int)
    case damaged(file: String, frame: Int, reason: String)
    case outOfScale(file: String, frame: Int, value: Float)
    case unevenRates(file: String, found: Int, wanted: Int)

    package var description: String {
        switch self {
        case .notSound(let file, let reason):
            "\(file): cannot be read as sound: \(reason)"
        case .noSound(let file):
            "\(file): holds no sound: its header says 0 samples"
        case .rate(let file, let found):
            "\(file): \(found) samples a second found, 1 to \(Resampler.largestRate) expected"
        case .channels(let file, let found):
            "\(file): \(found) channels found, 1 to \(SoundFile.mostChannels) expected"
        case .headerTooLong(let file, let found, let expected):
            "\(file): the file ends early: \(found) bytes of sound found, \(expected) expected by its header"
        case .endsEarly(let file, let found, let expected):
            "\(file): the sound ends early: \(found) samples found, \(expected) expected by its header"
        case .damaged(let file, let frame, let reason):
            "\(file): damaged behind sample \(frame): \(reason)"
        case .outOfScale(let file, let frame, let value):
            "\(file): sample \(frame) is \(value), numbers around -1...1 expected"
        case .unevenRates(let file, let found, let wanted):
            "\(file): \(found) samples a second have too small a common factor with the wanted \(wanted) to be resampled; "
                + "convert the file to a usual rate"
        }
    }
}
