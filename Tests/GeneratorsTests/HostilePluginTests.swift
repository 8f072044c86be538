import Foundation
import Generators
import HostilePlugins
import LuaRuntime
import Synchronization
import Tensors
import Testing

/// Plugins of strangers: each ends with the host's verdict and changes nothing but itself.
struct HostilePluginTests {
    @Test(arguments: HostilePlugin.all.indices) func `a hostile plugin ends with its verdict`(place: Int) {
        expectVerdict(of: HostilePlugin.all[place])
        #expect(leakedLuaBytes == 0)
    }

    @Test func `the table has hundreds of plugins, all different`() {
        let hostile = HostilePlugin.all.filter { $0.verdict != nil }
        #expect(hostile.count >= 400)
        #expect(Set(hostile.map { "\($0.source) \($0.shape)" }).count == hostile.count)
        #expect(hostile.allSatisfy { $0.verdict!.start.count >= 4 })
    }

    @Test func `expectVerdict can fail`() throws {
        for wrong in try Self.wrongVerdicts() { withKnownIssue { expectVerdict(of: wrong) } }
    }

    /// Right plugins with one part of their verdicts changed, and one that runs to its end.
    private static func wrongVerdicts() throws -> [HostilePlugin] {
        let plugin = try #require(HostilePlugin.sizeBombs.first)
        var wrong = [HostilePlugin](repeating: plugin, count: 5)
        wrong[0].verdict?.kind = .memory
        wrong[1].verdict?.code = nil
        wrong[2].verdict?.line += 1
        wrong[3].verdict?.start = "something else"
        wrong[4].verdict = nil
        return wrong
    }

    /// What other plugins make of their samples: traced, eager, and with Lua for every element.
    private static let neighbours = [
        "plugins/sensor", "plugins/cutmix", "plugins/scratches", "plugins/mae_patches",
    ]

    /// The bits of a plugin's samples; none if it fails.
    private static func bits(of source: String) -> [UInt32] {
        var trial = Trial()
        (trial.shape, trial.limits.seconds, trial.samples) = ([16, 16, 1], 60, 3)
        var values: [Float] = []
        return trial.error(of: source, values: &values) == nil ? values.map(\.bitPattern) : []
    }

    private static func neighbourSources() throws -> [String] {
        try neighbours.map { try String(contentsOfFile: "\(Fixture.root)/\($0).lua", encoding: .utf8) } + [
            "mottle.noise { name = 'mapped', apply = function(x) return x:map(function(v) return v < 0.5 and v or 1 end) end }"
        ]
    }

    @Test func `hostile plugins change no bit of others, before, after and beside them`() throws {
        let sources = try Self.neighbourSources()
        let before = sources.map(Self.bits)
        #expect(Set(before).count == sources.count && !before.contains([]))
        // Endless loops would only take longer.
        let hostile = HostilePlugin.all.filter { $0.verdict?.kind != .time }
        let changed = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { worker in
            for place in stride(from: worker, to: hostile.count, by: 4) {
                _ = hostile[place].run(seconds: 60)
                let neighbour = (place + worker) % sources.count
                guard Self.bits(of: sources[neighbour]) != before[neighbour] else { continue }
                changed.withLock { $0.append("plugin \(neighbour) beside \(hostile[place].title)") }
            }
        }
        #expect(changed.withLock { $0 } == [])
        #expect(sources.map(Self.bits) == before)
        #expect(leakedLuaBytes == 0)
    }

    @Test func `a plugin that tells the chain's trace from a worker's is refused`() throws {
        // After another partner the sixth is one too many; where the function is made anew it is not.
        let source = """
            mottle.noise { name = "two_faced", apply = function(x, p, rng)
              local ok = true
              for _ = 1, 6 do ok = pcall(function() return rng:partner(x) end) end
              if ok then return x end
              return x:map(function(v) return v < 0.5 and v or 1 end)
            end }
            """
        let mixup = try Fixture.shipped("plugins/mixup")
        let items = [
            ChainItem(plugin: mixup, name: "mixup"),
            ChainItem(plugin: try Plugin(source: source, file: "two_faced.lua"), name: "two_faced"),
        ]
        let chain = try Fixture.trace(items, shape: [4, 4, 1])
        let failure = #expect(throws: ScriptFailure.self) {
            try Fixture.run(chain, Fixture.sample([4, 4, 1]), source: Samples(shape: [4, 4, 1]))
        }
        #expect(
            failure?.description == """
                two_faced.lua:1: error: apply is not repeatable: with the same input it called map 1 times, then 0
                Instead: no map that depends on an error that pcall caught
                [M14] in apply of noise 'two_faced'
                while chain/two_faced made sample 9 of epoch 2
                """)
    }

    @Test func `samples of more axes than a list of sizes may have are refused`() throws {
        let plugin = try Fixture.noise("return x", axes: "N...")
        let shape = Shape(Array(repeating: 2, count: 9))
        let error = #expect(throws: LuaError.self) {
            try Fixture.trace([ChainItem(plugin: plugin, name: "test")], shape: shape)
        }
        #expect(error?.what == "noise 'test' takes samples of up to 8 axes, got samples of shape \(shape)")
    }
}

/// Demands that a plugin ends as its verdict says, on a machine of any speed.
func expectVerdict(of plugin: HostilePlugin, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(plugin.run(seconds: 120) == plugin.verdict, "\(plugin.title)", sourceLocation: sourceLocation)
}
