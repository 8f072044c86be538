import Tensors

/// Images of bytes with a class each, whole in memory.
package final class ClassifiedImages: Dataset {
    package let count: Int
    package let sampleShape: Shape
    package let classes: Int
    package let range: ClosedRange<Float> = 0...1

    private let pixels: ByteStorage
    private let labels: ByteStorage

    /// Joins an IDX file of images, [N, height, width] or [N, height, width, channels], with one of N labels.
    ///
    /// - Parameter classes: How many classes there are; nil takes the largest label plus one.
    /// - Throws: ``DatasetError`` that names the file.
    package init(images: String, labels labelFile: String, classes: Int? = nil) throws(DatasetError) {
        let images = try IDXFile(images, holding: .images)
        let labels = try IDXFile(labelFile, holding: .labels)
        count = images.shape[0]
        guard labels.shape[0] == count else {
            throw .countsDisagree(
                images: images.file, imageCount: count, labels: labelFile, labelCount: labels.shape[0])
        }
        let sizes = images.shape.sizes.dropFirst()
        sampleShape = Shape(sizes.count == 2 ? sizes + [1] : Array(sizes))
        let values = UnsafeBufferPointer(start: labels.bytes.pointer, count: count)
        self.classes = classes ?? (Int(values.max() ?? 0) + 1)
        for (index, label) in values.enumerated() where Int(label) >= self.classes {
            throw .labelOutside(file: labelFile, index: index, label: Int(label), classes: self.classes)
        }
        (pixels, self.labels) = (images.bytes, labels.bytes)
    }

    package func label(of id: Int) -> Int {
        check(id)
        return Int(labels.pointer[id])
    }

    package func bytes(of id: Int) -> UnsafePointer<UInt8>? {
        check(id)
        return UnsafePointer(pixels.pointer + id * sampleShape.count)
    }

    /// Each byte b as b / 255, the Float nearest to the quotient: what NumPy's `x / 255` gives.
    package func read(_ id: Int, into values: UnsafeMutablePointer<Float>) {
        check(id)
        let size = sampleShape.count
        let bytes = pixels.pointer + id * size
        for index in 0..<size { values[index] = Float(Double(bytes[index]) / 255) }
    }

    private func check(_ id: Int) {
        precondition(id >= 0 && id < count, "sample \(id) is outside a data set of \(count)")
    }
}
