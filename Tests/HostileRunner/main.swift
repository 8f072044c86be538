import Foundation
import HostilePlugins
import LuaRuntime

// Drives hostile and random plugins outside the test bundle, which does not start under AddressSanitizer:
//   MOTTLE_HOSTILE_RUNNER=1 swift run --sanitize=address HostileRunner fuzz 0 100000

let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "files":
    for name in try FileManager.default.contentsOfDirectory(atPath: arguments[1]).sorted() {
        let source = try String(contentsOfFile: "\(arguments[1])/\(name)", encoding: .utf8)
        print(name, terminator: "\t")
        fflush(nil)
        let start = ContinuousClock.now
        let error = Trial().error(of: source)
        let took = (ContinuousClock.now - start) / .milliseconds(1)
        let text = error?.what.split(separator: "\n").first ?? ""
        print(
            error.map { "\($0.kind)\t\($0.code ?? "-")\t\($0.line)" } ?? "ok\t-\t0", Int(took), text,
            separator: "\t")
    }
case "table":
    // What stops a script depends on the machine if it is slow, so only ends that are wrong anyway count here.
    var (wrong, longest) = (0, Duration.zero)
    for plugin in HostilePlugin.all {
        let start = ContinuousClock.now
        let verdict = plugin.run()
        longest = max(longest, ContinuousClock.now - start)
        if verdict != plugin.verdict {
            wrong += 1
            print(
                plugin.title, verdict?.description ?? "ran", plugin.verdict?.description ?? "runs",
                separator: "\n    ")
        }
    }
    print("\(HostilePlugin.all.count) plugins, \(wrong) verdicts differ; the longest took \(longest)")
case "fuzz":
    // The seed is told before each case, so that the last one told is the one that crashed.
    let (first, count) = (UInt64(arguments[1])!, UInt64(arguments[2])!)
    var (ends, operations) = ([String: Int](), [String: Int]())
    let start = ContinuousClock.now
    for seed in first..<first + count {
        FileHandle.standardError.write(Data("\(seed)\n".utf8))
        var trial = FuzzCase(seed: seed)
        trial.run()
        ends[trial.end?.rawValue ?? "-", default: 0] += 1
        for operation in trial.operations { operations[operation, default: 0] += 1 }
        if let fault = trial.fault { print("seed \(seed): \(fault)") }
    }
    print(ends.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    print(operations.sorted { $0.value < $1.value }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    print("\(count) cases in \(ContinuousClock.now - start)")
case "show":
    var trial = FuzzCase(seed: UInt64(arguments[1])!)
    print(trial.plugin.source, trial.plugin.shape)
    fflush(nil)
    trial.run()
    print(trial.end?.rawValue ?? "-", trial.fault ?? "no fault", trial.error?.description ?? "no error")
case "sweep":
    var (tried, stopped) = (0, 0)
    let start = ContinuousClock.now
    for name in try FileManager.default.contentsOfDirectory(atPath: arguments[1]).sorted()
    where name.hasSuffix(".lua") {
        let source = try String(contentsOfFile: "\(arguments[1])/\(name)", encoding: .utf8)
        let result = AllocationSweep(source: source, name: name).run(
            step: Int(arguments[2])!, from: Int(arguments[3])!)
        (tried, stopped) = (tried + result.tried, stopped + result.stopped)
        print(name, result.tried, result.stopped, result.fault ?? "")
    }
    print("\(tried) failures, \(stopped) of which ended a plugin, in \(ContinuousClock.now - start)")
default:
    print(
        "usage: HostileRunner table | files FOLDER | fuzz FIRST COUNT | show SEED | sweep FOLDER STEP FIRST")
    exit(2)
}
if leakedLuaBytes != 0 {
    print("\(leakedLuaBytes) bytes of Lua's were not given back")
    exit(1)
}
