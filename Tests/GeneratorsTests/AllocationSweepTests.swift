import Foundation
import HostilePlugins
import LuaRuntime
import Testing

/// Memory that runs out at any moment. `MOTTLE_SWEEP_STEP` says how many requests apart failures are tried; 1 tries all.
struct AllocationSweepTests {
    static let plugins = try! FileManager.default.contentsOfDirectory(atPath: "\(Fixture.root)/plugins")
        .filter { $0.hasSuffix(".lua") }.sorted()
    /// Most requests are for Mottle's own Lua text, which is the same for all plugins.
    private static let ownRequests = 2100

    private static func step(otherwise: Int) -> Int {
        ProcessInfo.processInfo.environment["MOTTLE_SWEEP_STEP"].flatMap(Int.init) ?? otherwise
    }

    private static func sweep(_ name: String) throws -> AllocationSweep {
        let source = try String(contentsOfFile: "\(Fixture.root)/plugins/\(name)", encoding: .utf8)
        return AllocationSweep(source: source, name: name)
    }

    @Test(arguments: plugins) func `no memory while a plugin is loaded or traced is a clean error`(
        name: String
    ) throws {
        let result = try Self.sweep(name).run(step: Self.step(otherwise: 97), from: Self.ownRequests)
        #expect(result.fault == nil)
        // One failure alone is mended by collecting garbage; one that stays ends the plugin.
        #expect(result.stopped > 0)
        #expect(result.tried > result.stopped)
    }

    @Test func `no memory while a state is made is a clean error`() throws {
        let result = try Self.sweep("gaussian.lua").run(step: Self.step(otherwise: 41))
        #expect(result.fault == nil)
        #expect(result.stopped > 2000 / Self.step(otherwise: 41))
    }

    @Test func `the first request of all can fail`() throws {
        guard case .stopped(let error) = try Self.sweep("gaussian.lua").end(failing: 0..<1) else {
            Issue.record("a state was made of nothing")
            return
        }
        #expect(error.description == "prelude: error: used more than 32 MB.\n[M18]")
    }

    @Test func `a plugin that does not trace is a fault of the sweep`() {
        let sweep = AllocationSweep(source: "error('mine')", name: "broken.lua")
        #expect(sweep.run(step: 1).fault?.hasPrefix("broken.lua does not trace: ") == true)
    }
}
