import Kernels
import Tensors
import Testing

@testable import VectorKernels

/// A product over buffers with a guard zone around C.
private struct Case {
    static let untouched: Float = 1e30

    let a: Buffer<Float>
    let b: Buffer<Float>
    let bias: Buffer<Float>?
    let c: Buffer<Float>
    let partialSums = Buffer<Float>(count: MatrixProduct.partialSumsCount)
    let rows: Int
    let columns: Int
    let depth: Int
    let isTransposed: Bool

    /// Rows of A have 3 values more than are used, those of B 16, those of C 32.
    init(rows: Int, columns: Int, depth: Int, isTransposed: Bool = false, hasBias: Bool = false) {
        (self.rows, self.columns, self.depth, self.isTransposed) = (rows, columns, depth, isTransposed)
        a = Fixture.buffer(isTransposed ? depth * (rows + 3) : rows * (depth + 3), seed: 1)
        b = Fixture.buffer(depth * (columns + 16), seed: 2)
        bias = hasBias ? Fixture.buffer(columns, seed: 3) : nil
        c = Buffer(Array(repeating: Self.untouched, count: 64 + rows * (columns + 32)))
    }

    /// The factors as bf16 has them: what products in bf16 and those in single precision read alike.
    func round() {
        for buffer in [a, b] {
            for index in 0..<buffer.count { buffer.pointer[index] = bf16(buffer.pointer[index]) }
        }
    }

    func product(leaves: Int = 1) -> MatrixProduct {
        MatrixProduct(
            a: a.pointer, aRowStride: isTransposed ? 1 : depth + 3, aDepthStride: isTransposed ? rows + 3 : 1,
            b: b.pointer, bStride: columns + 16, c: c.pointer + 64, cStride: columns + 32, rows: rows,
            columns: columns, depth: depth, bias: bias.map { UnsafePointer($0.pointer) }, leaves: leaves,
            partialSums: partialSums.pointer)
    }

    /// The same with memory for packing, and with B given as its transpose where `transposed` holds that.
    func packed(transposed: Buffer<Float>? = nil) -> (product: MatrixProduct, packing: Buffer<Float>) {
        var product = product()
        if let transposed {
            (product.b, product.bStride) = (UnsafePointer(transposed.pointer), depth + 5)
            product.transposesB = true
        }
        let packing = Buffer(Array(repeating: Self.untouched, count: product.packingCount + 64))
        product.packing = packing.pointer
        return (product, packing)
    }

    /// Bᵀ, whose rows have 5 values more than are used.
    var transposedB: Buffer<Float> {
        let transposed = Buffer(Array(repeating: Self.untouched, count: columns * (depth + 5)))
        for column in 0..<columns {
            for k in 0..<depth {
                transposed.pointer[column * (depth + 5) + k] = b.pointer[k * (columns + 16) + column]
            }
        }
        return transposed
    }

    func clear() { c.pointer.update(repeating: Self.untouched, count: c.count) }

    var result: [Float] {
        (0..<rows).flatMap { row in (0..<columns).map { c.pointer[64 + row * (columns + 32) + $0] } }
    }

    var expected: [Double] {
        let product = product()
        return (0..<rows).flatMap { row in
            (0..<columns).map { column in
                (0..<depth).reduce(Double(bias?.pointer[column] ?? 0)) { sum, k in
                    let left = a.pointer[row * product.aRowStride + k * product.aDepthStride]
                    return sum + Double(left) * Double(b.pointer[k * product.bStride + column])
                }
            }
        }
    }

    /// Whether everything around C, and behind memory for packing, is as it was.
    func guardsAreWhole(_ packing: Buffer<Float>) -> Bool {
        guardsAreWhole && packing.values.suffix(64).allSatisfy { $0 == Self.untouched }
    }

    /// Whether everything around C is as it was.
    var guardsAreWhole: Bool {
        (0..<c.count).allSatisfy { index in
            let isInside = index >= 64 && (index - 64) % (columns + 32) < columns
            return isInside || c.pointer[index] == Self.untouched
        }
    }
}

@Suite(.enabled(if: Fixture.kernels.precisions.contains(.bf16), "this processor has no AVX512-BF16"))
struct BFloat16ProductTests {
    @Test func `the peak's rounds multiply two factors in each lane`() {
        // In each upper half 0.5, in the lower ones nothing.
        let values = Buffer<Float>(Array(repeating: 0.5, count: 16))
        #expect(Fixture.kernels.training.multiplyAddPeak(values.pointer, 3, .bf16) == 3 * 12 * 16 * 2 * 2)
        #expect(values.values.allSatisfy { $0 == 12 * 0.9375 })
    }

    private static let shapes =
        (1...13).map { ($0, $0 % 5 * 16 + 16, 71 - 5 * $0) } + [
            (22, 112, 1), (50, 48, 300), (197, 1104, 261), (13, 528, 3), (7, 144, 1789), (3, 32, 0),
        ]

    @Test func `products in bf16 are sums over rounded factors`() {
        for (index, (rows, columns, depth)) in Self.shapes.enumerated() {
            let test = Case(
                rows: rows, columns: columns, depth: depth, isTransposed: index % 2 == 0,
                hasBias: index % 3 == 0)
            var (product, packing) = test.packed()
            product.precision = .bf16
            Fixture.kernels.training.multiply(product)
            let (found, exact) = (test.result, test.expected)
            test.round()
            let comment = Comment(rawValue: "\(rows) × \(columns) × \(depth)")
            // A running sum in Float; the factors rounded are what is left of the difference.
            expectClose(found, test.expected, tolerance: depth > 1000 ? 1e-4 : 1e-5, comment)
            if depth > 0 {
                let isRounded = zip(found, exact).contains { abs(Double($0) - $1) > 1e-4 }
                #expect(isRounded, comment)
            }
            #expect(test.guardsAreWhole(packing), comment)
        }
    }

    @Test func `bits in bf16 do not depend on how rows and columns are shared`() {
        for (index, (rows, columns, depth)) in Self.shapes.enumerated() {
            let test = Case(rows: rows, columns: columns, depth: depth, isTransposed: index % 2 == 1)
            var (product, packing) = test.packed()
            product.precision = .bf16
            Fixture.kernels.training.multiply(product)
            let whole = test.result
            test.clear()
            let (row, column) = (rows / 3, columns / 32 * 16)
            for rows in [0..<row, row..<rows] {
                for columns in [0..<column, column..<columns] {
                    Fixture.kernels.training.multiply(product.part(rows: rows, columns: columns))
                }
            }
            #expect(test.result == whole, "\(rows) × \(columns) × \(depth)")
            #expect(test.guardsAreWhole(packing), "\(rows) × \(columns) × \(depth)")
        }
    }

    @Test func `a product in bf16 goes on from what C holds`() {
        let test = Case(rows: 9, columns: 48, depth: 300, hasBias: true)
        var (product, packing) = test.packed()
        product.precision = .bf16
        Fixture.kernels.training.multiply(product)
        let whole = test.result
        test.clear()
        // At an even place, so that the same factors share a lane.
        for range in [0..<102, 102..<300] {
            var part = product
            part.a += range.lowerBound * part.aDepthStride
            part.b += range.lowerBound * part.bStride
            part.depth = range.count
            part.startsFromC = range.lowerBound > 0
            Fixture.kernels.training.multiply(part)
        }
        #expect(test.result == whole)
        #expect(test.guardsAreWhole(packing))
    }

    @Test func `factors that are not finite stay so`() {
        for value in [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude] {
            let test = Case(rows: 5, columns: 16, depth: 9)
            test.a.pointer[2 * 12 + 3] = value
            var (product, packing) = test.packed()
            product.precision = .bf16
            Fixture.kernels.training.multiply(product)
            let found = test.result
            let (hit, others) = (found[2 * 16..<3 * 16], found[..<32])
            #expect(hit.allSatisfy { !$0.isFinite }, "\(value)")
            #expect(others.allSatisfy { $0.isFinite })
            withExtendedLifetime(packing) {}
        }
    }
}

struct MatrixProductTests {
    @Test func `blocks of rows are even, hold all rows and fit their memory`() {
        for rows in 0...5000 {
            let count = MatrixProduct.rowBlocks(rows)
            let blocks = (0..<count).map { MatrixProduct.rowBlock($0, of: count, rows: rows) }
            #expect(blocks[0].lowerBound == 0 && blocks[count - 1].upperBound == rows)
            for (block, next) in zip(blocks, blocks.dropFirst()) {
                #expect(block.upperBound == next.lowerBound && block.count % 24 == 0)
            }
            let sizes = blocks.map(\.count)
            #expect(sizes.max()! <= MatrixProduct.largestRowBlock)
            #expect(2 * sizes.min()! >= sizes.max()!, "of \(rows) rows: \(sizes)")
        }
    }

    @Test(arguments: InstructionSet.supported)
    func `the peak's rounds are twelve sums that multiply and add`(set: InstructionSet) {
        let values = Buffer<Float>(Array(repeating: 0.5, count: 16))
        let operations = KernelSet.of(set)!.training.multiplyAddPeak(values.pointer, 3, .fp32)
        // 0.5 → 0.75 → 0.875 → 0.9375, times a factor and plus it.
        let lanes = operations / (3 * 12 * 2)
        #expect([4, 8, 16].contains(lanes))
        #expect(values.values == (0..<16).map { $0 < lanes ? 12 * 0.9375 : 0.5 })
    }

    @Test(arguments: InstructionSet.supported)
    func `products agree with Double sums for all remainders of rows and columns`(set: InstructionSet) {
        let kernels = KernelSet.of(set)!.training
        for rows in [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 15, 17, 22, 31] {
            for columns in [16, 32, 48, 64, 80, 112, 160] {
                for (depth, isTransposed) in [(1, true), (3, false), (29, true), (65, false)] {
                    let test = Case(
                        rows: rows, columns: columns, depth: depth, isTransposed: isTransposed,
                        hasBias: (rows + columns / 16) % 2 == 0)
                    kernels.multiply(test.product())
                    expectClose(test.result, test.expected, "\(rows) × \(columns) × \(depth)")
                    #expect(test.guardsAreWhole, "\(rows) × \(columns) × \(depth)")
                }
            }
        }
    }

    @Test(arguments: InstructionSet.supported)
    func `a deep product, which is summed in blocks, agrees with Double sums`(set: InstructionSet) {
        let test = Case(rows: 7, columns: 144, depth: 789, hasBias: true)
        KernelSet.of(set)!.training.multiply(test.product())
        // A running sum of 789 products of size 1, in Float.
        expectClose(test.result, test.expected, tolerance: 1e-4)
        #expect(test.guardsAreWhole)
    }

    @Test(arguments: InstructionSet.supported)
    func `packed blocks give the bits of unpacked ones`(set: InstructionSet) {
        let kernels = KernelSet.of(set)!.training
        let many = [
            (48, 16, 65), (53, 80, 257), (99, 144, 300), (197, 1104, 259), (307, 1104, 259), (61, 560, 64),
            (13, 528, 3), (287, 528, 600), (287, 144, 300),
        ]
        let few = (1...13).map { ($0, 512 + $0 % 5 * 16, 70 - 5 * $0) }
        for (index, (rows, columns, depth)) in (many + few).enumerated() {
            let test = Case(
                rows: rows, columns: columns, depth: depth, isTransposed: index % 2 == 0,
                hasBias: index % 3 == 0)
            kernels.multiply(test.product())
            let unpacked = test.result
            test.clear()
            let (product, packing) = test.packed()
            kernels.multiply(product)
            #expect(test.result == unpacked, "\(rows) × \(columns) × \(depth)")
            #expect(test.guardsAreWhole(packing), "\(rows) × \(columns) × \(depth)")
        }
    }

    @Test(arguments: InstructionSet.supported)
    func `a transposed B gives the bits of a plain one`(set: InstructionSet) {
        let kernels = KernelSet.of(set)!.training
        let shapes =
            (1...13).map { ($0, $0 % 5 * 16 + 16, 71 - 5 * $0) } + [
                (50, 48, 300), (7, 1040, 33), (1, 288, 21), (3, 32, 0),
            ]
        for (index, (rows, columns, depth)) in shapes.enumerated() {
            let test = Case(
                rows: rows, columns: columns, depth: depth, isTransposed: index % 2 == 0,
                hasBias: index % 3 == 0)
            kernels.multiply(test.product())
            let plain = test.result
            test.clear()
            let transposed = test.transposedB
            let (product, packing) = test.packed(transposed: transposed)
            let (row, column) = (rows / 3, columns / 32 * 16)
            for rows in [0..<row, row..<rows] {
                for columns in [0..<column, column..<columns] {
                    kernels.multiply(product.part(rows: rows, columns: columns))
                }
            }
            #expect(test.result == plain, "\(rows) × \(columns) × \(depth)")
            #expect(test.guardsAreWhole(packing), "\(rows) × \(columns) × \(depth)")
        }
    }

    @Test(arguments: InstructionSet.supported)
    func `a product goes on from what C holds, packed or not`(set: InstructionSet) {
        let kernels = KernelSet.of(set)!.training
        for (rows, columns, depth) in [(7, 48, 29), (1, 144, 31), (50, 560, 300)] {
            let test = Case(rows: rows, columns: columns, depth: depth, hasBias: true)
            kernels.multiply(test.product())
            let whole = test.result
            test.clear()
            let (product, packing) = test.packed()
            for range in [0..<depth / 3, depth / 3..<depth] {
                var part = product
                part.a += range.lowerBound * part.aDepthStride
                part.b += range.lowerBound * part.bStride
                part.depth = range.count
                part.startsFromC = range.lowerBound > 0
                kernels.multiply(part)
            }
            #expect(test.result == whole, "\(rows) × \(columns) × \(depth)")
            #expect(test.guardsAreWhole(packing))
        }
    }

    @Test(arguments: InstructionSet.supported)
    func `leaves are combined by a binary tree`(set: InstructionSet) {
        let kernels = KernelSet.of(set)!.training
        for leaves in [2, 4, 8, 64] {
            for (rows, depth) in [(9, 1), (9, 3), (9, 30), (1, 30), (9, 97)] {
                let test = Case(rows: rows, columns: 80, depth: depth, isTransposed: true, hasBias: true)
                kernels.multiply(test.product(leaves: leaves))
                let found = test.result
                let name: Comment = "\(rows) rows, \(leaves) leaves of \(depth)"
                #expect(found == tree(test, leaves: leaves, kernels), name)
                expectClose(found, test.expected, name)
                #expect(test.guardsAreWhole)
            }
        }
    }

    /// The same from one product for each leaf.
    private func tree(_ test: Case, leaves: Int, _ kernels: TrainingKernels) -> [Float] {
        var sums = (0..<leaves).map { leaf in
            let range = test.depth * leaf / leaves..<test.depth * (leaf + 1) / leaves
            var product = test.product()
            product.a += range.lowerBound * product.aDepthStride
            product.b += range.lowerBound * product.bStride
            product.depth = range.count
            if leaf > 0 { product.bias = nil }
            kernels.multiply(product)
            return test.result
        }
        while sums.count > 1 {
            sums = stride(from: 0, to: sums.count, by: 2).map { zip(sums[$0], sums[$0 + 1]).map { $0 + $1 } }
        }
        return sums[0]
    }

    @Test(arguments: InstructionSet.supported)
    func `bits do not depend on how rows and columns are split`(set: InstructionSet) {
        let kernels = KernelSet.of(set)!.training
        for (rows, columns, depth, leaves) in [(37, 144, 141, 1), (21, 112, 50, 4)] {
            let test = Case(rows: rows, columns: columns, depth: depth, isTransposed: true, hasBias: true)
            kernels.multiply(test.product(leaves: leaves))
            let whole = test.result
            for rowCuts in [[0, 1, rows], [0, 5, 18, rows], [0, 16, rows]] {
                for columnCuts in [
                    [0, columns], [0, 16, 96, columns], [0, 64, columns], [0, 48, columns],
                ] {
                    for index in 0..<test.c.count { test.c.pointer[index] = Case.untouched }
                    for (top, bottom) in zip(rowCuts, rowCuts.dropFirst()) {
                        for (left, right) in zip(columnCuts, columnCuts.dropFirst()) {
                            let part = test.product(leaves: leaves).part(
                                rows: top..<bottom, columns: left..<right)
                            kernels.multiply(part)
                        }
                    }
                    #expect(test.result == whole, "rows at \(rowCuts), columns at \(columnCuts)")
                    #expect(test.guardsAreWhole)
                }
            }
        }
    }

    @Test(arguments: InstructionSet.supported)
    func `a product without depth is its bias`(set: InstructionSet) {
        let test = Case(rows: 5, columns: 48, depth: 0, hasBias: true)
        KernelSet.of(set)!.training.multiply(test.product())
        expectClose(test.result, test.expected)
    }

    @Test(arguments: InstructionSet.supported)
    func `a transposed matrix has zeros beyond its rows`(set: InstructionSet) {
        for (rows, columns) in [(1, 1), (3, 5), (4, 8), (7, 2), (10, 21), (33, 16)] {
            let stride = (columns + 15) / 16 * 16
            let x = Fixture.buffer(rows * stride, seed: 4)
            let outStride = (rows + 15) / 16 * 16
            let out = Buffer(Array(repeating: Case.untouched, count: (columns + 1) * outStride))
            KernelSet.of(set)!.training.transpose(out.pointer, outStride, x.pointer, stride, rows, columns)
            for row in 0..<outStride {
                for column in 0...columns {
                    let isWritten = column < columns && row < (rows + 3) / 4 * 4
                    let inside = row < rows && column < columns ? x[row * stride + column] : 0
                    #expect(out[column * outStride + row] == (isWritten ? inside : Case.untouched))
                }
            }
        }
    }
}
