import Foundation
import HostilePlugins
import LuaRuntime
import Testing

/// Plugins that nobody wrote. `MOTTLE_FUZZ_CASES` says how many are tried, `MOTTLE_FUZZ_SEED` from which on.
struct PluginFuzzTests {
    private static func number(_ name: String, otherwise: UInt64) -> UInt64 {
        ProcessInfo.processInfo.environment[name].flatMap(UInt64.init) ?? otherwise
    }

    @Test func `made plugins load, trace, compile and run without a fault, with the reference's bits`() {
        let first = Self.number("MOTTLE_FUZZ_SEED", otherwise: 0)
        let count = Self.number("MOTTLE_FUZZ_CASES", otherwise: 400)
        var (ends, operations) = ([FuzzCase.End: Int](), Set<String>())
        for seed in first..<first + count {
            var trial = FuzzCase(seed: seed)
            trial.run()
            ends[trial.end!, default: 0] += 1
            operations.formUnion(trial.operations)
            if let fault = trial.fault { Issue.record("seed \(seed): \(fault)\n\(trial.plugin.source)") }
        }
        #expect(leakedLuaBytes == 0)
        // Most cases get somewhere, and every stage stops some.
        guard count >= 400 else { return }
        #expect(ends[.ran, default: 0] > Int(count) / 3)
        for end in [FuzzCase.End.refusedAtLoad, .refusedAtTrace, .failedAtRun, .ranWithScripts] {
            #expect(ends[end, default: 0] > Int(count) / 100, "\(end)")
        }
        #expect(operations.count > 45)
    }

    @Test func `the maker knows every word of the language's forms`() {
        #expect(FormTemplates.unknownWords == [])
    }

    @Test func `the same seed makes the same plugin, another seed another one`() {
        #expect(PluginMaker(seed: 5).source == PluginMaker(seed: 5).source)
        #expect(Set((0..<100).map { PluginMaker(seed: $0).source }).count == 100)
    }
}
