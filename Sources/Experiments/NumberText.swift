import Generators

extension Double {
    /// For a person: with so many digits that say something, or more before the point.
    func text(digits: Int) -> String {
        guard isFinite, self != 0 else { return Generators.formatted(self) }
        var (scale, size, least) = (1.0, abs(self), 1.0)
        for _ in 1..<digits { least *= 10 }
        while size < least, scale < 1e12 { (scale, size) = (scale * 10, size * 10) }
        return Generators.formatted((self * scale).rounded() / scale)
    }
}
