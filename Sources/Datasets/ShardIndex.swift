import Tensors

/// Where the images of archives lie, and their classes: eleven bytes a sample.
final class ShardIndex: Sendable {
    private let files: [OpenFile]
    /// Of each file, the id of its first sample; and how many there are.
    private let starts: [Int]
    let count: Int
    private let offsets: [Int]
    private let sizes: [UInt32]
    private let labels: [UInt16]

    /// A sample as its members are met one after the other.
    private struct Sample {
        var key: Substring
        var members: [String: TarIndex.Member] = [:]
    }

    init(_ paths: [String], image: [String], label: String) throws {
        var (files, starts): ([OpenFile], [Int]) = ([], [])
        var (offsets, sizes, labels): ([Int], [UInt32], [UInt16]) = ([], [], [])
        for path in paths {
            let file = try OpenFile(path)
            starts.append(offsets.count)
            files.append(file)
            for sample in try Self.samples(TarIndex(file), file: path) {
                guard let member = image.lazy.compactMap({ sample.members[$0] }).first else {
                    throw ShardError.missing(file: path, sample: String(sample.key), endings: image)
                }
                guard let labelMember = sample.members[label] else {
                    throw ShardError.missing(file: path, sample: String(sample.key), endings: [label])
                }
                guard member.size <= ImageDecoder.largestFile else {
                    throw ImageError.fileTooLarge(file: "\(path), '\(member.name)'", bytes: member.size)
                }
                offsets.append(member.offset)
                sizes.append(UInt32(member.size))
                labels.append(try Self.label(labelMember, in: file))
            }
        }
        guard !offsets.isEmpty else {
            throw ShardError.noSamples(file: paths.first ?? "", count: paths.count)
        }
        guard offsets.count <= UInt32.max else {
            throw DatasetError.tooManySamples(file: paths[0], count: offsets.count)
        }
        (self.files, self.starts, count) = (files, starts, offsets.count)
        (self.offsets, self.sizes, self.labels) = (offsets, sizes, labels)
    }

    /// The members of a file, by sample.
    private static func samples(_ index: TarIndex, file: String) throws(ShardError) -> [Sample] {
        // By bytes: names that look alike are different names.
        var (samples, keys): ([Sample], Set<[UInt8]>) = ([], [])
        for member in index.members {
            let base = member.name.split(separator: "/").last ?? ""
            // Files of systems and editors, such as `._00017.jpg`, belong to no sample.
            guard let point = base.firstIndex(of: "."), point != base.startIndex else { continue }
            let key = member.name.dropLast(base.distance(from: point, to: base.endIndex))
            let ending = base[base.index(after: point)...].lowercased()
            if samples.last.map({ !$0.key.utf8.elementsEqual(key.utf8) }) ?? true {
                guard keys.insert(Array(key.utf8)).inserted else {
                    throw .scattered(file: file, sample: String(key))
                }
                samples.append(Sample(key: key))
            }
            guard samples[samples.count - 1].members.updateValue(member, forKey: ending) == nil else {
                throw .twice(file: file, member: member.name)
            }
        }
        return samples
    }

    private static func label(_ member: TarIndex.Member, in file: OpenFile) throws -> UInt16 {
        var bytes = [UInt8](repeating: 0, count: min(member.size, 32))
        let found = try file.read(member.offset, into: &bytes, count: bytes.count)
        let text = String(decoding: bytes[..<found], as: UTF8.self).trimming(\.isWhitespace)
        guard member.size <= bytes.count, text.allSatisfy({ $0.isASCII && $0.isNumber }),
            let label = UInt16(text)
        else { throw ShardError.badLabel(file: file.path, member: member.name, text: String(text)) }
        return label
    }

    var largestLabel: Int { Int(labels.max() ?? 0) }
    var fileCounts: [Int] { zip(starts, starts.dropFirst() + [count]).map { $1 - $0 } }

    func label(of id: Int) -> Int { Int(labels[id]) }

    func checkLabels(_ classes: Int) throws(ShardError) {
        guard let id = labels.firstIndex(where: { $0 >= classes }) else { return }
        throw .labelOutside(name: name(of: id), label: Int(labels[id]), classes: classes)
    }

    /// The file of a sample.
    private func file(of id: Int) -> Int {
        precondition(id >= 0 && id < count, "sample \(id) is outside of \(count)")
        var (low, high) = (0, starts.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if starts[middle] <= id { low = middle } else { high = middle - 1 }
        }
        return low
    }
}

extension ShardIndex: ImageSource {
    func name(of id: Int) -> String {
        let file = file(of: id)
        return "\(files[file].path), sample \(id - starts[file])"
    }

    func load(_ id: Int, into content: inout Buffer<UInt8>) throws -> Int {
        try files[file(of: id)].read(offsets[id], count: Int(sizes[id]), into: &content)
    }
}
