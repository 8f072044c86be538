import Foundation
import Tensors
import Testing

/// Blurs, against sums worked out here.
struct BlurTests {
    private let height = 11
    private let width = 13
    private let sample = Fixture.floats(143)

    /// Each value the weighted mean of those at `steps` from it, places outside the nearest inside.
    private func gathered(_ values: [Double], _ steps: [(weight: Double, down: Int, right: Int)]) -> [Double]
    {
        let total = steps.reduce(0) { $0 + $1.weight }
        return values.indices.map { place in
            steps.reduce(0) { sum, step in
                let row = min(max(place / width + step.down, 0), height - 1)
                let column = min(max(place % width + step.right, 0), width - 1)
                return sum + step.weight * values[row * width + column]
            } / total
        }
    }

    @Test(
        arguments: [(0, 5, 2), (90, 3, 1.5), (33, 6, 3), (-70, 4, 8), (200, 2, 1)] as [(Double, Int, Double)])
    func `motion blur is a mean along its line`(angle: Double, radius: Int, sigma: Double) throws {
        let subject = try Subject(
            "motion_blur",
            ["radius": .number(Double(radius)), "sigma": .number(sigma), "angle": .number(angle)],
            shape: [height, width])
        let steps = (0...2 * radius).map { i in
            let (down, right) = (Double(i) * sin(angle * .pi / 180), Double(i) * cos(angle * .pi / 180))
            return (exp(-0.5 * Double(i * i) / (sigma * sigma)), Int(down.rounded()), Int(right.rounded()))
        }
        expectClose(try subject.run(sample).values, gathered(sample.map { Double($0) }, steps))
    }

    @Test func `motion blur's angle is drawn from −45° to 45°`() throws {
        let subject = try Subject("motion_blur", ["radius": 14, "sigma": 100], shape: [43, 34])
        var point = [Float](repeating: 0, count: 43 * 34)
        point[21 * 34 + 31] = 1
        let angles = try (0..<250).map { id in
            // The pixel that looks 28 steps ahead, at the point.
            let values = try subject.run(point, id: id).values
            let lit = values.indices.filter { values[$0] > 0 }.map {
                (21 - Double($0 / 34), 31 - Double($0 % 34))
            }
            let farthest = lit.max { hypot($0.0, $0.1) < hypot($1.0, $1.1) }!
            expectClose(hypot(farthest.0, farthest.1), 28, within: 1)
            return atan2(farthest.0, farthest.1) * 180 / .pi
        }
        #expect(kolmogorovSmirnov(angles) { $0 / 90 + 0.5 } < 1.95)
    }

    @Test(arguments: [0.7, 1.1]) func `glass without ripples blurs twice`(sigma: Double) throws {
        let subject = try Subject(
            "glass_blur", ["sigma": .number(sigma), "iterations": 0], shape: [height, width])
        let radius = Int((4 * sigma).rounded(.up))
        let weights = gaussianWeights(sigma, radius: radius)
        let across = (-radius...radius).map { (weights[$0 + radius], 0, $0) }
        let down = (-radius...radius).map { (weights[$0 + radius], $0, 0) }
        let once = gathered(gathered(sample.map { Double($0) }, down), across)
        expectClose(try subject.run(sample).values, gathered(gathered(once, down), across))
    }

    @Test(arguments: [1, 2]) func `glass moves pixels both ways along both axes`(distance: Int) throws {
        let (height, width) = (41, 44)
        let subject = try Subject(
            "glass_blur", ["sigma": 0, "iterations": 1, "distance": .number(Double(distance))],
            shape: [height, width, 2])
        let places: [Float] = (0..<height * width).flatMap { [Float($0), Float($0) + 5000] }
        var (down, right, stayed): ([Double], [Double], Int) = ([], [], 0)
        for id in 0..<25 {
            let made = try subject.run(places, id: id).values
            for place in 0..<height * width {
                let from = Int(made[place * 2])
                #expect(made[place * 2 + 1] == Float(from) + 5000, "channels move together")
                #expect(
                    abs(from / width - place / width) <= 2 * distance
                        && abs(from % width - place % width) <= 2 * distance)
                // Farther apart than pixels move, so that no two share a draw; none at an edge.
                let (row, column) = (place / width, place % width)
                guard row % 5 == 0, column % 5 == 0, (5..<36).contains(row), (5..<39).contains(column) else {
                    continue
                }
                down.append(Double(from / width - row))
                right.append(Double(from % width - column))
                if from == place { stayed += 1 }
            }
        }
        let d = Double(distance)
        // A step of −d … d − 1 with probability ½, then one of 1 − d … d: half of both is q = 1 / (4d²) for each place.
        let q = 1 / (4 * d * d)
        expectRate(stayed, of: down.count, pow(0.5 + q / 2, 2) + (4 * d * d - 1) * q * q / 4)
        for moves in [down, right] {
            expectMoments(moves, mean: 0, variance: (2 * d * d + 1) / 6 - 0.125, independent: moves.count)
        }
    }
}
