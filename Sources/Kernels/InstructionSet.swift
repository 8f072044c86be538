import CSIMD

/// What a processor may be asked to do, from the least to the most; the names are those of `MOTTLE_ISA`.
package enum InstructionSet: String, CaseIterable, Comparable, Sendable {
    /// What every processor of the architecture has: SSE2 on x86-64, NEON on arm64.
    case baseline
    /// x86-64-v3.
    case avx2
    /// x86-64-v4.
    case avx512

    /// Whether this processor has it.
    package var isSupported: Bool {
        switch self {
        case .baseline: true
        case .avx2: mottle_supports_avx2()
        case .avx512: mottle_supports_avx512()
        }
    }

    /// Those that this processor has.
    package static var supported: [InstructionSet] { allCases.filter(\.isSupported) }

    package static func < (a: InstructionSet, b: InstructionSet) -> Bool {
        allCases.firstIndex(of: a)! < allCases.firstIndex(of: b)!
    }
}

/// Why `MOTTLE_ISA` cannot be obeyed.
package enum InstructionSetError: Error, Equatable, CustomStringConvertible {
    case unknown(name: String)
    case unsupported(InstructionSet, supported: [InstructionSet])

    package var description: String {
        switch self {
        case .unknown(let name):
            "MOTTLE_ISA=\(name): unknown instruction set; known: \(Self.list(InstructionSet.allCases))"
        case .unsupported(let set, let supported):
            "MOTTLE_ISA=\(set.rawValue): this processor lacks it; it has: \(Self.list(supported))"
        }
    }

    private static func list(_ sets: [InstructionSet]) -> String {
        sets.map(\.rawValue).joined(separator: ", ")
    }
}
