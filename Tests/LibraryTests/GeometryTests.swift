import Foundation
import Generators
import LuaRuntime
import Tensors
import Testing

/// What moves pixels: against places and values worked out here.
struct GeometryTests {
    static let rows: [Row] = [
        // 1 − 4/6 · 5/7 of the pixels come in, 1.5 below the value.
        Row(
            "translate", ["distance": 2], samples: 5, draws: 1_000_000_000, mean: -0.7857143,
            variance: 0.5612245,
            ratio: 0.5238095),
        Row(
            "translate", ["distance": 7], samples: 5, draws: 1_000_000_000, mean: -1.5, variance: 0, ratio: 1),
        Row("glass_blur", ["distance": 3], samples: 5, draws: 1, mean: 0, variance: 0),
        Row("motion_blur", [:], samples: 5, draws: 1, mean: 0, variance: 0),
        Row("patch_shuffle", ["patch": 3], shape: [6, 9, 2], samples: 5, draws: 1, mean: 0, variance: 0),
        Row("chromatic_aberration", [:], samples: 5, draws: 1, mean: 0, variance: 0),
        Row("rolling_shutter", [:], samples: 5, draws: 1, mean: 0, variance: 0),
    ]

    @Test(arguments: rows) func `flat pictures stay flat but for what comes in`(row: Row) throws {
        try row.expect()
    }

    /// A picture of two channels whose values differ.
    struct Picture {
        let height = 9
        let width = 14
        let values = Fixture.floats(9 * 14 * 2).map { $0 * 4 - 1 }
        var shape: Shape { [height, width, 2] }

        subscript(_ row: Int, _ column: Int, _ channel: Int) -> Double {
            // What lies outside is the low end of −1 … 3.
            guard (0..<height).contains(row), (0..<width).contains(column) else { return -1 }
            return Double(values[(row * width + column) * 2 + channel])
        }

        /// The values at places that depend on a pixel's place, both measured from the centre.
        func warped(_ place: (_ row: Double, _ column: Double) -> (row: Double, column: Double)) -> [Double] {
            let (middleRow, middleColumn) = (Double(height - 1) / 2, Double(width - 1) / 2)
            return values.indices.map { element in
                let pixel = (row: element / 2 / width, column: element / 2 % width)
                let from = place(Double(pixel.row) - middleRow, Double(pixel.column) - middleColumn)
                let (row, column) = (from.row + middleRow, from.column + middleColumn)
                let (top, left) = (Int(row.rounded(.down)), Int(column.rounded(.down)))
                let (v, w) = (row - Double(top), column - Double(left))
                let channel = element % 2
                return (1 - v) * ((1 - w) * self[top, left, channel] + w * self[top, left + 1, channel])
                    + v * ((1 - w) * self[top + 1, left, channel] + w * self[top + 1, left + 1, channel])
            }
        }
    }

    /// Demands that each sample is one of `choices`, each as often.
    private func expectOneOf(_ choices: [[Double]], _ subject: Subject, samples: Int = 200) throws {
        var counts = [Int](repeating: 0, count: choices.count)
        for id in 0..<samples {
            let values = try subject.run(Picture().values, id: id).values
            let gaps = choices.map { choice in zip(choice, values).map { abs($0 - Double($1)) }.max()! }
            let nearest = gaps.indices.min { gaps[$0] < gaps[$1] }!
            #expect(gaps[nearest] < 2e-5, "sample \(id)")
            counts[nearest] += 1
        }
        for count in counts { expectRate(count, of: samples, 1 / Double(choices.count)) }
    }

    static let angles: [Double] = [22.9183, 57.2958, 90, 180, 7]

    @Test(arguments: angles) func `rotate turns to the left or the right`(angle: Double) throws {
        let subject = try Subject("rotate", ["angle": .number(angle)], shape: Picture().shape, range: -1...3)
        let choices = [1.0, -1].map { sign in
            let (sine, cosine) = (sin(sign * angle * .pi / 180), cos(sign * angle * .pi / 180))
            return Picture().warped { (cosine * $0 + sine * $1, cosine * $1 - sine * $0) }
        }
        try angle == 180 ? expectOneOf([choices[0]], subject) : expectOneOf(choices, subject)
    }

    @Test func `a quarter turn goes both ways`() throws {
        let subject = try Subject("rotate", ["angle": 90], shape: [3, 3])
        let made = Set(
            try (0..<40).map { id in
                try subject.run([1, 2, 3, 4, 5, 6, 7, 8, 9], id: id).values.map {
                    ($0 * 1000).rounded() / 1000
                }
            })
        #expect(made == [[3, 6, 9, 2, 5, 8, 1, 4, 7], [7, 4, 1, 8, 5, 2, 9, 6, 3]])
    }

    @Test(arguments: [11.4592, 45.8366, 60] as [Double]) func `shear leans to the left or the right`(
        angle: Double
    ) throws {
        let subject = try Subject("shear", ["angle": .number(angle)], shape: Picture().shape, range: -1...3)
        try expectOneOf(
            [1.0, -1].map { sign in
                let (sine, cosine) = (sin(sign * angle * .pi / 180), cos(angle * .pi / 180))
                return Picture().warped { (cosine * $0, $1 - sine * $0) }
            }, subject)
    }

    @Test(arguments: [0.9, 0.5, 0.37, 1.7]) func `scale keeps the centre`(factor: Double) throws {
        let subject = try Subject("scale", ["factor": .number(factor)], shape: Picture().shape, range: -1...3)
        try expectOneOf([Picture().warped { ($0 / factor, $1 / factor) }], subject, samples: 3)
    }

    @Test(arguments: [1, 3, 8, 12]) func `translate moves diagonally, one way in four`(distance: Int) throws {
        let (subject, picture) = (
            try Subject(
                "translate", ["distance": .number(Double(distance))], shape: Picture().shape, range: -1...3),
            Picture()
        )
        let away = Double(distance)
        if distance < 9 {
            try expectOneOf(
                [(away, away), (away, -away), (-away, away), (-away, -away)].map { down, right in
                    picture.warped { ($0 - down, $1 - right) }
                }, subject)
        }
        let made = try subject.run(picture.values)
        let came = 9 * 14 - max(9 - distance, 0) * max(14 - distance, 0)
        #expect(made.hidden == 2 * came)
        #expect(made.values.indices.allSatisfy { made.mask![$0] == 0 || made.values[$0] == -1 })
        let kept = Set(picture.values)
        #expect(made.values.indices.allSatisfy { made.mask![$0] == 1 || kept.contains(made.values[$0]) })
    }

    @Test func `elastic moves rows and columns by smooth fields of their strength`() throws {
        let subject = try Subject("elastic", ["alpha": 6, "sigma": 1.5], shape: [34, 39, 2], range: -1...3)
        // A ramp down the rows and one along the columns show where each pixel looks.
        let ramps = (0..<34 * 39 * 2).map { element in
            let pixel = element / 2
            return Float(element % 2 == 0 ? pixel / 39 : pixel % 39) / 10
        }
        var (down, right, next): ([Double], [Double], [Double]) = ([], [], [])
        for id in 0..<60 {
            let values = try subject.run(ramps, id: id).values
            for row in 6..<28 {
                for column in 6..<33 {
                    let place = (row * 39 + column) * 2
                    down.append((Double(values[place]) - Double(ramps[place])) * 10)
                    right.append((Double(values[place + 1]) - Double(ramps[place + 1])) * 10)
                    next.append((Double(values[place + 2]) - Double(ramps[place + 2])) * 10)
                }
            }
        }
        // Uniform noise of ±alpha has variance alpha² / 3; the blur leaves (Σ k²)² of it.
        let power = gaussianWeights(1.5, radius: 6).reduce(0) { $0 + $1 * $1 }
        let variance = 12 * power * power
        // Moves are alike over 4π sigma² pixels.
        let independent = Int(Double(down.count) / (4 * .pi * 2.25))
        expectMoments(down, mean: 0, variance: variance, independent: independent, "rows")
        expectMoments(right, mean: 0, variance: variance, independent: independent, "columns")
        expectClose(correlation(down, right), 0, within: 4.5 / Double(independent).squareRoot())
        expectClose(correlation(down, next), exp(-1 / 9), within: 0.01)
    }

    @Test func `elastic brings in the range's low end`() throws {
        let subject = try Subject("elastic", shape: [20, 17], range: -1...3)
        for id in 0..<10 {
            let values = try subject.run(constant: 2, id: id).values
            #expect(values.allSatisfy { $0 >= -1 && $0 <= 2.00001 } && values[10 * 17 + 8] > 1.9999)
        }
    }

    @Test func `a jigsaw's patches keep their bits and say where they came from`() throws {
        let subject = try Subject("patch_shuffle", ["patch": 3], shape: [6, 9, 2])
        let sample = Fixture.floats(108)
        /// The values of a patch, counted from 0.
        func patch(_ number: Int, _ values: [Float]) -> [Float] {
            (0..<18).map {
                values[((number / 3 * 3 + $0 / 6) * 9 + number % 3 * 3 + $0 / 2 % 3) * 2 + $0 % 2]
            }
        }
        var counts = [[Int]](repeating: [0, 0, 0, 0, 0, 0], count: 6)
        for id in 0..<900 {
            let made = try subject.run(sample, id: id)
            let order = made.extras["order"]!.map { Int($0) - 1 }
            #expect(order.sorted() == [0, 1, 2, 3, 4, 5])
            for (place, from) in order.enumerated() {
                counts[place][from] += 1
                if id < 60 {
                    expectSameBits(patch(place, made.values), patch(from, sample), "patch \(place)")
                }
            }
        }
        for count in counts.joined() { expectRate(count, of: 900, 1.0 / 6) }
    }

    @Test(arguments: ["patch_shuffle", "mae_patches", "beit_blocks", "ijepa_multi_block"])
    func `patches that do not divide a picture are an error`(name: String) throws {
        let error = #expect(throws: LuaError.self) { try Subject(name, ["patch": 4], shape: [33, 20]) }
        #expect(
            error?.what.hasSuffix("patches of 4 pixels do not divide 33 x 20") == true, "\(error?.what ?? "")"
        )
        #expect(throws: LuaError.self) { try Subject(name, ["patch": 4], shape: [20, 33, 3]) }
    }
}
