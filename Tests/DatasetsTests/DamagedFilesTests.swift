import Foundation
import Tensors
import Testing

@testable import Datasets

/// A generator that gives the same numbers every time (SplitMix64; Steele, Lea & Flood 2014).
struct Repeatable: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// `bytes` with up to four bytes changed, left out or put in, and perhaps cut short.
func damaged(_ bytes: [UInt8], seed: UInt64) -> [UInt8] {
    var random = Repeatable(state: seed)
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(.random(in: 0...255, using: &random), at: place)
        case 2: bytes = Array(bytes[..<place])
        default:
            bytes[place] = [0, 1, 0x7f, 0x80, 0xff, .random(in: 0...255, using: &random)].randomElement(
                using: &random)!
        }
    }
    return bytes
}

/// The seeds of the damage that is tried.
///
/// `MOTTLE_FUZZ_CASES` tries that many files a reader, `MOTTLE_FUZZ_SEED` others.
enum FuzzSeeds {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["MOTTLE_FUZZ_CASES"].flatMap { UInt64($0) } ?? 400
    private static let first = environment["MOTTLE_FUZZ_SEED"].flatMap { UInt64($0) } ?? 0
    static let all = first..<first + count
}

/// Whatever stands in a file, reading it ends with a data set that fits the file or with an error.
@Suite struct DamagedFilesTests {
    enum Form: String, CaseIterable {
        case idx, gzippedIDX, npy, fortran, npz, deflatedNPZ, largeNPZ, safetensors, cifar10, cifar100

        /// A whole file of five images or two, by whose damage the reader is tried.
        func images() throws -> [UInt8] {
            let pixels = (0..<30).map { UInt8($0 * 8) }
            let floats = (0..<120).map { UInt8(truncatingIfNeeded: $0 * 7919 >> 3) }
            let array = DatasetsTests.npy(
                "{'descr': '|u1', 'fortran_order': False, 'shape': (5, 3, 2)}", pixels)
            let labels = DatasetsTests.npy(
                "{'descr': '<i2', 'fortran_order': False, 'shape': (5,)}", Self.labels)
            func zip(isDeflated: Bool, isLarge: Bool = false) -> [UInt8] {
                ZipFile.bytes(
                    [
                        .init(name: "x.npy", content: array, isDeflated: isDeflated),
                        .init(name: "y.npy", content: labels, isDeflated: isDeflated),
                    ], isLarge: isLarge)
            }
            switch self {
            case .idx: return DatasetsTests.idx([5, 3, 2], pixels)
            case .gzippedIDX: return try Folder.gzipped(DatasetsTests.idx([5, 3, 2], pixels))
            case .npy:
                return DatasetsTests.npy(
                    "{'descr': '<f4', 'fortran_order': False, 'shape': (5, 3, 2)}", floats)
            case .fortran:
                return DatasetsTests.npy(
                    "{'descr': '>i4', 'fortran_order': True, 'shape': (5, 3, 2)}", floats)
            case .npz: return zip(isDeflated: false)
            case .deflatedNPZ: return zip(isDeflated: true)
            case .largeNPZ: return zip(isDeflated: false, isLarge: true)
            case .safetensors:
                let header =
                    #"{"x":{"dtype":"U8","shape":[5,3,2],"data_offsets":[0,30]},"#
                    + #""y":{"dtype":"I16","shape":[5],"data_offsets":[30,40]}}"#
                return DatasetsTests.safetensors(header, pixels + Self.labels)
            case .cifar10: return Self.cifar(labels: 1)
            case .cifar100: return Self.cifar(labels: 2)
            }
        }

        /// Two images behind so many labels each.
        private static func cifar(labels: Int) -> [UInt8] {
            let values = (0..<3072).map { UInt8($0 & 255) }
            return (0..<2).flatMap { [UInt8](repeating: $0, count: labels) + values }
        }

        private static let labels: [UInt8] = [1, 0, 2, 0, 0, 0, 4, 0, 3, 0]

        func half(_ images: String, labels: String) -> ClassifiedFiles.Half {
            switch self {
            case .idx, .gzippedIDX, .npy, .fortran: .files(images: images, labels: labels)
            case .npz, .deflatedNPZ, .largeNPZ, .safetensors: .members(file: images, images: "x", labels: "y")
            case .cifar10: .cifar(.cifar10, files: [images])
            case .cifar100: .cifar(.cifar100Fine, files: [images])
            }
        }
    }

    /// Reads every sample of a data set, which must have what it says.
    private static func readAll(_ data: ClassifiedImages) {
        #expect(data.count > 0 && data.sampleShape.count > 0)
        for id in 0..<data.count {
            #expect((0..<data.classes).contains(data.label(of: id)))
            _ = try? sample(id, of: data)
        }
    }

    @Test(arguments: Form.allCases)
    func `damaged images are read or refused`(form: Form) throws {
        let folder = try Folder()
        let whole = try form.images()
        let labels = try folder.file("labels", idx([5], [1, 2, 0, 4, 3]))
        Self.readAll(
            try ClassifiedImages(form.half(folder.file("images", whole), labels: labels), range: 0...1))
        var refused = 0
        for seed in FuzzSeeds.all {
            let images = try folder.file("images", damaged(whole, seed: seed))
            do throws(DatasetError) {
                Self.readAll(try ClassifiedImages(form.half(images, labels: labels), range: 0...1))
            } catch {
                refused += 1
                #expect(error.description.contains("/images: ") || error.description.contains("/labels: "))
            }
        }
        #expect(refused > FuzzSeeds.all.count / 20)
    }

    @Test(arguments: [
        idx([5], [1, 2, 0, 4, 3]),
        npy("{'descr': '<i2', 'fortran_order': False, 'shape': (5,)}", [1, 0, 2, 0, 0, 0, 4, 0, 3, 0]),
    ])
    func `damaged labels are read or refused`(whole: [UInt8]) throws {
        let folder = try Folder()
        let images = try folder.file("images", idx([5, 3, 2], (0..<30).map { $0 }))
        var refused = 0
        for seed in FuzzSeeds.all {
            let labels = try folder.file("labels", damaged(whole, seed: seed))
            do throws(DatasetError) {
                Self.readAll(try ClassifiedImages(.files(images: images, labels: labels)))
            } catch { refused += 1 }
        }
        #expect(refused > FuzzSeeds.all.count / 20)
    }
}
