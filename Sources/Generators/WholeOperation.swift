/// Running results along an axis.
package enum Scan: String, Sendable, Hashable {
    case sum, minimum, maximum
}

/// An operation whose elements may need any element of its operands, so these must be whole before it starts; shapes as
/// in `Graph`'s functions of the same names.
package enum WholeOperation: Sendable, Hashable {
    /// A reduction that keeps some axes.
    case reduce(Reduction)
    /// The operand's elements in their order, under another shape.
    case reshape
    case scan(Scan, axis: Int)
    /// Elements of the first operand at the positions that the others give, one for each of `axes`.
    case gather(axes: [Int])
    /// The sum over a window of the first operand, weighted by the second; the window slides along `axes`.
    case correlate(axes: [Int])
    /// The discrete Fourier transform along an axis; operands are the real and, if there is one, the imaginary part. The
    /// result has one axis more at `parts`: real part, imaginary part.
    case fourier(axis: Int, inverse: Bool, parts: Int)
    /// A mask with exactly as many trues in each run along an axis as the operand says.
    case choose(key: UInt64, axis: Int)
    /// 1 … n in random order in each run along an axis.
    case permutation(key: UInt64, axis: Int)
    /// The positions, counted from 1, that sort the operand along an axis, the smallest value first.
    case order(axis: Int)
    /// A mask of exactly as many of the first operand's largest values as the second says.
    case top
    /// Every element, rounded to what another type can hold.
    case round(Rounding)
    /// The operand of another sample, by its place in the graph's list of partners.
    case partner(Int)
    /// That sample's id.
    case partnerID(Int)
    /// How many places along that sample's first axis are real.
    case partnerLength(Int)
    /// Values that a Lua function makes for each sample, by its place in the graph's list of scripts; its operands are the
    /// clean values, then the parameters that differ from sample to sample.
    case script(Int)
    /// The mask that the script of the operand set.
    case scriptMask(Int)
}
