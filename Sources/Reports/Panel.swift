import Glibc

/// A view of a sample.
enum Panel: String {
    case clean
    case corrupted
    /// Corrupted − clean.
    case difference
    /// The clean sample, with a colour over what the mask hides.
    case hidden
    case reconstructed
}

/// Draws the panels of one kind of data, all of one size.
protocol PanelPainter {
    /// The panels in their order.
    var panels: [Panel] { get }
    var size: PixelSize { get }
    /// How opaque the colour over hidden values is.
    static var hiddenOpacity: Float { get }
    /// What the colours mean.
    var legend: [LegendItem] { get }

    func paint(_ panel: Panel, of sample: ContactSheetSample) -> Canvas
}

extension ContactSheet {
    var painter: any PanelPainter {
        switch kind {
        case .pictures, .spectrograms: PicturePainter(self)
        case .waveforms(let length) where length >= SoundPainter.shortest: SoundPainter(self, length: length)
        case .waveforms(let length): WaveformPainter(self, length: length)
        case .tokens: TokenPainter(self)
        }
    }

    /// The panels of a kind of data of which `changes` show what the noise does.
    func panels(_ changes: Panel...) -> [Panel] {
        switch view {
        case .clean: [.clean]
        case .noise: [.clean] + changes + (hasMasks ? [.hidden] : [])
        case .pair: [.clean, .corrupted]
        case .reconstruction: [.clean, .corrupted, .reconstructed]
        }
    }

    /// A legend's items about what noise changes, of a sheet that shows it.
    func noise(_ items: LegendItem...) -> [LegendItem] { view == .noise ? items : [] }

    var hasMasks: Bool { samples.contains { $0.mask != nil } }

    /// Swatches for what only some sheets have.
    func swatches(hiddenOpacity: Float) -> [LegendItem] {
        let broken = samples.contains {
            !($0.clean + $0.corrupted + ($0.reconstructed ?? [])).allSatisfy(\.isFinite)
        }
        return (view == .noise && hasMasks ? [.swatch(.hidden, opacity: hiddenOpacity, "hidden")] : [])
            + (broken ? [.swatch(.broken, opacity: 1, "not finite")] : [])
    }

    /// What the end of the colours of differences stands for: the largest finite difference, rounded up to two digits,
    /// and at most the width of the range.
    func differenceScale(_ differences: some Sequence<Float>) -> Float {
        let largest = differences.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
        let width = range.upperBound - range.lowerBound
        return width > 0 ? min(largest.roundedUp, width) : largest.roundedUp
    }
}

extension ContactSheetSample {
    /// What a panel shows of values as they are: those of the clean sample where it says nothing else of them.
    func values(_ panel: Panel) -> [Float] {
        switch panel {
        case .clean, .hidden: clean
        case .corrupted: corrupted
        case .difference: difference
        case .reconstructed: reconstructed ?? []
        }
    }

    /// Corrupted − clean.
    var difference: [Float] { zip(corrupted, clean).map { $0 - $1 } }
}

/// How an axis of values becomes pixels: each value as several, or a block of values as one.
struct AxisScale: Equatable {
    var zoom = 1
    var block = 1

    /// Enlarges few values to at least `low` and about `usual` pixels, and shrinks many to at most `high`.
    init(_ count: Int, low: Int, usual: Int, high: Int) {
        if count > high {
            block = count.dividedUp(by: high)
        } else {
            zoom = max(low.dividedUp(by: count), usual / count)
        }
    }

    func pixels(_ count: Int) -> Int { count.dividedUp(by: block) * zoom }
}

extension Float {
    /// The next number with two digits that is not smaller: 0.4137 gives 0.42.
    var roundedUp: Float {
        guard self > 0, isFinite else { return self }
        let exponent = Int(log10(Double(self)).rounded(.down)) - 1
        // Powers of ten are not exact, so the text decides, from a number that is too small or right.
        var digits = Int(Double(self) / pow(10, Double(exponent))) - 1
        while let rounded = Float("\(digits)e\(exponent)"), rounded < self { digits += 1 }
        return Float("\(digits)e\(exponent)") ?? self
    }

    /// The number as a person writes it: `1` and not `1.0`.
    var shortText: String {
        let text = "\(self)"
        return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text).replacing("-", with: "−")
    }
}
