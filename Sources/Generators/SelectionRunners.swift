import Tensors
import VectorKernels

/// A mask with exactly k trues in each run: the i-th of n is chosen with probability (left to choose) / (left) (Knuth, The Art
/// of Computer Programming 2, §3.4.2, algorithm S), so every subset is equally likely and nothing is sorted.
final class ChooseRunner: WholeRunner {
    private let key: UInt64
    private let counts: UnsafePointer<Float>
    private let countStrides: Bool
    private let result: UnsafeMutablePointer<Float>
    private let (rows, size): (Int, Int)
    private let uniform: DrawKernel

    init(
        _ key: UInt64, _ axis: Int, counts: UnsafePointer<Float>, _ countShape: Shape,
        _ result: UnsafeMutablePointer<Float>, _ shape: Shape, _ kernels: NoiseKernels
    ) {
        (self.key, self.counts, self.result, uniform) = (key, counts, result, kernels.uniform)
        countStrides = countShape.count != 1
        (rows, size, _) = shape.split(at: axis)
    }

    func run(id: UInt64, epoch: UInt32) {
        uniform(result, rows * size, key, epoch, id, 0)
        for row in 0..<rows {
            let run = result + row * size
            var left = chosenCount(counts[countStrides ? row : 0], of: size)
            for place in 0..<size {
                // Exact in Double, so the last ones are chosen for certain where they must be.
                let isChosen = Double(run[place]) * Double(size - place) < Double(left)
                run[place] = Float(bitPattern: isChosen ? .max : 0)
                left -= isChosen ? 1 : 0
            }
        }
    }
}

/// How many of `size` are meant by a number: the nearest whole one that is possible, 0 for NaN.
func chosenCount(_ count: Float, of size: Int) -> Int {
    count >= Float(size) ? size : count > 0 ? min(size, Int(count.rounded(.toNearestOrEven))) : 0
}

/// 1 … n in random order in each run (Fisher & Yates's shuffle from the end).
final class PermutationRunner: WholeRunner {
    private let key: UInt64
    private let result: UnsafeMutablePointer<Float>
    private let (rows, size): (Int, Int)
    private let draws: Buffer<Float>
    private let uniform: DrawKernel

    init(
        _ key: UInt64, _ axis: Int, _ result: UnsafeMutablePointer<Float>, _ shape: Shape,
        _ kernels: NoiseKernels
    ) {
        (self.key, self.result, uniform) = (key, result, kernels.uniform)
        (rows, size, _) = shape.split(at: axis)
        draws = Buffer(count: rows * size)
    }

    func run(id: UInt64, epoch: UInt32) {
        uniform(draws.pointer, rows * size, key, epoch, id, 0)
        for row in 0..<rows {
            let (run, draws) = (result + row * size, draws.pointer + row * size)
            for place in 0..<size { run[place] = Float(place + 1) }
            for last in stride(from: size - 1, to: 0, by: -1) {
                let choice = Int(Double(draws[last]) * Double(last + 1))
                (run[last], run[choice]) = (run[choice], run[last])
            }
        }
    }
}

/// A mask of exactly k of the largest values; equal ones are taken from the front. A NaN is smaller than all.
final class TopRunner: WholeRunner {
    private let keys: UnsafePointer<Float>
    private let count: UnsafePointer<Float>
    private let result: UnsafeMutablePointer<Float>
    private let ranks: Buffer<UInt32>

    init(
        _ keys: UnsafePointer<Float>, _ size: Int, _ count: UnsafePointer<Float>,
        _ result: UnsafeMutablePointer<Float>
    ) {
        (self.keys, self.count, self.result) = (keys, count, result)
        ranks = Buffer(count: size)
    }

    func run(id: UInt64, epoch: UInt32) {
        let size = ranks.count
        let chosen = chosenCount(count[0], of: size)
        for place in 0..<size { ranks.pointer[place] = rank(keys[place]) }
        let threshold = chosen == 0 ? .max : Self.select(ranks.pointer, size, size - chosen)
        var above = 0
        for place in 0..<size where rank(keys[place]) > threshold { above += 1 }
        var equal = chosen - above
        for place in 0..<size {
            let rank = rank(keys[place])
            let isTie = rank == threshold && equal > 0
            if isTie { equal -= 1 }
            result[place] = Float(bitPattern: chosen > 0 && (rank > threshold || isTie) ? .max : 0)
        }
    }

    /// The value that has `place` others before it in order, a byte of it at a time from the highest; reorders `values`. Its
    /// time does not depend on the values: a plugin chooses them, and for every choice of a pivot there is a bad order.
    private static func select(_ values: UnsafeMutablePointer<UInt32>, _ count: Int, _ place: Int) -> UInt32 {
        var (candidates, place, found) = (count, place, UInt32(0))
        for shift in [UInt32(24), 16, 8, 0] {
            let chosen = withUnsafeTemporaryAllocation(of: Int.self, capacity: 256) { counts in
                counts.update(repeating: 0)
                for candidate in 0..<candidates { counts[Int(values[candidate] >> shift & 255)] += 1 }
                var byte = 0
                while place >= counts[byte] {
                    place -= counts[byte]
                    byte += 1
                }
                return UInt32(byte)
            }
            found |= chosen << shift
            var kept = 0
            for candidate in 0..<candidates where values[candidate] >> shift & 255 == chosen {
                values[kept] = values[candidate]
                kept += 1
            }
            candidates = kept
        }
        return found
    }
}

/// Whole numbers in the order of the floats; both zeros are equal, a NaN comes before all.
private func rank(_ value: Float) -> UInt32 {
    guard value == value else { return 0 }
    let bits = (value + 0).bitPattern
    return bits >> 31 == 1 ? ~bits : bits | 0x8000_0000
}

/// The positions that sort each run along an axis; equal values keep their order, NaNs come first.
final class OrderRunner: WholeRunner {
    private let keys: UnsafePointer<Float>
    private let result: UnsafeMutablePointer<Float>
    private let extent: (outer: Int, size: Int, inner: Int)
    /// Rank and place in one number, which sorts them as they must be.
    private let pairs: Buffer<UInt64>

    init(_ axis: Int, _ keys: UnsafePointer<Float>, _ shape: Shape, _ result: UnsafeMutablePointer<Float>) {
        (self.keys, self.result, extent) = (keys, result, shape.split(at: axis))
        pairs = Buffer(count: extent.size)
    }

    func run(id: UInt64, epoch: UInt32) {
        let (size, inner) = (extent.size, extent.inner)
        var run = UnsafeMutableBufferPointer(start: pairs.pointer, count: size)
        for outer in 0..<extent.outer {
            for offset in 0..<inner {
                let first = outer * size * inner + offset
                for place in 0..<size {
                    run[place] = UInt64(rank(keys[first + place * inner])) << 32 | UInt64(place)
                }
                run.sort()
                for place in 0..<size { result[first + place * inner] = Float(run[place] & 0xffff_ffff) + 1 }
            }
        }
    }
}
