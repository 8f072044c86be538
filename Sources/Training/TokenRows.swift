import Tensors
import VectorKernels

/// Where the rows of visible tokens lie, among all of a sample's and one behind the other.
struct TokenRows {
    let tokens: Int
    let stride: Int
    /// Tokens in front of the sample's own: before the visible ones, and before all, where there are as many or none.
    let (leading, leadingOfAll): (Int, Int)
    /// Positions where there are visible ones alone.
    let positions: Int
    /// See `VisibleTokens`.
    let places: UnsafePointer<Int32>
    let lengths: UnsafePointer<Int32>

    /// - Parameter few: an activation of the visible ones alone.
    init(_ visible: VisibleTokens, few: Activation, leading: Int, all leadingOfAll: Int) {
        (tokens, stride, positions) = (visible.tokens, few.stride, few.positions)
        (self.leading, self.leadingOfAll) = (leading, leadingOfAll)
        (places, lengths) = (UnsafePointer(visible.places.pointer), UnsafePointer(visible.lengths.pointer))
    }

    /// Of a sample, where there are the visible ones alone.
    func visible(_ sample: Int) -> Int { sample * positions * stride }
    /// Of a sample, where there are all.
    func all(_ sample: Int) -> Int { sample * (leadingOfAll + tokens) * stride }
    /// Calls `body` with each of a sample's own tokens: where it lies among all, in values, and what `places` has for it.
    func eachToken(_ sample: Int, _ body: (_ row: Int, _ place: Int) -> Void) {
        let first = all(sample) + leadingOfAll * stride
        for token in 0..<tokens { body(first + token * stride, Int(places[sample * tokens + token])) }
    }
}

/// Copies the visible rows one behind the other, each thread those of some samples; all others are zero.
struct TakeTokensTask: SharedTask {
    let rows: TokenRows
    let count: Int
    let all: UnsafePointer<Float>
    let visible: UnsafeMutablePointer<Float>

    func work(_ share: Range<Int>) {
        let (stride, leading) = (rows.stride, rows.leading)
        for sample in share {
            let target = visible + rows.visible(sample)
            if rows.leadingOfAll == leading {
                target.update(from: all + rows.all(sample), count: leading * stride)
            } else {
                target.update(repeating: 0, count: leading * stride)
            }
            rows.eachToken(sample) { row, place in
                if place >= 0 {
                    (target + (leading + place) * stride).update(from: all + row, count: stride)
                }
            }
            let taken = leading + Int(rows.lengths[sample])
            (target + taken * stride).update(repeating: 0, count: (rows.positions - taken) * stride)
        }
    }
}

/// Copies visible rows to their places, each thread those of some samples; padding is zero.
struct SpreadTokensTask: SharedTask {
    let rows: TokenRows
    let count: Int
    let visible: UnsafePointer<Float>
    let all: UnsafeMutablePointer<Float>
    /// What hidden ones get; nil: zeros.
    let hidden: UnsafePointer<Float>?

    func work(_ share: Range<Int>) {
        let stride = rows.stride
        for sample in share {
            let source = visible + rows.visible(sample)
            (all + rows.all(sample)).update(from: source, count: rows.leadingOfAll * stride)
            rows.eachToken(sample) { row, place in
                let target = all + row
                if place >= 0 {
                    target.update(from: source + (rows.leading + place) * stride, count: stride)
                } else if place == VisibleTokens.hidden, let hidden {
                    target.update(from: hidden, count: stride)
                } else {
                    target.update(repeating: 0, count: stride)
                }
            }
        }
    }
}

/// Adds up the gradients of each sample's hidden tokens, each thread those of some samples.
struct MaskTokenTask: SharedTask {
    let rows: TokenRows
    let count: Int
    let all: UnsafePointer<Float>
    /// `[samples, stride]`.
    let sums: UnsafeMutablePointer<Float>
    let kernels: KernelTable

    func work(_ share: Range<Int>) {
        for sample in share {
            let sum = sums + sample * rows.stride
            sum.update(repeating: 0, count: rows.stride)
            rows.eachToken(sample) { row, place in
                if place == VisibleTokens.hidden {
                    kernels.training.addElements(sum, sum, all + row, rows.stride)
                }
            }
        }
    }
}
