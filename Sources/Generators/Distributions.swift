import LuaRuntime
import Tensors
import VectorKernels

// Distributions made of uniform and normal draws by arithmetic: the same bits everywhere for the same address.

extension Graph {
    /// ⌊unit · (high − low + 1)⌋ + low, at most high, for a uniform draw in [0, 1).
    mutating func wholeNumber(_ unit: NodeID, _ low: NodeID, _ high: NodeID) -> NodeID {
        let span = elementwise(.add, elementwise(.subtract, high, low), constant(1))
        let steps = elementwise(.floor, elementwise(.multiply, unit, span))
        return elementwise(.minimum, elementwise(.add, low, steps), high)
    }

    /// −ln(1 − u): exponential with mean 1; 1 − u is exact and above 0.
    mutating func standardExponential(_ unit: NodeID) -> NodeID {
        elementwise(.negate, elementwise(.log, elementwise(.subtract, constant(1), unit)))
    }

    /// −sign(v) · ln(1 − |v|), v = 2u − 1 + 2⁻²⁴: the inverse of the Laplace distribution's integral, symmetric about 0.
    mutating func standardLaplace(_ unit: NodeID) -> NodeID {
        let twice = elementwise(.add, unit, unit)
        let centred = elementwise(.add, elementwise(.subtract, twice, constant(1)), constant(0x1p-24))
        let tail = elementwise(.log, elementwise(.subtract, constant(1), elementwise(.absolute, centred)))
        return elementwise(.negate, elementwise(.multiply, elementwise(.sign, centred), tail))
    }

    /// The normal distribution's part between two bounds, by inversion on the side where its tail has most digits: with q the
    /// share above, q = q(high) + u · (q(low) − q(high)).
    mutating func truncatedNormal(
        _ unit: NodeID, mean: NodeID, deviation: NodeID, low: NodeID, high: NodeID
    ) -> NodeID {
        let first = elementwise(.divide, elementwise(.subtract, low, mean), deviation)
        let last = elementwise(.divide, elementwise(.subtract, high, mean), deviation)
        // Bounds that lie more below the mean are mirrored.
        let isBelow = elementwise(.less, elementwise(.add, first, last), constant(0))
        let near = elementwise(.select, isBelow, elementwise(.negate, last), first)
        let far = elementwise(.select, isBelow, elementwise(.negate, first), last)
        let (most, least) = (normalShareAbove(near), normalShareAbove(far))
        let share = elementwise(
            .add, least, elementwise(.multiply, unit, elementwise(.subtract, most, least)))
        let place = normalPlace(above: share)
        let mirrored = elementwise(.select, isBelow, elementwise(.negate, place), place)
        return elementwise(.add, mean, elementwise(.multiply, deviation, mirrored))
    }

    /// The share of a standard normal distribution above z, within 2e-7 of itself: ½ erfc(z / √2) by the Chebyshev fit of
    /// Numerical Recipes (2nd edition, §6.2, erfcc).
    private mutating func normalShareAbove(_ z: NodeID) -> NodeID {
        let x = elementwise(.multiply, elementwise(.absolute, z), constant(0.707_106_77))
        let t = elementwise(
            .divide, constant(1), elementwise(.add, constant(1), elementwise(.multiply, x, constant(0.5))))
        let fit = polynomial(
            [
                0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418,
                0.37409196, 1.00002368, -1.26551223,
            ], at: t)
        let exponent = elementwise(.subtract, fit, elementwise(.multiply, x, x))
        let tail = elementwise(
            .multiply, elementwise(.multiply, t, elementwise(.exp, exponent)), constant(0.5))
        let isNegative = elementwise(.less, z, constant(0))
        return elementwise(.select, isNegative, elementwise(.subtract, constant(1), tail), tail)
    }

    /// The z that a share q of a standard normal distribution lies above: √2 · erfinv(1 − 2q), by Giles 2012, "Approximating the
    /// erfinv function", single precision, with its (1 − x)(1 + x) written as 4q(1 − q), which keeps the digits of small q.
    private mutating func normalPlace(above q: NodeID) -> NodeID {
        let x = elementwise(.subtract, constant(1), elementwise(.multiply, q, constant(2)))
        let product = elementwise(
            .multiply, elementwise(.multiply, q, constant(4)), elementwise(.subtract, constant(1), q))
        let w = elementwise(.negate, elementwise(.log, product))
        let centre = polynomial(
            [
                2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087,
                -0.00125372503, -0.00417768164, 0.246640727, 1.50140941,
            ], at: elementwise(.subtract, w, constant(2.5)))
        let tail = polynomial(
            [
                -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773,
                -0.0076224613, 0.00943887047, 1.00167406, 2.83297682,
            ], at: elementwise(.subtract, elementwise(.squareRoot, w), constant(3)))
        let isCentral = elementwise(.less, w, constant(5))
        let root = elementwise(.multiply, elementwise(.select, isCentral, centre, tail), x)
        return elementwise(.multiply, root, constant(1.414_213_6))
    }

    /// Horner's rule, the coefficient of the highest power first.
    private mutating func polynomial(_ coefficients: [Float], at x: NodeID) -> NodeID {
        var sum = constant(coefficients[0])
        for coefficient in coefficients.dropFirst() {
            sum = elementwise(.add, elementwise(.multiply, sum, x), constant(coefficient))
        }
        return sum
    }
}

extension DrawRequest {
    /// How often a gamma draw is tried; each time at least 95 % are accepted, so 5 in 10⁸ keep the last one regardless.
    private static let attempts = 6

    /// The logarithm of a gamma draw of the given shape and scale 1.
    ///
    /// Marsaglia & Tsang 2000, "A simple method for generating gamma variables": d · v with d = shape − 1/3, v = (1 + z / √(9d))³,
    /// accepted where ln u < z²/2 + d − d·v + d·ln v. Shapes below 1 take one of shape + 1 times u^(1 / shape).
    func logGamma(_ alpha: NodeID, _ part: String) -> NodeID {
        let one = tracer.graph.constant(1)
        let isSmall = tracer.graph.elementwise(.less, alpha, one)
        let raised = tracer.graph.elementwise(
            .select, isSmall, tracer.graph.elementwise(.add, alpha, one), alpha)
        let d = tracer.graph.elementwise(.subtract, raised, tracer.graph.constant(1 / 3))
        let root = tracer.graph.elementwise(
            .squareRoot, tracer.graph.elementwise(.multiply, d, tracer.graph.constant(9)))
        var result: NodeID?
        // From the last attempt to the first: an earlier one that is accepted goes before.
        for attempt in (1...Self.attempts).reversed() {
            let z = draw(.normal, "\(part) \(attempt)")
            let u = tracer.graph.elementwise(
                .subtract, one, draw(.uniform, "\(part) \(attempt), u"))
            let base = tracer.graph.elementwise(.add, one, tracer.graph.elementwise(.divide, z, root))
            let isPositive = tracer.graph.elementwise(.less, tracer.graph.constant(0), base)
            // Where it is not positive the attempt is refused; any positive number will do.
            let safe = tracer.graph.elementwise(.select, isPositive, base, one)
            let v = tracer.graph.elementwise(
                .multiply, tracer.graph.elementwise(.multiply, safe, safe), safe)
            let logV = tracer.graph.elementwise(.log, v)
            let half = tracer.graph.elementwise(
                .multiply, tracer.graph.elementwise(.multiply, z, z), tracer.graph.constant(0.5))
            let rest = tracer.graph.elementwise(
                .multiply, d,
                tracer.graph.elementwise(.add, tracer.graph.elementwise(.subtract, one, v), logV))
            let bound = tracer.graph.elementwise(.add, half, rest)
            let isBelow = tracer.graph.elementwise(.less, tracer.graph.elementwise(.log, u), bound)
            let isAccepted = tracer.graph.elementwise(.and, isPositive, isBelow)
            let value = tracer.graph.elementwise(.add, tracer.graph.elementwise(.log, d), logV)
            result = result.map { tracer.graph.elementwise(.select, isAccepted, value, $0) } ?? value
        }
        let boost = tracer.graph.elementwise(
            .divide,
            tracer.graph.elementwise(
                .log, tracer.graph.elementwise(.subtract, one, draw(.uniform, "\(part) boost"))), alpha)
        return tracer.graph.elementwise(
            .select, isSmall, tracer.graph.elementwise(.add, result!, boost), result!)
    }

    /// A beta draw: g / (g + h) of two gamma draws g and h.
    func beta(_ a: NodeID, _ b: NodeID) -> NodeID {
        // Of logarithms, since draws of small shapes may both be 0 as Floats.
        let (first, second) = (logGamma(a, "a"), logGamma(b, "b"))
        return tracer.graph.sigmoid(tracer.graph.elementwise(.subtract, first, second))
    }

    /// A Poisson draw: the quantile of a uniform draw up to a mean of 32; above it, of a normal draw z, ⌊m + √m·z + (z² + 2)/6 +
    /// (−z³ − 2z)/(72√m) ⌋ − the first terms of Cornish & Fisher's expansion (1937), as Giles 2016 (algorithm 955) has them −
    /// whose error is below the sampling error of 10⁸ draws.
    func poisson(_ mean: NodeID) -> NodeID {
        let limit = tracer.graph.constant(32)
        let small = tracer.graph.elementwise(.minimum, mean, limit)
        let exact = tracer.graph.elementwise(.poissonQuantile, draw(.uniform), small)
        if let plain = arguments[0].plainNumber, plain <= 32 { return exact }
        let large = tracer.graph.elementwise(.maximum, mean, limit)
        let root = tracer.graph.elementwise(.squareRoot, large)
        let z = draw(.normal, "normal")
        let square = tracer.graph.elementwise(.multiply, z, z)
        let skew = tracer.graph.elementwise(
            .divide, tracer.graph.elementwise(.add, square, tracer.graph.constant(2)),
            tracer.graph.constant(6))
        let third = tracer.graph.elementwise(
            .divide,
            tracer.graph.elementwise(
                .negate,
                tracer.graph.elementwise(
                    .multiply, z, tracer.graph.elementwise(.add, square, tracer.graph.constant(2)))),
            tracer.graph.elementwise(.multiply, root, tracer.graph.constant(72)))
        let sum = tracer.graph.elementwise(
            .add, tracer.graph.elementwise(.add, large, tracer.graph.elementwise(.multiply, root, z)),
            tracer.graph.elementwise(.add, skew, third))
        let rounded = tracer.graph.elementwise(
            .maximum, tracer.graph.elementwise(.floor, sum), tracer.graph.constant(0))
        let isLarge = tracer.graph.elementwise(.less, limit, mean)
        return tracer.graph.elementwise(.select, isLarge, rounded, exact)
    }

    /// The draw's shape with one more axis behind, as long as the first argument says, and that axis's place.
    func run(_ action: String) throws(LuaHostError) -> (Shape, Int) {
        let size = try tracer.whole(arguments[0], for: "rng:\(action)", in: 1...Tracer.elementLimit)
        try tracer.checkCount(shape.extent * Double(size), "rng:\(action)")
        return (shape.with(size, at: shape.rank), shape.rank)
    }
}
