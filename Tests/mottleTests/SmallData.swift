import Foundation

/// Images of three classes that a small model tells apart, 6 × 5, and the config that trains on them.
enum SmallData {
    /// 301 images to learn from, so that the last batch of 16 is partial.
    static let trainCount = 301
    static let testCount = 70

    /// The config; tests of errors count on its lines.
    static let config = """
        data:
          train: { images: train-images, labels: train-labels }
          test: { images: test-images, labels: test-labels }
        chain:
          - gaussian: { sigma: 0.1 }
        model:
          - flatten
          - dense: 8
          - relu
          - dense: 3
        train:
          epochs: 2
          batch_size: 16
        evaluate:
          - salt_and_pepper: { amount: [0.1, 0.3] }

        """

    /// An IDX file of bytes.
    static func idx(_ shape: [Int], _ bytes: [UInt8]) -> Data {
        var header: [UInt8] = [0, 0, 8, UInt8(shape.count)]
        for size in shape { for shift in [24, 16, 8, 0] { header.append(UInt8(size >> shift & 255)) } }
        return Data(header + bytes)
    }

    static func labels(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 * 7 % 3) } }

    /// A pattern of its own for each image, with a bright column where its class says.
    static func images(_ count: Int, seed: Int) -> [UInt8] {
        let labels = labels(count)
        return (0..<count * 30).map { place in
            let brightness = (place * 7919 + seed) % 113
            return UInt8(place % 5 == Int(labels[place / 30]) * 2 ? brightness + 140 : brightness)
        }
    }
}

extension WorkFolder {
    /// A folder with the small data and its config as `small.yaml`.
    static func withSmallData(config: String = SmallData.config) throws -> WorkFolder {
        let folder = try WorkFolder()
        for (name, count, seed) in [("train", SmallData.trainCount, 13), ("test", SmallData.testCount, 57)] {
            try folder.write(
                "\(name)-images", SmallData.idx([count, 6, 5], SmallData.images(count, seed: seed)))
            try folder.write("\(name)-labels", SmallData.idx([count], SmallData.labels(count)))
        }
        try folder.write("small.yaml", config)
        return folder
    }

    /// A folder with the small data and a config in which something is put in another's place.
    static func withSmallData(replacing old: String, by new: String) throws -> WorkFolder {
        precondition(SmallData.config.contains(old), "the config has no '\(old)'")
        return try withSmallData(config: SmallData.config.replacingOccurrences(of: old, with: new))
    }
}
