import Generators
import Kernels
import Tensors
import Testing

/// Bits that must not change while `numericContract` is the same: every run's lock file relies on them.
///
/// A failure means that equal configs now give other data. If that is meant, `numericContract` must grow, and the
/// values here are written anew.
struct StreamContractTests {
    static let advice: Comment =
        "the stream's bits have changed; if this is meant, 'numericContract' must grow with it"

    @Test func `the contract is the one whose bits these are`() {
        #expect(numericContract == 1)
    }

    @Test func `the key of a draw is fixed`() {
        let key: UInt64 = 0xd819_91b3_1203_2443
        #expect(DrawAddress.key(seed: 7, path: "chain/gaussian", draw: "draw 1") == key, Self.advice)
    }

    @Test func `uniform and normal draws are fixed`() {
        let address = DrawAddress(key: 0x0123_4567_89ab_cdef, epoch: 3, sample: 70_001)
        // Elements of one block, of its neighbours, and of the second sixty-four.
        let elements = [0, 1, 15, 16, 33, 63, 64, 1000]
        let uniforms = elements.map { ScalarReference.uniform(address: address, element: $0).bitPattern }
        let normals = elements.map { ScalarReference.normal(address: address, element: $0).bitPattern }
        #expect(
            uniforms == [
                0x3e5e_a878, 0x3f00_668a, 0x3f0d_160b, 0x3f3e_cfe3, 0x3f63_de10, 0x3f7a_9f4c, 0x3e6c_b4a4,
                0x3dde_f970,
            ], Self.advice)
        #expect(
            normals == [
                0xbfdf_822d, 0xbf8f_2e54, 0x3f8b_4915, 0xbd50_9803, 0xbdce_f504, 0xbf32_9afb, 0x3fda_fd3d,
                0x3f71_cbdc,
            ], Self.advice)
    }

    /// A plugin with settings that use every way of giving a parameter.
    struct Case: Sendable, CustomTestStringConvertible {
        var plugin: String
        var settings: [String: ParameterSetting]
        var probability = 1.0
        var fill = Fill.constant(0)
        var checksum: UInt64
        var testDescription: String { "\(plugin) \(fill)" }
    }

    static let cases = [
        Case(
            plugin: "gaussian",
            settings: ["sigma": .uniform(0, 0.3), "mean": .normal(mean: 0.1, deviation: 0.05)],
            probability: 0.75, checksum: 0xc446_37c7_a3bf_3a52),
        Case(
            plugin: "gaussian", settings: ["sigma": .ramp(from: 0.1, to: 0.4, epochs: 5)],
            checksum: 0x28af_462f_b883_b8a2),
        Case(
            plugin: "salt_and_pepper",
            settings: ["amount": .choice([0.1, 0.3, 0.6]), "salt": .value(.number(0.25))],
            checksum: 0x99af_0093_af23_ccf7),
        Case(
            plugin: "salt_and_pepper",
            settings: ["amount": .value(.number(0.2)), "per_channel": .value(.boolean(true))],
            probability: 0.5, checksum: 0x9592_fd04_978b_2c89),
        Case(
            plugin: "cutout", settings: ["size": .uniform(2, 4), "holes": .value(.number(2))],
            fill: .constant(0.25), checksum: 0x0a8e_135e_a79e_217a),
        Case(
            plugin: "cutout", settings: ["size": .value(.number(3))], fill: .mean,
            checksum: 0x5d15_a61a_a636_0b0f),
        Case(
            plugin: "cutout", settings: ["size": .choice([1, 5])], fill: .noise,
            checksum: 0xfacc_403c_4a60_61ab),
    ]

    @Test(arguments: cases) func `what a shipped plugin makes is fixed`(example: Case) throws {
        let shape: Shape = [5, 7, 3]
        let item = ChainItem(
            plugin: try Fixture.shipped("plugins/\(example.plugin)"), name: example.plugin,
            settings: example.settings, probability: example.probability, fill: example.fill)
        let chain = try Fixture.trace([item], shape: shape, seed: 7, range: -1...3)
        var checksum = Checksum()
        // Enough samples for every value of a choice, and for both sides of a probability.
        for id in 0..<8 as Range<UInt64> {
            let made = Fixture.run(chain, Fixture.sample(shape), id: id, epoch: 2)
            for value in made.values { checksum.absorb(value.bitPattern) }
            for byte in made.mask ?? [] { checksum.absorb(UInt32(byte)) }
        }
        #expect(checksum.hash == example.checksum, Self.advice)
    }

    @Test func `a checksum tells one bit`() {
        var (one, other) = (Checksum(), Checksum())
        one.absorb(Float(0).bitPattern)
        other.absorb(Float(-0.0).bitPattern)
        #expect(one.hash != other.hash)
    }
}

/// FNV-1a, a 32-bit word at a time.
private struct Checksum {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func absorb(_ word: UInt32) { hash = (hash ^ UInt64(word)) &* 0x0000_0100_0000_01b3 }
}
