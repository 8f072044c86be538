import Foundation
import Testing

/// Σ (count − expected)² / expected.
func chiSquare(_ counts: [Double], expected: Double) -> Double {
    counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
}

/// Mean, variance and standardised third and fourth moments (3 for a normal distribution).
struct Moments {
    var mean = 0.0
    var variance = 0.0
    var skewness = 0.0
    var kurtosis = 0.0

    init(_ values: [Double]) {
        let count = Double(values.count)
        mean = values.reduce(0, +) / count
        var (second, third, fourth) = (0.0, 0.0, 0.0)
        for value in values {
            let square = (value - mean) * (value - mean)
            second += square
            third += square * (value - mean)
            fourth += square * square
        }
        variance = second / count
        skewness = third / count / pow(variance, 1.5)
        kurtosis = fourth / count / (variance * variance)
    }
}

/// Kolmogorov and Smirnov's √n · sup |F − Fₙ|, below 1.95 in 999 of 1,000 cases where `distribution` is the true one.
func kolmogorovSmirnov(_ values: [Double], _ distribution: (Double) -> Double) -> Double {
    let count = Double(values.count)
    var distance = 0.0
    for (place, value) in values.sorted().enumerated() {
        let expected = distribution(value)
        distance = max(distance, expected - Double(place) / count, Double(place + 1) / count - expected)
    }
    return distance * count.squareRoot()
}

func normalDistribution(mean: Double, deviation: Double) -> (Double) -> Double {
    { 0.5 * erfc((mean - $0) / (deviation * 2.0.squareRoot())) }
}

/// The correlation of pairs times √n: about standard normal where they are independent.
func scaledCorrelation(_ a: [Double], _ b: [Double]) -> Double {
    let (first, second) = (Moments(a), Moments(b))
    let covariance = zip(a, b).reduce(0) { $0 + ($1.0 - first.mean) * ($1.1 - second.mean) } / Double(a.count)
    return covariance / (first.variance * second.variance).squareRoot() * Double(a.count).squareRoot()
}

/// How many standard deviations a number of hits is from what a probability lets expect.
func binomialScore(_ hits: Int, of count: Int, probability: Double) -> Double {
    let deviation = (Double(count) * probability * (1 - probability)).squareRoot()
    return (Double(hits) - Double(count) * probability) / deviation
}

@Test func `statistics report what is not as it should be`() {
    let values = (0..<1000).map { (Double($0) + 0.5) / 1000 }
    #expect(kolmogorovSmirnov(values) { $0 } < 0.1)
    #expect(kolmogorovSmirnov(values) { $0 * $0 } > 7)
    #expect(kolmogorovSmirnov(values, normalDistribution(mean: 0.5, deviation: 0.29)) > 1.7)
    #expect(scaledCorrelation(values, values) > 31)
    #expect(scaledCorrelation(values, values.reversed()) < -31)
    #expect(binomialScore(560, of: 1000, probability: 0.5) > 3.7)
    #expect(chiSquare([12, 8, 10], expected: 10) == 0.8)
    let moments = Moments([1, 2, 3, 10])
    #expect(moments.mean == 4 && moments.variance == 12.5)
    #expect(abs(moments.skewness - 45 / pow(12.5, 1.5)) < 1e-12)
    #expect(abs(moments.kurtosis - 348.5 / 156.25) < 1e-12)
}
