import Tensors

/// Tar archives of images with a class each, as WebDataset writes them (github.com/webdataset/webdataset), and what every image
/// becomes.
///
/// Members of a sample follow one another and differ in what is behind the first point of their names alone: `00017.jpg`,
/// `00017.cls`. The class is a whole number in decimal digits.
package struct ShardFiles: Equatable, Sendable {
    /// The archives to learn from, in the order of the samples' ids.
    package var train: [String]
    /// Nil where the samples of `train` are split.
    package var test: [String]?
    /// Endings of the images; the first one that a sample has is taken.
    package var image = ["jpg", "jpeg", "png"]
    /// The ending of the classes.
    package var label = "cls"
    /// How many classes there are; nil takes the largest training label plus one.
    package var classes: Int?
    /// How the images become samples, as of a folder.
    package var form: ImageFiles
    /// Archives are read one after the other, in another order each epoch; inside of so many samples any order is as likely.
    package var window = 4096

    package init(train: [String], test: [String]? = nil) {
        (self.train, self.test) = (train, test)
        form = ImageFiles(train: "", test: nil)
    }

    /// Reads the archives' headers and labels, and one image where size or channels follow from it.
    func load() throws -> DatasetHalves {
        let index = try ShardIndex(train, image: image, label: label)
        let form = try ImageForm(form, samples: index)
        let samples = try ImageShards(index, form, classes: classes ?? index.largestLabel + 1, window: window)
        guard let test else { return DatasetHalves(train: samples, test: nil) }
        let testIndex = try ShardIndex(test, image: image, label: label)
        return DatasetHalves(
            train: samples,
            test: try ImageShards(testIndex, form, classes: samples.classes, window: window))
    }

    /// `train-{000..009}.tar` stands for ten files; several such ranges for all combinations, the last one changing fastest.
    ///
    /// - Returns: nil where braces hold no range of whole numbers.
    package static func expanded(_ pattern: String) -> [String]? {
        guard let open = pattern.firstIndex(of: "{") else { return pattern.contains("}") ? nil : [pattern] }
        guard let close = pattern[open...].firstIndex(of: "}") else { return nil }
        let ends = String(pattern[pattern.index(after: open)..<close]).split(
            separator: "..", omittingEmptySubsequences: false)
        guard ends.count == 2, ends.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isNumber) }),
            let first = Int(ends[0]), let last = Int(ends[1]), first <= last, last - first < 100_000,
            let rests = expanded(String(pattern[pattern.index(after: close)...]))
        else { return nil }
        let width = ends[0].hasPrefix("0") ? ends[0].count : 0
        return (first...last).flatMap { number in
            let digits = String(number)
            let zeros = String(repeating: "0", count: max(0, width - digits.count))
            return rests.map { pattern[..<open] + zeros + digits + $0 }
        }
    }
}

/// Images in archives, decoded when they are asked for.
struct ImageShards: Dataset {
    private let index: ShardIndex
    private let form: ImageForm
    private let window: Int
    let classes: Int

    init(_ index: ShardIndex, _ form: ImageForm, classes: Int, window: Int) throws(ShardError) {
        (self.index, self.form, self.classes, self.window) = (index, form, classes, window)
        try index.checkLabels(classes)
    }

    var count: Int { index.count }
    var sampleShape: Shape { form.shape }
    var range: ClosedRange<Float> { 0...1 }
    var reading: ReadingOrder? { ReadingOrder(files: index.fileCounts, window: window) }

    func label(of id: Int) -> Int { index.label(of: id) }
    func name(of id: Int) -> String { index.name(of: id) }
    func makeReader() -> any SampleReader { ImageReader(index, form) }
}
