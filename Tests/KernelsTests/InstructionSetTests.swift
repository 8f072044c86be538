import Kernels
import Testing

@Test func `without MOTTLE_ISA the best instruction set of the processor is taken`() throws {
    let best = try #require(InstructionSet.supported.max())
    #expect(try KernelSet.select(environment: [:]).instructionSet == best)
    #expect(try KernelSet.select(environment: ["MOTTLE_ISA": ""]).instructionSet == best)
}

@Test func `MOTTLE_ISA forces an instruction set`() throws {
    for set in InstructionSet.supported {
        #expect(try KernelSet.select(environment: ["MOTTLE_ISA": set.rawValue]).instructionSet == set)
    }
}

@Test func `an unknown instruction set is reported with those known`() {
    let error = #expect(throws: InstructionSetError.self) {
        try KernelSet.select(environment: ["MOTTLE_ISA": "avx513"])
    }
    #expect(
        error?.description == "MOTTLE_ISA=avx513: unknown instruction set; known: baseline, avx2, avx512")
}

@Test func `an instruction set that the processor lacks is reported with those it has`() {
    let error = InstructionSetError.unsupported(.avx512, supported: [.baseline, .avx2])
    #expect(error.description == "MOTTLE_ISA=avx512: this processor lacks it; it has: baseline, avx2")
    for set in InstructionSet.allCases where !set.isSupported {
        #expect(throws: InstructionSetError.unsupported(set, supported: InstructionSet.supported)) {
            try KernelSet.select(environment: ["MOTTLE_ISA": set.rawValue])
        }
    }
}

@Test func `instruction sets are ordered from the least to the most`() {
    #expect(InstructionSet.baseline < .avx2)
    #expect(InstructionSet.avx2 < .avx512)
}
