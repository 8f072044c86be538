/// Samples before and after noise, and what a model makes of them, side by side on one picture.
package struct ContactSheet: Sendable {
    /// What a sample's values are.
    package enum Kind: Equatable, Sendable {
        /// [height, width, channels]: one channel is drawn grey, of three or more the first three as a colour, of two
        /// the mean.
        case pictures(height: Int, width: Int, channels: Int)
        /// [frames, bins]: time goes to the right, low bins are below.
        case spectrograms(frames: Int, bins: Int)
        case waveforms(length: Int)
        case tokens(length: Int)

        /// How many values a sample has.
        package var count: Int {
            switch self {
            case .pictures(let height, let width, let channels): height * width * channels
            case .spectrograms(let frames, let bins): frames * bins
            case .waveforms(let length), .tokens(let length): length
            }
        }
    }

    /// What is drawn of each sample.
    package enum View: Sendable {
        case clean
        /// Clean, corrupted, and what tells them apart.
        case noise
        /// Clean and corrupted.
        case pair
        /// Clean, corrupted, and what a model makes of the corrupted sample.
        case reconstruction
    }

    package var title: String
    /// What holds for the whole sheet: chain, range, epoch, seed.
    package var facts: [ContactSheetValue]
    package var kind: Kind
    /// The values that black and white, or a waveform's lower and upper edge, stand for. Tokens need none.
    package var range: ClosedRange<Float>
    package var samples: [ContactSheetSample]
    /// What token ids stand for, where that is known; the others are shown as numbers.
    package var tokenTexts: [Int: String] = [:]
    package var view: View

    package init(
        title: String, facts: [ContactSheetValue] = [], kind: Kind, range: ClosedRange<Float> = 0...1,
        samples: [ContactSheetSample], view: View = .noise
    ) {
        (self.title, self.facts, self.kind) = (title, facts, kind)
        (self.range, self.samples, self.view) = (range, samples, view)
    }

    /// Draws the sheet.
    package func drawn() throws(ContactSheetError) -> Canvas {
        guard !samples.isEmpty else { throw .noSamples }
        guard kind.count > 0 else { throw .noValues }
        for sample in samples {
            precondition(
                sample.clean.count == kind.count && sample.corrupted.count == kind.count
                    && sample.mask?.count ?? kind.count == kind.count
                    && (sample.reconstructed?.count ?? (view == .reconstruction ? 0 : kind.count))
                        == kind.count,
                """
                sample \(sample.id) wants \(kind.count) values, got \(sample.clean.count) clean, \
                \(sample.corrupted.count) corrupted, \(sample.mask?.count ?? kind.count) in the mask, \
                \(sample.reconstructed?.count ?? 0) reconstructed
                """)
        }
        return ContactSheetLayout(self).drawn()
    }

    /// Writes the sheet as a PNG file, as a whole or not at all.
    package func write(to path: String) throws { try PNGFile.write(drawn(), to: path) }
}

/// One sample of a contact sheet.
package struct ContactSheetSample: Sendable {
    /// The sample's place in the data set.
    package var id: UInt64
    /// What the sample shows, such as its class; may be empty.
    package var label: String
    package var clean: [Float]
    package var corrupted: [Float]
    /// As many as values: 1 hidden, 0 visible; nil when the chain has no masks.
    package var mask: [UInt8]?
    /// What a model makes of the corrupted values; nil where there is no model.
    package var reconstructed: [Float]?
    /// What was drawn for this sample.
    package var parameters: [ContactSheetValue]

    package init(
        id: UInt64, label: String = "", clean: [Float], corrupted: [Float], mask: [UInt8]? = nil,
        reconstructed: [Float]? = nil, parameters: [ContactSheetValue] = []
    ) {
        (self.id, self.label, self.clean, self.corrupted) = (id, label, clean, corrupted)
        (self.mask, self.reconstructed, self.parameters) = (mask, reconstructed, parameters)
    }
}

/// A name and a value, as text for a person.
package struct ContactSheetValue: Equatable, Sendable {
    package var name: String
    package var text: String

    package init(_ name: String, _ text: String) { (self.name, self.text) = (name, text) }
}

/// Why a contact sheet could not be drawn.
package enum ContactSheetError: Error, Equatable, CustomStringConvertible {
    case noSamples
    case noValues

    package var description: String {
        switch self {
        case .noSamples: "a contact sheet wants at least one sample, got none"
        case .noValues: "the samples of a contact sheet want at least one value each, got none"
        }
    }
}
