import Reports
import Tensors
import Testing

@testable import Experiments

@Suite struct LockRecordTests {
    private static let source = "-- nothing\n"

    private static func lock(
        contract: Int = numericContract, hash: String = SHA256.hexadecimal(of: source.utf8)
    ) -> String {
        """
        lock:
          config: small
          contract: \(contract)
          instruction_set: avx2
        plugins:
          - reference: ./a.lua
            sha256: "\(hash)"
            source: "-- nothing\\n"
        """
    }

    private func record(_ text: String) throws(ConfigError) -> LockRecord? {
        var table = try ConfigDocument(text: text, file: "test.yaml").table()
        let record = try LockRecord(&table)
        try table.finish()
        return record
    }

    @Test func `a lock is read and a config has none`() throws {
        let lock = try #require(try record(Self.lock()))
        #expect(lock.config == "small")
        #expect(lock.instructionSet == "avx2")
        #expect(lock.plugins == ["./a.lua": Self.source])
        #expect(try record("")?.config == nil)
    }

    @Test func `another numeric contract is refused`() {
        #expect(
            Fixture.complaint { _ = try record(Self.lock(contract: 77)) }
                == "test.yaml:3:13: error: this run was made under numeric contract 77, this mottle has "
                + "\(numericContract) and would give other bits; remove 'lock' to train anew")
    }

    @Test func `a plugin with another text than its hash says is refused`() {
        let found = SHA256.hexadecimal(of: Self.source.utf8).prefix(12)
        let hash = String(repeating: "0123456789abcdef", count: 4)
        #expect(
            Fixture.complaint { _ = try record(Self.lock(hash: hash)) }
                == "test.yaml:7:13: error: the source of plugin './a.lua' has the SHA-256 \(found)…, not "
                + "0123456789ab…; it was changed since the run")
    }

    @Test(arguments: [
        ("contract: \(numericContract)\n", "conract: 1\n", "2:3: error: 'contract' is required in 'lock'"),
        (
            "config: small", "confg: small",
            "2:3: error: 'config' is required in 'lock'; is 'confg' a misspelling of it?"
        ),
        (
            "config: small", "config: small\n  more: 1",
            "3:3: error: unknown key 'more' in 'lock'; known are config, contract, instruction_set, "
                + "layers"
        ),
    ])
    func `a lock that was edited`(old: String, new: String, message: String) {
        let text = Self.lock().replacing(old, with: new)
        #expect(Fixture.complaint { _ = try record(text) } == "test.yaml:" + message)
    }
}
