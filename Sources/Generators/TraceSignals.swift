import LuaRuntime
import Tensors
import VectorKernels

extension TraceFunctions {
    /// Fourier transforms and what is made of them.
    static let signals: [TraceFunction] = [
        TraceFunction(
            "fft", .tensor, arguments: 2...2,
            manual: OperationManual(
                .signals, "local re, im = x:fft(axis)",
                "The discrete Fourier transform Σₖ x[k] · e^(−2πi·jk/n): real and imaginary parts for j = 0 … n − 1.",
                shape: "x's, twice", example: "select(2, x:fft(\"W\"))")
        ) { tracer, call throws(LuaHostError) in
            let value = try tracer.number(call[0], for: "fft")
            return try fourier(tracer, value, nil, try tracer.place(call[1], for: "fft"), inverse: false)
        },
        TraceFunction(
            "ifft", .function, arguments: 3...3,
            manual: OperationManual(
                .signals, "local re, im = mottle.ifft(re, im, axis)",
                "The inverse: (1/n) · Σₖ (re + i·im)[k] · e^(2πi·jk/n).", shape: "the parts', twice",
                example: "(function() local re, im = x:fft(\"W\") return (mottle.ifft(re, im, \"W\")) end)()")
        ) { tracer, call throws(LuaHostError) in
            let (real, imaginary) = (
                try tracer.number(call[0], for: "ifft"), try tracer.number(call[1], for: "ifft")
            )
            guard tracer.graph.nodes[real].shape == tracer.graph.nodes[imaginary].shape else {
                throw LuaHostError(
                    code: "M12",
                    what: "ifft wants parts of one shape, got \(tracer.graph.nodes[real].shape) and "
                        + "\(tracer.graph.nodes[imaginary].shape)")
            }
            return try fourier(tracer, real, imaginary, try tracer.place(call[2], for: "ifft"), inverse: true)
        },
        TraceFunction(
            "filter", .tensor, arguments: 3...3,
            manual: OperationManual(
                .signals, "x:filter(axis, gain)",
                "x with the parts of each frequency multiplied by its gain, plain or traced, for the frequencies of `mottle.frequency(axis)`.",
                shape: "x's", example: "x:filter(\"W\", mottle.where(mottle.frequency(\"W\"):lt(0.2), 1, 0))")
        ) { tracer, call throws(LuaHostError) in try filter(tracer, call) },
        TraceFunction(
            "stft", .tensor, arguments: 4...4,
            manual: OperationManual(
                .signals, "x:stft(axis, window, hop)",
                "Short-time Fourier magnitudes: frames of `window` places every `hop` (both plain), under a Hann window; only whole frames.",
                shape: "frames along the axis, window // 2 + 1 frequencies along the next",
                example: "x:stft(\"L\", 16, 8):mean() + x",
                axes: "NL")
        ) { tracer, call throws(LuaHostError) in try stft(tracer, call) },
    ]

    private static func fourier(
        _ tracer: Tracer, _ real: NodeID, _ imaginary: NodeID?, _ place: Int, inverse: Bool
    ) throws(LuaHostError) -> [LuaValue] {
        let parts = tracer.graph.fourier(real: real, imaginary: imaginary, along: place, inverse: inverse)
        return [try tracer.object(parts.real), try tracer.object(parts.imaginary)]
    }

    private static func filter(_ tracer: Tracer, _ call: LuaCall) throws(LuaHostError) -> NodeID {
        let value = try tracer.number(call[0], for: "filter")
        let place = try tracer.place(call[1], for: "filter")
        let gain = try tracer.number(call[2], for: "filter")
        let size = tracer.graph.nodes[value].shape.size(place)
        let found = tracer.graph.nodes[gain].shape.size(place)
        guard found == size / 2 + 1 || found == 1 else {
            throw LuaHostError(
                code: "M12",
                what: "filter wants \(size / 2 + 1) gains along the axis of size \(size), got \(found)",
                instead: "gains made of mottle.frequency(axis)")
        }
        guard size != 1 else { return try tracer.elementwise(.multiply, "filter", value, gain) }
        // Frequency j and n − j are the same for real values.
        let index = tracer.graph.index(place, count: size)
        let mirrored = tracer.graph.elementwise(
            .subtract, tracer.graph.constant(Float(size + 2)), index)
        let whole = tracer.graph.gather(
            gain, at: [(place, tracer.graph.elementwise(.minimum, index, mirrored))])
        let spectrum = tracer.graph.fourier(real: value, imaginary: nil, along: place, inverse: false)
        let real = try tracer.elementwise(.multiply, "filter", spectrum.real, whole)
        let imaginary = try tracer.elementwise(.multiply, "filter", spectrum.imaginary, whole)
        return tracer.graph.fourier(real: real, imaginary: imaginary, along: place, inverse: true).real
    }

    private static func stft(_ tracer: Tracer, _ call: LuaCall) throws(LuaHostError) -> NodeID {
        let value = try tracer.number(call[0], for: "stft")
        let place = try tracer.place(call[1], for: "stft")
        let shape = tracer.graph.nodes[value].shape
        let window = try tracer.whole(call[2], for: "stft: the window", in: 2...(1 << 20))
        let hop = try tracer.whole(call[3], for: "stft: the hop", in: 1...(1 << 20))
        let size = shape.size(place)
        guard size >= window else {
            throw LuaHostError(
                code: "M12", what: "stft: a window of \(window) does not fit an axis of size \(size)")
        }
        guard shape.size(place + 1) == 1 else {
            throw LuaHostError(
                code: "M12",
                what: "stft: frequencies go along the axis behind, which must have size 1, got \(shape)")
        }
        let frames = (size - window) / hop + 1
        try tracer.checkCount(Double(frames) * Double(window) * 2, "stft")
        // Place of element j of frame i: (i − 1) · hop + j.
        let start = tracer.graph.elementwise(
            .multiply,
            tracer.graph.elementwise(
                .subtract, tracer.graph.index(place, count: frames), tracer.graph.constant(1)),
            tracer.graph.constant(Float(hop)))
        let within = tracer.graph.index(place + 1, count: window)
        let cut = tracer.graph.gather(
            value, at: [(place, tracer.graph.elementwise(.add, start, within))])
        let weighted = tracer.graph.elementwise(.multiply, cut, tracer.graph.hann(window, along: place + 1))
        let parts = tracer.graph.fourier(real: weighted, imaginary: nil, along: place + 1, inverse: false)
        let bins = tracer.graph.index(place + 1, count: window / 2 + 1)
        let (real, imaginary) = (
            tracer.graph.gather(parts.real, at: [(place + 1, bins)]),
            tracer.graph.gather(parts.imaginary, at: [(place + 1, bins)])
        )
        let power = tracer.graph.elementwise(
            .add, tracer.graph.elementwise(.multiply, real, real),
            tracer.graph.elementwise(.multiply, imaginary, imaginary))
        return tracer.graph.elementwise(.squareRoot, power)
    }
}

extension Graph {
    /// ½ − ½ · cos(2πj / n), j = 0 … n − 1: the periodic Hann window.
    fileprivate mutating func hann(_ count: Int, along place: Int) -> NodeID {
        let step = elementwise(.subtract, index(place, count: count), constant(1))
        let angle = elementwise(.multiply, step, constant(Float(2 * Double.pi / Double(count))))
        let half = elementwise(.multiply, elementwise(.cos, angle), constant(0.5))
        return elementwise(.subtract, constant(0.5), half)
    }
}
