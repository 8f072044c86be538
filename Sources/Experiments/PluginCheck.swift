import Generators
import Kernels
import LuaRuntime
import Reports
import Tensors

/// `mottle plugins check`: whether a plugin does what plugins must and what it says of itself.
package struct PluginCheck {
    /// How it ended, from what stopped it on.
    package enum Verdict: String {
        case ok, load, lint, error, time, memory, failed
    }
    /// One of the things that were looked at.
    package struct Finding {
        enum State: String { case passed, failed, skipped, note }
        var name: String
        var state: State
        var detail: String
    }

    package private(set) var verdict = Verdict.ok
    private let path: String
    private var plugin: Plugin?
    private var error: LuaError?
    private var findings: [Finding] = []
    private var cost = PluginCost()

    /// - Throws: `PluginError` where there is no such file.
    package init(_ reference: String, runtime: Runtime) throws {
        path = reference
        do {
            let library = PluginLibrary(folders: runtime.pluginFolders)
            let plugin = try library.plugin(reference, base: ".")
            self.plugin = plugin
            cost = try PluginCost(plugin)
            findings = try PluginTrial(plugin, runtime: runtime).findings()
            let namesakes = library.files(named: plugin.name)
            if namesakes.count > 1 {
                findings.append(
                    Finding(
                        name: "name", state: .note,
                        detail: "'\(plugin.name)' in a config is \(namesakes[0]), which goes before "
                            + namesakes.dropFirst().joined(separator: ", ")))
            }
            if findings.contains(where: { $0.state == .failed }) { verdict = .failed }
        } catch let problem as PluginError {
            guard case .broken(let script) = problem else { throw problem }
            note(script)
        } catch let failure as ScriptFailure {
            note(failure.error)
        } catch let script as LuaError {
            note(script)
        }
    }

    private mutating func note(_ script: LuaError) {
        error = script
        verdict =
            switch script.kind {
            case .load: script.code == "M08" ? .lint : .load
            case .script: .error
            case .time: .time
            case .memory: .memory
            }
    }

    package var text: String {
        var lines: [String] = []
        if let plugin {
            lines.append("\(plugin.name) (\(plugin.kind.rawValue), axes \(plugin.axes))  \(plugin.file)")
        }
        let width = findings.map(\.name.count).max() ?? 0
        for finding in findings {
            let mark = ["passed": "ok  ", "failed": "FAIL", "skipped": "--  ", "note": "    "][
                finding.state.rawValue]!
            let name = finding.name + String(repeating: " ", count: width - finding.name.count)
            lines.append("\(mark)  \(name)  \(finding.detail)")
        }
        if let error {
            lines.append(error.description)
        } else {
            lines.append(cost.text)
        }
        lines.append("verdict: \(verdict.rawValue)")
        return lines.joined(separator: "\n")
    }

    /// - Parameter then: a plugin that was checked afterwards in the same process.
    package func json(then: PluginCheck?) -> String { value(then: then).text }

    private func value(then: PluginCheck?) -> JSONValue {
        var members: [JSONValue.Member] = [
            JSONValue.Member("plugin", .string(path)), JSONValue.Member("verdict", .string(verdict.rawValue)),
            JSONValue.Member("line", error.map { .whole($0.line) } ?? .null),
            JSONValue.Member("message", error.map { .string($0.description) } ?? .null),
            JSONValue.Member("budget", cost.json),
            JSONValue.Member(
                "checks",
                .list(
                    findings.map {
                        .object([
                            JSONValue.Member("check", .string($0.name)),
                            JSONValue.Member("result", .string($0.state.rawValue)),
                            JSONValue.Member("detail", .string($0.detail)),
                        ])
                    })),
        ]
        if let then { members.append(JSONValue.Member("then", then.value(then: nil))) }
        return .object(members)
    }
}

/// What loading and tracing a plugin took of its budgets.
struct PluginCost {
    private var usage = PluginUsage()

    init() {}

    init(_ plugin: Plugin) throws(LuaError) {
        usage = try plugin.measureUsage()
    }

    var text: String {
        let limits = LuaLimits()
        return
            "used: \(usage.instructions) of \(limits.instructions) instructions, \(usage.peakHeap / 1024) of "
            + "\(limits.heap / 1024) KB, loaded in \(milliseconds) ms"
    }

    private var milliseconds: String { formatted((usage.seconds * 1e5).rounded() / 100) }

    var json: JSONValue {
        let limits = LuaLimits()
        return .object([
            JSONValue.Member("instructions", .whole(usage.instructions)),
            JSONValue.Member("instructions_allowed", .whole(limits.instructions)),
            JSONValue.Member("heap_bytes", .whole(usage.peakHeap)),
            JSONValue.Member("heap_bytes_allowed", .whole(limits.heap)),
            JSONValue.Member("seconds", .number(usage.seconds)),
            JSONValue.Member("seconds_allowed", .number(limits.seconds)),
        ])
    }
}
