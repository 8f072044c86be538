import Testing

@testable import Kernels

@Test func `an unknown instruction set is reported with those known`() {
    let error = #expect(throws: InstructionSetError.self) {
        try KernelSet.select(environment: ["MOTTLE_ISA": "avx513"])
    }
    #expect(
        error?.description == "MOTTLE_ISA=avx513: unknown instruction set; known: baseline, avx2, avx512")
}
