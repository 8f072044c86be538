import Foundation
import Kernels
import Testing

struct UnitRootTests {
    /// Count, index, and what mpmath 1.3.0 gives with 200 bits, rounded to the nearest Double.
    private static let exact: [(Int, Int, cosine: Double, sine: Double)] = [
        (3, 1, -0x1p-1, 0x1.bb67ae8584caap-1),
        (5, 2, -0x1.9e3779b97f4a8p-1, 0x1.2cf2304755a5ep-1),
        (7, 1, 0x1.3f3a0e28bedd1p-1, 0x1.904c37505de4bp-1),
        (7, 3, -0x1.cd4bca9cb5c71p-1, 0x1.bc4c04d71abc1p-2),
        (12, 5, -0x1.bb67ae8584caap-1, 0x1p-1),
        (360, 45, 0x1.6a09e667f3bcdp-1, 0x1.6a09e667f3bcdp-1),
        (1000, 333, -0x1.fe243c7b26539p-2, 0x1.bbf0b0e1a47e0p-1),
        (1021, 500, -0x1.feee76983001cp-1, 0x1.087c2ba29e6f8p-4),
        (16384, 1, 0x1.fffffd8858675p-1, 0x1.921fb49ee4ea6p-12),
        (16384, 2047, 0x1.6a2d6faf75241p-1, 0x1.69e659a326ea3p-1),
        (1_048_573, 700_001, -0x1.faee5cee0ddabp-2, -0x1.bcdbd01fedf2ep-1),
    ]

    @Test(arguments: exact)
    func `points of the unit circle are right to an ulp`(count: Int, index: Int, cosine: Double, sine: Double)
    {
        let found = unitRoot(index, of: count)
        #expect(abs(found.cosine - cosine) <= cosine.ulp)
        #expect(abs(found.sine - sine) <= sine.ulp)
    }

    @Test(arguments: [1, 2, 3, 8, 28, 1000, 1021, 4096])
    func `all points agree with the C library`(count: Int) {
        for index in 0..<count {
            let (found, expected) = (unitRoot(index, of: count), libraryRoot(index, of: count))
            #expect(abs(found.cosine - expected.cosine) < 3e-16 && abs(found.sine - expected.sine) < 3e-16)
        }
    }

    @Test(arguments: [4, 8, 12, 100, 1024]) func `quarter turns only exchange parts and signs`(count: Int) {
        for index in 0..<count / 4 {
            let (first, second) = (unitRoot(index, of: count), unitRoot(index + count / 4, of: count))
            #expect(second == (-first.sine, first.cosine))
            #expect(unitRoot(2 * index, of: 2 * count) == first)
        }
    }

    @Test func `quarters of the circle are exact`() {
        #expect(unitRoot(0, of: 1) == (1, 0))
        #expect(unitRoot(1, of: 4) == (0, 1))
        #expect(unitRoot(2, of: 4) == (-1, 0))
        #expect(unitRoot(3, of: 4) == (0, -1))
    }
}

/// cos and sin of 2π · index / count by the C library, of the angle to the nearest quarter turn, so that it is right to an ulp
/// or two.
func libraryRoot(_ index: Int, of count: Int) -> (cosine: Double, sine: Double) {
    let quarter = (8 * index + count) / (2 * count)
    let angle = Double(4 * index - quarter * count) / Double(count) * (Double.pi / 2)
    switch quarter % 4 {
    case 0: return (cos(angle), sin(angle))
    case 1: return (-sin(angle), cos(angle))
    case 2: return (-cos(angle), -sin(angle))
    default: return (sin(angle), -cos(angle))
    }
}
