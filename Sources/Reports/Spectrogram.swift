import Glibc
import Kernels
import Tensors

/// How loud each frequency is at each time: the magnitudes of a short-time Fourier transform with a Hann window, in decibels of a
/// sine wave of amplitude 1.
struct Spectrogram {
    static let window = 256
    static let bins = window / 2 + 1
    /// From silence, which is what is this quiet or quieter, to a full sine wave.
    static let range: ClosedRange<Float> = -80...0

    private let plan = FourierPlan(count: window)
    private let weights = (0..<window).map { 0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(window)) }

    /// Returns [blocks, bins], a spectrum around the middle of each block of `values`; there is silence beyond the ends, and where
    /// values are not finite the spectrum is not either.
    func decibels(of values: [Float], around blocks: [Range<Int>]) -> [Float] {
        let (real, imaginary) = (Buffer<Double>(count: Self.window), Buffer<Double>(count: Self.window))
        let scratch = Buffer<Double>(count: plan.scratchCount)
        // A sine wave of amplitude 1 has half the weights' sum in its bin.
        let full = weights.reduce(0, +) / 2
        return blocks.flatMap { block -> [Float] in
            let first = (block.lowerBound + block.upperBound - Self.window) / 2
            for place in 0..<Self.window {
                let source = first + place
                real[place] = values.indices.contains(source) ? weights[place] * Double(values[source]) : 0
                imaginary[place] = 0
            }
            plan.transform(
                real: real.pointer, imaginary: imaginary.pointer, inverse: false, scratch: scratch.pointer)
            return (0..<Self.bins).map { bin in
                let power = (real[bin] * real[bin] + imaginary[bin] * imaginary[bin]) / (full * full)
                return power.isFinite
                    ? max(Float(10 * log10(max(power, 1e-30))), Self.range.lowerBound) : .nan
            }
        }
    }
}

/// Panels of sounds: the waveform, and below it the spectrogram with the same columns.
struct SoundPainter: PanelPainter {
    static let hiddenOpacity = WaveformPainter.hiddenOpacity
    /// Shorter sounds have hardly more than one window.
    static let shortest = 4 * Spectrogram.window

    private let waveforms: WaveformPainter
    private let spectrogram = Spectrogram()
    /// The largest difference in decibels that the colours show.
    private let scale: Float
    let panels: [Panel]
    let size: PixelSize
    let legend: [LegendItem]

    init(_ sheet: ContactSheet, length: Int) {
        let waveforms = WaveformPainter(sheet, length: length)
        let spectrogram = spectrogram
        scale =
            sheet.samples.reduce(Float(6)) { scale, sample in
                Self.difference(sample, spectrogram, waveforms.blocks).reduce(scale) {
                    $1.isFinite ? max($0, abs($1)) : $0
                }
            }.roundedUp
        (self.waveforms, panels) = (waveforms, waveforms.panels)
        size = PixelSize(waveforms.size.width, waveforms.size.height + 1 + Spectrogram.bins)
        legend =
            waveforms.legend
            + [
                .bar(
                    .viridis, "below, dB of a full sine wave", low: Spectrogram.range.lowerBound.shortText,
                    high: Spectrogram.range.upperBound.shortText)
            ]
            + sheet.noise(
                .bar(.difference, "difference in dB", low: (0 - scale).shortText, high: scale.shortText))
            + [
                .note("from frequency 0 at the bottom to half the sampling rate")
            ]
    }

    func paint(_ panel: Panel, of sample: ContactSheetSample) -> Canvas {
        var canvas = Canvas(size)
        canvas.draw(waveforms.paint(panel, of: sample), at: PixelPoint(0, 0))
        let top = waveforms.size.height
        canvas.fill(at: PixelPoint(0, top), PixelSize(size.width, 1), .hairline)
        let blocks = waveforms.blocks
        let pixels =
            switch panel {
            case .clean, .hidden, .corrupted, .reconstructed:
                picture(spectrogram.decibels(of: sample.values(panel), around: blocks))
                    .drawn(in: Spectrogram.range, .viridis)
            case .difference:
                picture(Self.difference(sample, spectrogram, blocks)).drawn(in: -scale...scale, .difference)
            }
        let zoom = size.width / blocks.count
        canvas.draw(pixels, at: PixelPoint(0, top + 1), zoom: PixelSize(zoom, 1))
        if panel == .hidden { waveforms.shade(sample, from: top + 1, on: &canvas) }
        return canvas
    }

    private func picture(_ decibels: [Float]) -> Picture {
        Picture(frames: decibels.count / Spectrogram.bins, bins: Spectrogram.bins, spectrogram: decibels)
    }

    /// Corrupted − clean, in decibels.
    private static func difference(
        _ sample: ContactSheetSample, _ spectrogram: Spectrogram, _ blocks: [Range<Int>]
    ) -> [Float] {
        let clean = spectrogram.decibels(of: sample.clean, around: blocks)
        return zip(spectrogram.decibels(of: sample.corrupted, around: blocks), clean).map { $0 - $1 }
    }
}
