import Kernels
import Tensors
import Testing
import VectorKernels

/// All results of an operation over arrays, by one set of kernels.
private func apply(
    _ operation: ElementwiseOperation, _ kernels: KernelSet, _ a: [Float], _ b: [Float], _ c: [Float]
) -> [Float] {
    let (x, y, z) = (Buffer(a), Buffer(b), Buffer(c))
    let out = Buffer<Float>(count: a.count)
    kernels.noise.elementwise(operation, out.pointer, x.pointer, y.pointer, z.pointer, a.count)
    return out.values
}

private func reference(
    _ operation: ElementwiseOperation, _ a: [Float], _ b: [Float], _ c: [Float]
) -> [Float] {
    a.indices.map { ScalarReference.elementwise(operation, a[$0], b[$0], c[$0]) }
}

extension ElementwiseOperation {
    /// Whether results are compared bit by bit even where they read as NaN.
    fileprivate var givesBits: Bool {
        [.less, .lessEqual, .equal, .notEqual, .and, .or, .not].contains(self)
    }
}

@Test(arguments: ElementwiseOperation.allCases)
func `every instruction set gives the reference's bits`(operation: ElementwiseOperation) {
    // Every pair of specials, then any bits, then ordinary numbers.
    let specials = Fixture.specials
    var a = specials.flatMap { first in specials.map { _ in first } }
    var b = specials.flatMap { _ in specials }
    for seed: UInt64 in [1, 2] {
        a += Fixture.anyBits(3000, seed: seed) + Fixture.floats(3000, seed: seed)
        b += Fixture.anyBits(3000, seed: seed + 10) + Fixture.floats(3000, seed: seed + 10)
    }
    let c = Fixture.floats(a.count, seed: 3)
    if operation == .select { a = a.map { ScalarReference.mask($0 < 1) } }

    let expected = reference(operation, a, b, c)
    for kernels in Fixture.kernelSets {
        let found = apply(operation, kernels, a, b, c)
        let text = difference(found, expected, areMasks: operation.givesBits)
        #expect(text == nil, "\(kernels.instructionSet) \(operation)")
    }
}

@Test(arguments: ElementwiseOperation.allCases)
func `every tail is right, ends in its group of 16, and may be in place`(operation: ElementwiseOperation) {
    var a = Fixture.floats(144, seed: 4)
    let (b, c) = (Fixture.floats(144, seed: 5), Fixture.floats(144, seed: 6))
    if operation == .select { a = a.map { ScalarReference.mask($0 < 1) } }
    let expected = reference(operation, a, b, c)
    let (x, y, z) = (Buffer(a), Buffer(b), Buffer(c))
    for kernels in Fixture.kernelSets {
        let kernel = kernels.noise.elementwise
        for count in 0...130 {
            let found = guarded(count: count, granule: 16, sentinel: Float(-77)) {
                kernel(operation, $0, x.pointer, y.pointer, z.pointer, count)
            }
            let inPlace = guarded(count: count, granule: 16, sentinel: Float(-77)) { values in
                for i in 0..<count { values[i] = a[i] }
                kernel(operation, values, values, y.pointer, z.pointer, count)
            }
            let wanted = Array(expected[..<count])
            let isSame = difference(found, wanted, areMasks: operation.givesBits) == nil
            #expect(isSame, "\(kernels.instructionSet) \(operation) of \(count)")
            #expect(difference(inPlace, wanted, areMasks: operation.givesBits) == nil)
        }
    }
}

@Test func `the reference means what the operations' documentation says`() {
    func value(_ operation: ElementwiseOperation, _ a: Float, _ b: Float = 0, _ c: Float = 0) -> Float {
        ScalarReference.elementwise(operation, a, b, c)
    }
    let (yes, no) = (Float(bitPattern: .max), Float(0))
    #expect(value(.floorDivide, -7, 2) == -4)
    #expect(value(.modulo, -7, 3) == 2)
    #expect(value(.modulo, 7, -3) == -2)
    #expect(value(.minimum, .nan, 3) == 3)
    #expect(value(.maximum, 3, .nan).isNaN)
    #expect(value(.minimum, 2, 3) == 2)
    #expect(value(.maximum, 2, 3) == 3)
    #expect(value(.less, 2, 3).bitPattern == yes.bitPattern)
    #expect(value(.less, 3, 3).bitPattern == no.bitPattern)
    #expect(value(.lessEqual, 3, 3).bitPattern == yes.bitPattern)
    #expect(value(.equal, .nan, .nan).bitPattern == no.bitPattern)
    #expect(value(.notEqual, .nan, .nan).bitPattern == yes.bitPattern)
    #expect(value(.select, yes, 4, 5) == 4)
    #expect(value(.select, no, 4, 5) == 5)
    #expect(value(.not, no).bitPattern == yes.bitPattern)
    #expect(value(.and, yes, no).bitPattern == no.bitPattern)
    #expect(value(.or, yes, no).bitPattern == yes.bitPattern)
    #expect(
        [Float.nan, -0.0, 3, -4].map { value(.sign, $0) }.map(\.bitPattern) == [
            0, 0, 0x3f80_0000, 0xbf80_0000,
        ])
    #expect([0.5, 1.5, -2.5].map { value(.round, $0) } == [0, 2, -2])
    #expect([-1.5, 1.5].map { value(.floor, $0) } == [-2, 1])
    #expect([-1.5, 1.5].map { value(.ceil, $0) } == [-1, 2])
    #expect(value(.negate, 3) == -3)
    #expect(value(.absolute, -3) == 3)
    #expect(value(.squareRoot, 2) == 1.4142135)
}
