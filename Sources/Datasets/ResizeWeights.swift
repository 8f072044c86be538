import Tensors

/// For each pixel along an axis of a new size, which pixels of the old size it is made of, with their weights.
///
/// The filter is a triangle as wide as two old pixels, or two new ones where those are larger, so that all old pixels count
/// and fine patterns blur instead of breaking up (Heckbert 1986): Pillow's `BILINEAR`, and torchvision's with `antialias`.
/// Weights are whole numbers with `bits` bits behind the point, calculated as Pillow does, so results equal Pillow's.
struct ResizeWeights {
    static let bits = 22
    /// What a sum of weighted pixels starts with, so that shifting it right by `bits` rounds it.
    static let half: Int32 = 1 << 21

    /// How many pixels the new size has.
    let count: Int
    /// The old pixels that are used at all.
    let used: Range<Int>
    /// Of each new pixel, the first old one; and the weights, `stride` for each of which `counts` are used. Starts and ends
    /// never decrease.
    let starts: Buffer<Int32>
    let counts: Buffer<Int32>
    let weights: Buffer<Int32>
    let stride: Int

    /// - Parameters:
    ///   - source: the old size, which has the window inside.
    ///   - low, high: the part of the old axis that becomes the new one, in pixels.
    init(_ source: Int, low: Float, high: Float, to count: Int) {
        let scale = Double(high - low) / Double(count)
        let support = max(1, scale)
        let inverse = 1 / support
        stride = Int(support.rounded(.up)) * 2 + 1
        (starts, counts) = (Buffer(count: count), Buffer(count: count))
        weights = Buffer(count: count * stride)
        self.count = count
        var triangle = [Double](repeating: 0, count: stride)
        for place in 0..<count {
            let centre = Double(low) + (Double(place) + 0.5) * scale
            var first = max(0, Int(centre - support + 0.5))
            var end = min(source, Int(centre + support + 0.5))
            func height(_ old: Int) -> Double { max(0, 1 - abs((Double(old) - centre + 0.5) * inverse)) }
            while end - first > 1, height(first) == 0 { first += 1 }
            while end - first > 1, height(end - 1) == 0 { end -= 1 }
            var sum = 0.0
            for old in first..<end {
                triangle[old - first] = height(old)
                sum += height(old)
            }
            starts.pointer[place] = Int32(first)
            counts.pointer[place] = Int32(end - first)
            for old in 0..<end - first {
                let weight = triangle[old] / sum
                weights.pointer[place * stride + old] = Int32(0.5 + weight * Double(1 << Self.bits))
            }
        }
        used = Int(starts[0])..<Int(starts[count - 1] + counts[count - 1])
    }

    func start(_ place: Int) -> Int { Int(starts.pointer[place]) }
    func end(_ place: Int) -> Int { Int(starts.pointer[place] + counts.pointer[place]) }
}

/// Which part of an image becomes which part of another one.
struct ImagePlacement {
    /// The part of the old image, in pixels.
    var (left, right): (Float, Float)
    var (top, bottom): (Float, Float)
    /// What it becomes, and how far from the new image's top and left side.
    var size: ImageSize
    var (rows, columns) = (0, 0)

    /// As Pillow's `ImageOps.fit` and `ImageOps.pad` place images.
    init(_ source: ImageSize, in target: ImageSize, _ fit: ImageFit) {
        let (height, width) = (Double(source.height), Double(source.width))
        (left, right, top, bottom) = (0, Float(width), 0, Float(height))
        size = target
        let ratio = Double(target.width) / Double(target.height)
        let isWider = width / height > ratio
        guard width / height != ratio else { return }
        switch fit {
        case .stretch: break
        case .crop where isWider:
            let part = ratio * height
            let start = (width - part) * 0.5
            (left, right) = (Float(start), Float(start + part))
        case .crop:
            let part = width / ratio
            let start = (height - part) * 0.5
            (top, bottom) = (Float(start), Float(start + part))
        case .pad where isWider:
            let part = (height / width * Double(target.width)).rounded(.toNearestOrEven)
            size.height = max(1, Int(part))
            rows = Int((Double(target.height - size.height) * 0.5).rounded(.toNearestOrEven))
        case .pad:
            let part = (width / height * Double(target.height)).rounded(.toNearestOrEven)
            size.width = max(1, Int(part))
            columns = Int((Double(target.width - size.width) * 0.5).rounded(.toNearestOrEven))
        }
    }
}
