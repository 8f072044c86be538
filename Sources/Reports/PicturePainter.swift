/// Panels of pictures and of spectrograms: small ones enlarged, large ones as means of blocks.
struct PicturePainter: PanelPainter {
    static let hiddenOpacity: Float = 0.6

    private let kind: ContactSheet.Kind
    private let range: ClosedRange<Float>
    /// The largest difference that its colours show.
    private let scale: Float
    private let columns: AxisScale
    private let rows: AxisScale
    let panels: [Panel]
    let size: PixelSize
    let legend: [LegendItem]

    init(_ sheet: ContactSheet) {
        kind = sheet.kind
        range = sheet.range
        (columns, rows) = kind.axisScales
        let block = PixelSize(columns.block, rows.block)
        let differences = sheet.samples.lazy.flatMap { [kind] in Self.difference($0, kind, block).values }
        scale = sheet.differenceScale(differences)
        panels = sheet.panels(.corrupted, .difference)
        let (width, height) = kind.pictureSize
        size = PixelSize(columns.pixels(width), rows.pixels(height))
        legend =
            [.bar(kind.map, "values", low: range.lowerBound.shortText, high: range.upperBound.shortText)]
            + sheet.noise(
                .bar(.difference, "corrupted − clean", low: (0 - scale).shortText, high: scale.shortText))
            + sheet.swatches(hiddenOpacity: Self.hiddenOpacity) + Self.notes(kind, block)
    }

    func paint(_ panel: Panel, of sample: ContactSheetSample) -> Canvas {
        let block = PixelSize(columns.block, rows.block)
        func drawn(_ values: [Float]) -> Canvas {
            kind.picture(values).shrunk(by: block).visible.drawn(in: range, kind.map)
        }
        var pixels =
            switch panel {
            case .clean, .hidden, .corrupted, .reconstructed: drawn(sample.values(panel))
            case .difference:
                Self.difference(sample, kind, block).drawn(in: -scale...scale, .difference)
            }
        if panel == .hidden, let mask = sample.mask {
            let shares = kind.picture(mask.map { $0 == 0 ? 0 : 1 }).shrunk(by: block).flattened(\.mean)
            pixels.overlay(shares.values, .hidden, opacity: Self.hiddenOpacity)
        }
        var panel = Canvas(size)
        panel.draw(pixels, at: PixelPoint(0, 0), zoom: PixelSize(columns.zoom, rows.zoom))
        return panel
    }

    /// Corrupted − clean as one channel: that which changed most, since a mean would hide changes that balance.
    private static func difference(
        _ sample: ContactSheetSample, _ kind: ContactSheet.Kind, _ block: PixelSize
    ) -> Picture {
        kind.picture(sample.difference).shrunk(by: block).flattened { channels in
            channels.first { !$0.isFinite } ?? channels.max { abs($0) < abs($1) } ?? 0
        }
    }

    private static func notes(_ kind: ContactSheet.Kind, _ block: PixelSize) -> [LegendItem] {
        var notes: [String] = []
        if block != PixelSize(1, 1) {
            notes.append("one pixel shows the mean of \(block.width) × \(block.height) values")
        }
        if case .pictures(_, _, let channels) = kind, channels > 1 {
            if channels == 2 { notes.append("mean of 2 channels") }
            if channels > 3 { notes.append("the first 3 of \(channels) channels") }
            notes.append("difference of the channel that changed most")
        }
        return notes.map { .note($0) }
    }
}

extension ContactSheet.Kind {
    /// Spectrograms are wider than high, since time is longer than a spectrum; pictures keep their form.
    fileprivate var axisScales: (columns: AxisScale, rows: AxisScale) {
        let (width, height) = pictureSize
        if case .spectrograms = self {
            return (
                AxisScale(width, low: 112, usual: 168, high: 224),
                AxisScale(height, low: 84, usual: 112, high: 224)
            )
        }
        let scale = AxisScale(max(width, height), low: 84, usual: 112, high: 224)
        return (scale, scale)
    }

    fileprivate var pictureSize: (width: Int, height: Int) {
        switch self {
        case .pictures(let height, let width, _): (width, height)
        case .spectrograms(let frames, let bins): (frames, bins)
        case .waveforms(let length), .tokens(let length): (length, 1)
        }
    }

    fileprivate var map: ColourMap {
        if case .spectrograms = self { .viridis } else { .grey }
    }

    fileprivate func picture(_ values: [Float]) -> Picture {
        if case .spectrograms(let frames, let bins) = self {
            return Picture(frames: frames, bins: bins, spectrogram: values)
        }
        let (width, height) = pictureSize
        return Picture(
            height: height, width: width, channels: values.count / (width * height), values: values)
    }
}

extension Picture {
    /// What can be drawn: two channels become their mean.
    fileprivate var visible: Picture { channels == 2 ? flattened(\.mean) : self }
}

extension ArraySlice<Float> {
    fileprivate var mean: Float { reduce(0, +) / Float(count) }
}
