import Generators
import LuaRuntime
import Tensors

/// Loads and traces a plugin with memory that runs out at a chosen request.
package struct AllocationSweep {
    package let name: String
    private let source: String

    package init(source: String, name: String) { (self.source, self.name) = (source, name) }

    /// What loading and tracing gave: a chain, or an error.
    package enum End {
        case traced(TracedChain)
        case stopped(LuaError)
    }

    /// - Parameter failing: of each state's requests, counted from 0, those that fail.
    package func end(failing: Range<Int> = 0..<0, shape: Shape? = nil) -> End {
        var limits = LuaLimits()
        (limits.failingAllocations, limits.seconds) = (failing, 60)
        do throws(LuaError) {
            let plugin = try Plugin(source: source, file: name, limits: limits)
            var item = ChainItem(plugin: plugin, name: plugin.name)
            for parameter in plugin.parameters where parameter.defaultValue == nil && !parameter.isOptional {
                let settings: [ParameterSetting] = [
                    .value(.number(3)), .value(.numbers([0, 1])), .value(.boolean(true)),
                ]
                _ = settings.first { item.set(parameter.name, to: $0) == nil }
            }
            return .traced(
                try Chain([item]).trace(seed: 5, shape: shape ?? Self.shape(for: plugin.axes), range: 0...1))
        } catch {
            return .stopped(error)
        }
    }

    private static func shape(for axes: String) -> Shape {
        switch axes {
        case "NL": [256]
        case "NTF": [48, 40]
        default: [32, 32, 3]
        }
    }

    /// Tries failures at every `step`-th request, first of one request alone, then of all from it on, until none is reached.
    ///
    /// - Returns: How many were tried and ended with an error, and the first that ended wrongly.
    package func run(step: Int, from start: Int = 0) -> (tried: Int, stopped: Int, fault: String?) {
        guard case .traced(let whole) = end() else { return (0, 0, "\(name) does not trace: \(end())") }
        var (tried, stopped) = (0, 0)
        for request in Swift.stride(from: start, to: .max, by: step) {
            for isOnce in [true, false] {
                tried += 1
                let end = end(failing: request..<(isOnce ? request + 1 : .max))
                if let fault = fault(of: end, whole) {
                    return (
                        tried, stopped,
                        "\(name), request \(request)\(isOnce ? " alone" : " and later ones"): \(fault)"
                    )
                }
                if case .stopped = end {
                    stopped += 1
                } else if !isOnce {
                    return (tried, stopped, nil)
                }
            }
        }
        return (tried, stopped, nil)
    }

    private func fault(of end: End, _ whole: TracedChain) -> String? {
        if leakedLuaBytes != 0 { return "\(leakedLuaBytes) bytes were not given back" }
        switch end {
        case .stopped(let error): return error.kind == .memory ? nil : "\(error)"
        case .traced(let chain):
            return chain.graph.nodes == whole.graph.nodes ? nil : "it traced something else"
        }
    }
}
