import CSystem

/// Does something while this thread takes denormal numbers, those below 2⁻¹²⁶, for zero.
///
/// Moments of weights that learn nothing more fade through them, and there a processor is more than ten times slower.
/// What one thread of a training does, all do, so that bits depend on no thread; noise keeps IEEE 754's numbers.
@inline(__always)
func withoutDenormals<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
    let mode = mottle_flush_denormals()
    defer { mottle_restore_float_mode(mode) }
    return try body()
}
