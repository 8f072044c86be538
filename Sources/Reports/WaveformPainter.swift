/// Panels of waveforms: for each column of pixels the span from the lowest to the highest value.
struct WaveformPainter: PanelPainter {
    static let hiddenOpacity: Float = 0.35

    /// How far the ends of the range stay from the panel's edges.
    private static let inset = 4
    private static let line = Colour(0x24587f)
    private static let above = Colour(0xb2182b)
    private static let below = Colour(0x2166ac)

    private let length: Int
    private let range: ClosedRange<Float>
    /// The difference that reaches the panel's edge.
    private let scale: Float
    private let columns: AxisScale
    let panels: [Panel]
    let size: PixelSize
    let legend: [LegendItem]

    init(_ sheet: ContactSheet, length: Int) {
        self.length = length
        range = sheet.range
        columns = AxisScale(length, low: 160, usual: 240, high: 280)
        scale = sheet.differenceScale(sheet.samples.lazy.flatMap(\.difference))
        panels = sheet.panels(.corrupted, .difference)
        size = PixelSize(columns.pixels(length), 72)
        let block = columns.block
        legend =
            [.note("values from \(range.lowerBound.shortText) to \(range.upperBound.shortText)")]
            + sheet.noise(
                .note("corrupted − clean from \((0 - scale).shortText) to \(scale.shortText)"),
                .swatch(Self.above, opacity: 1, "above zero"), .swatch(Self.below, opacity: 1, "below zero"))
            + sheet.swatches(hiddenOpacity: Self.hiddenOpacity)
            + (block > 1 ? [.note("one column shows the lowest and the highest of \(block) values")] : [])
    }

    func paint(_ panel: Panel, of sample: ContactSheetSample) -> Canvas {
        var canvas = Canvas(size)
        switch panel {
        case .clean, .hidden, .corrupted, .reconstructed:
            plot(sample.values(panel), in: range, on: &canvas)
        case .difference:
            plot(sample.difference, in: -scale...scale, above: Self.above, below: Self.below, on: &canvas)
        }
        if panel == .hidden { shade(sample, from: 0, on: &canvas) }
        return canvas
    }

    /// Colours the columns that hold hidden values, as much as they do, from row `top` to the canvas' end.
    func shade(_ sample: ContactSheetSample, from top: Int, on canvas: inout Canvas) {
        guard let mask = sample.mask else { return }
        for (column, values) in blocks.enumerated() {
            let hidden = mask[values].count { $0 != 0 }
            canvas.fill(
                at: PixelPoint(column * columns.zoom, top), PixelSize(columns.zoom, canvas.size.height - top),
                .hidden,
                opacity: Self.hiddenOpacity * Float(hidden) / Float(values.count))
        }
    }

    /// The values of each column.
    var blocks: [Range<Int>] {
        stride(from: 0, to: length, by: columns.block).map { $0..<min($0 + columns.block, length) }
    }

    private func plot(
        _ values: [Float], in range: ClosedRange<Float>, above: Colour = line, below: Colour = line,
        on canvas: inout Canvas
    ) {
        let height = Float(size.height - 1 - 2 * Self.inset)
        func row(_ value: Float) -> Int {
            Self.inset + Int(((1 - range.position(of: value)) * height).rounded())
        }
        let axis = row(0)
        canvas.fill(at: PixelPoint(0, axis), PixelSize(size.width, 1), .hairline)
        func fill(_ x: Int, _ width: Int, from low: Float, to high: Float) {
            let (top, bottom) = (row(high), row(low) + 1)
            let middle = min(max(axis, top), bottom)
            canvas.fill(at: PixelPoint(x, top), PixelSize(width, middle - top), above)
            canvas.fill(at: PixelPoint(x, middle), PixelSize(width, bottom - middle), below)
        }
        var last: Float?
        for (column, block) in blocks.enumerated() {
            let x = column * columns.zoom
            let finite = values[block].filter(\.isFinite)
            if finite.count < block.count {
                canvas.fill(at: PixelPoint(x, 0), PixelSize(columns.zoom, size.height), .broken)
            }
            guard let low = finite.min(), let high = finite.max() else {
                last = nil
                continue
            }
            fill(x, columns.zoom, from: low, to: high)
            // A stroke from the value before, so that the line has no gaps.
            if let last { fill(x, 1, from: min(last, finite[0]), to: max(last, finite[0])) }
            last = finite.last
        }
    }
}
