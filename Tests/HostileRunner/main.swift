import Foundation
import HostilePlugins
import LuaRuntime

// Drives hostile and made-up plugins outside the test bundle, which does not start under AddressSanitizer:
//   MOTTLE_HOSTILE_RUNNER=1 swift run -c release --sanitize=address HostileRunner fuzz 0 100000

/// Each hostile plugin ends as its verdict says. With the usual half second a slow machine may stop some earlier.
func table(seconds: Double) -> Bool {
    var (wrong, longest) = (0, Duration.zero)
    for plugin in HostilePlugin.all {
        let start = ContinuousClock.now
        let verdict = plugin.run(seconds: seconds)
        longest = max(longest, ContinuousClock.now - start)
        guard verdict != plugin.verdict else { continue }
        wrong += 1
        print(
            plugin.title, verdict?.description ?? "ran", plugin.verdict?.description ?? "runs",
            separator: "\n    ")
    }
    print("\(HostilePlugin.all.count) plugins, \(wrong) verdicts differ; the longest took \(longest)")
    return wrong == 0
}

/// How each plugin of a folder ends.
func list(_ folder: String) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
        let source = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
        let start = ContinuousClock.now
        let error = Trial().error(of: source)
        let milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
        print(name, "\(milliseconds) ms", error?.description ?? "ran to its end", separator: "\n")
    }
}

/// Tries made-up plugins. Their seeds go to the standard error before each case: the last one is what crashed.
func fuzz(_ seeds: Range<UInt64>) -> Bool {
    var (ends, operations, faults) = ([String: Int](), [String: Int](), 0)
    let start = ContinuousClock.now
    for seed in seeds {
        FileHandle.standardError.write(Data("\(seed)\n".utf8))
        var trial = FuzzCase(seed: seed)
        trial.run()
        ends[trial.end?.rawValue ?? "-", default: 0] += 1
        for operation in trial.operations { operations[operation, default: 0] += 1 }
        guard let fault = trial.fault else { continue }
        faults += 1
        print("seed \(seed): \(fault)")
    }
    func counts(_ counts: [String: Int]) -> String {
        counts.sorted { $0.value < $1.value }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
    print(counts(ends), counts(operations), separator: "\n")
    print("\(seeds.count) cases, \(faults) faults, in \(ContinuousClock.now - start)")
    return faults == 0
}

func show(_ seed: UInt64) {
    var trial = FuzzCase(seed: seed)
    print(trial.plugin.source, trial.plugin.shape)
    trial.run()
    print(
        trial.end?.rawValue ?? "-", trial.fault ?? "no fault", trial.error?.description ?? "no error",
        separator: "\n")
}

/// Fails requests for memory while each plugin of a folder is loaded and traced.
func sweep(_ folder: String, step: Int, from first: Int) throws -> Bool {
    var (tried, stopped, faults) = (0, 0, 0)
    let start = ContinuousClock.now
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    where name.hasSuffix(".lua") {
        let source = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
        let result = AllocationSweep(source: source, name: name).run(step: step, from: first)
        (tried, stopped) = (tried + result.tried, stopped + result.stopped)
        guard let fault = result.fault else { continue }
        faults += 1
        print(fault)
    }
    print(
        "\(tried) failures, \(stopped) of which ended a plugin, \(faults) faults, in \(ContinuousClock.now - start)"
    )
    return faults == 0
}

let arguments = Array(CommandLine.arguments.dropFirst())
var isRight = true
switch (arguments.first, arguments.dropFirst().compactMap { UInt64($0) }) {
case ("table", let numbers): isRight = table(seconds: numbers.first.map { Double($0) } ?? 0.5)
case ("list", _) where arguments.count == 2: try list(arguments[1])
case ("fuzz", let numbers) where numbers.count == 2: isRight = fuzz(numbers[0]..<numbers[0] + numbers[1])
case ("show", let numbers) where numbers.count == 1: show(numbers[0])
case ("sweep", let numbers) where numbers.count == 2:
    isRight = try sweep(arguments[1], step: Int(numbers[0]), from: Int(numbers[1]))
default:
    print(
        "HostileRunner table [SECONDS] | list FOLDER | fuzz FIRST COUNT | show SEED | sweep FOLDER STEP FIRST"
    )
    exit(2)
}
if leakedLuaBytes != 0 {
    print("\(leakedLuaBytes) bytes of Lua's were not given back")
    isRight = false
}
exit(isRight ? 0 : 1)
