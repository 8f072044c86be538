import Glibc
import Kernels
import Tensors
import Testing
import VectorKernels

/// One head of a row of queries, keys and values, each `size` columns, which lie between columns of other heads.
private struct HeadCase {
    let tokens: Int
    let length: Int
    let size: Int
    /// Of a row: a column of another head, three times the head, and two more of other heads.
    var stride: Int { (3 * (size + 3) + 15) / 16 * 16 }
    var outputStride: Int { (size + 3 + 15) / 16 * 16 }
    func column(_ part: Int) -> Int { part * (size + 3) + 1 }

    /// Where a head's values stand in rows, token by token.
    func places(_ part: Int) -> [Int] {
        (0..<tokens).flatMap { token in (0..<size).map { token * stride + column(part) + $0 } }
    }
    var outputPlaces: [Int] {
        (0..<tokens).flatMap { token in (0..<size).map { token * outputStride + 1 + $0 } }
    }

    /// The output `[tokens, size]` in Double for q, k and v `[tokens, size]`.
    func exact(_ q: [Double], _ k: [Double], _ v: [Double]) -> [Double] {
        var output = [Double](repeating: 0, count: tokens * size)
        for i in 0..<length {
            let powers = (0..<length).map { j in
                exp(
                    (0..<size).reduce(0.0) { $0 + q[i * size + $1] * k[j * size + $1] }
                        / Double(size).squareRoot())
            }
            let sum = powers.reduce(0, +)
            for j in 0..<length {
                for d in 0..<size { output[i * size + d] += powers[j] / sum * v[j * size + d] }
            }
        }
        return output
    }

    /// The gradients of q, k and v, each `[tokens, size]`, by the formulas in Double.
    func exactGradients(_ q: [Double], _ k: [Double], _ v: [Double], _ upstream: [Double]) -> [[Double]] {
        let scale = 1 / Double(size).squareRoot()
        var gradients = [[Double]](repeating: [Double](repeating: 0, count: tokens * size), count: 3)
        func dot(_ a: [Double], _ i: Int, _ b: [Double], _ j: Int) -> Double {
            (0..<size).reduce(0.0) { $0 + a[i * size + $1] * b[j * size + $1] }
        }
        for i in 0..<length {
            let powers = (0..<length).map { exp(dot(q, i, k, $0) * scale) }
            let sum = powers.reduce(0, +)
            let shares = powers.map { $0 / sum }
            let slopes = (0..<length).map { dot(upstream, i, v, $0) }
            let level = zip(shares, slopes).reduce(0.0) { $0 + $1.0 * $1.1 }
            for j in 0..<length {
                let slope = shares[j] * (slopes[j] - level) * scale
                for d in 0..<size {
                    gradients[0][i * size + d] += slope * k[j * size + d]
                    gradients[1][j * size + d] += slope * q[i * size + d]
                    gradients[2][j * size + d] += shares[j] * upstream[i * size + d]
                }
            }
        }
        return gradients
    }
}

/// What the kernels make of a case: whole rows, in which other heads' columns start as −77.
private struct HeadRun {
    var output: [Float]
    var gradient: [Float]

    init(_ head: HeadCase, _ kernels: LayerKernels, rows: [Float], upstream: [Float]) {
        let (rows, upstream) = (Buffer(rows), Buffer(upstream))
        let logSums = Buffer<Float>(count: head.tokens)
        let workspace = Buffer<Float>(
            [Float](
                repeating: .nan,
                count: AttentionHead.workspaceCount(tokens: head.tokens, size: head.size)) + [4321])
        let outputCount = head.tokens * head.outputStride
        var kept: [Float] = []
        gradient = []
        output = guarded(count: outputCount, granule: 1, sentinel: Float(-77)) { out in
            let attention = AttentionHead(
                query: rows.pointer + head.column(0), key: rows.pointer + head.column(1),
                value: rows.pointer + head.column(2), stride: head.stride, output: out + 1,
                outputStride: head.outputStride, logSums: logSums.pointer, tokens: head.tokens,
                length: head.length, size: head.size, workspace: workspace.pointer)
            kernels.attend(attention)
            kept = guarded(count: head.tokens * head.stride, granule: 1, sentinel: Float(-77)) {
                kernels.attendBackward(
                    attention, upstream.pointer + 1, $0 + head.column(0), $0 + head.column(1),
                    $0 + head.column(2))
            }
        }
        gradient = kept
        #expect(workspace[workspace.count - 1] == 4321, "wrote past the workspace")
        withExtendedLifetime((rows, upstream)) {}
    }
}

struct AttentionTests {
    private static let cases = [
        HeadCase(tokens: 1, length: 1, size: 16), HeadCase(tokens: 5, length: 5, size: 3),
        HeadCase(tokens: 13, length: 9, size: 16), HeadCase(tokens: 49, length: 49, size: 16),
        HeadCase(tokens: 21, length: 17, size: 20), HeadCase(tokens: 150, length: 141, size: 32),
        HeadCase(tokens: 7, length: 0, size: 8), HeadCase(tokens: 40, length: 33, size: 64),
    ]

    /// Values in −2 ..< 2 in all columns.
    private func values(_ count: Int, seed: UInt64) -> [Float] {
        paddedValues(Rows(count: 1, channels: count, stride: count), seed: seed).map { $0 * 2 }
    }

    @Test(arguments: cases.indices)
    func `a head and its gradients agree with Double and touch no other head`(index: Int) {
        let head = Self.cases[index]
        var rows = values(head.tokens * head.stride, seed: 5)
        var upstream = values(head.tokens * head.outputStride, seed: 6)
        // Whatever stands in the padding must have no say.
        for i in head.length * head.stride..<rows.count { rows[i] = .nan }
        for i in head.length * head.outputStride..<upstream.count { upstream[i] = .nan }
        func exactValues(_ all: [Float], _ places: [Int]) -> [Double] { places.map { Double(all[$0]) } }
        let (q, k, v) = (
            exactValues(rows, head.places(0)), exactValues(rows, head.places(1)),
            exactValues(rows, head.places(2))
        )
        let wanted = head.exact(q, k, v)
        let gradients = head.exactGradients(q, k, v, exactValues(upstream, head.outputPlaces))
        for kernels in Fixture.kernelSets {
            let run = HeadRun(head, kernels.layers, rows: rows, upstream: upstream)
            expectNear(head.outputPlaces.map { run.output[$0] }, wanted, "output")
            for part in 0..<3 {
                expectNear(
                    head.places(part).map { run.gradient[$0] }, gradients[part], tolerance: 3e-5,
                    "gradient of \(["queries", "keys", "values"][part])")
            }
            let own = Set((0..<3).flatMap(head.places))
            #expect(run.gradient.indices.allSatisfy { own.contains($0) || run.gradient[$0] == -77 })
            let ownOutput = Set(head.outputPlaces)
            #expect(run.output.indices.allSatisfy { ownOutput.contains($0) || run.output[$0] == -77 })
        }
    }

    @Test func `the formulas' gradients agree with central differences`() {
        let head = HeadCase(tokens: 5, length: 4, size: 3)
        let parts = (0..<3).map { values(15, seed: 20 + $0).map(Double.init) }
        let upstream = values(15, seed: 23).map(Double.init)
        let found = head.exactGradients(parts[0], parts[1], parts[2], upstream)
        for part in 0..<3 {
            let slopes = centralDifferences(parts[part]) { moved in
                var parts = parts
                parts[part] = moved
                return zip(head.exact(parts[0], parts[1], parts[2]), upstream).reduce(0) { $0 + $1.0 * $1.1 }
            }
            expectNear(found[part].map { Float($0) }, slopes, tolerance: 1e-6)
        }
    }

    @Test func `huge scores neither overflow nor make a NaN`() {
        let head = HeadCase(tokens: 20, length: 20, size: 16)
        let rows = values(head.tokens * head.stride, seed: 5).map { $0 * 1000 }
        let upstream = values(head.tokens * head.outputStride, seed: 6)
        for kernels in Fixture.kernelSets {
            let run = HeadRun(head, kernels.layers, rows: rows, upstream: upstream)
            #expect(run.output.allSatisfy(\.isFinite) && run.gradient.allSatisfy(\.isFinite))
        }
    }

    @Test func `a NaN among the keys reaches every query`() {
        let head = HeadCase(tokens: 11, length: 11, size: 16)
        var rows = values(head.tokens * head.stride, seed: 5)
        rows[10 * head.stride + head.column(1) + 3] = .nan
        let upstream = values(head.tokens * head.outputStride, seed: 6)
        for kernels in Fixture.kernelSets {
            let run = HeadRun(head, kernels.layers, rows: rows, upstream: upstream)
            #expect(head.outputPlaces.allSatisfy { run.output[$0].isNaN })
        }
    }
}
