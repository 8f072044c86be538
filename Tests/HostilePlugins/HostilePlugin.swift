import LuaRuntime
import Tensors

/// A plugin that means harm, and how it must end.
package struct HostilePlugin: Sendable {
    /// What the host says of a plugin: always the same, whatever the machine.
    package struct Verdict: Sendable, Equatable, CustomStringConvertible {
        package var kind: LuaError.Kind
        package var code: String?
        package var line: Int
        /// How the error's text starts.
        package var start: String

        package var description: String { "\(kind) \(code ?? "-") line \(line): \(start)" }
    }
    package var source: String
    package var shape: Shape
    /// nil if it looks hostile and runs to its end.
    package var verdict: Verdict?

    private init(_ source: String, _ verdict: Verdict?, _ shape: Shape) {
        (self.source, self.verdict, self.shape) = (source, verdict, shape)
    }

    /// A whole file.
    static func file(
        _ source: String, _ kind: LuaError.Kind, _ code: String?, line: Int = 1, shape: Shape = [4, 6, 2],
        _ start: String
    ) -> HostilePlugin {
        HostilePlugin(source, Verdict(kind: kind, code: code, line: line, start: start), shape)
    }

    /// The body of a noise generator's `apply`, from line 3 on.
    static func noise(
        _ body: String, _ kind: LuaError.Kind, _ code: String?, line: Int = 3, shape: Shape = [4, 6, 2],
        _ start: String
    ) -> HostilePlugin {
        .file(noise(body), kind, code, line: line, shape: shape, start)
    }

    /// The body of an eager noise generator's `apply`, from line 3 on.
    static func eager(
        _ body: String, _ kind: LuaError.Kind, _ code: String?, line: Int = 3, _ start: String
    ) -> HostilePlugin {
        .file(eager(body), kind, code, line: line, start)
    }

    /// The body of an eager mask generator's `make`, from line 3 on.
    static func hidden(
        _ body: String, _ kind: LuaError.Kind, _ code: String?, line: Int = 3, _ start: String
    ) -> HostilePlugin {
        .file(
            """
            mottle.mask { name = "test", axes = "NHWC", eager = true,
              make = function(x, p, rng, hidden)
            \(body)
              end }
            """, kind, code, line: line, start)
    }

    static func harmless(noise body: String) -> HostilePlugin { HostilePlugin(noise(body), nil, [4, 6, 2]) }
    static func harmless(eager body: String) -> HostilePlugin { HostilePlugin(eager(body), nil, [4, 6, 2]) }

    private static func noise(_ body: String, _ fields: String = "") -> String {
        """
        mottle.noise { name = "test", axes = "NHWC", \(fields)params = { sigma = mottle.number { default = 0.1 } },
          apply = function(x, p, rng)
        \(body)
          end }
        """
    }

    private static func eager(_ body: String) -> String { noise(body, "eager = true, ") }

    /// How it ended, in a verdict's terms; the text is cut to the length of the expected one.
    package func end(_ error: LuaError?) -> Verdict? {
        error.map {
            let text =
                $0.what.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? ""
            let length = verdict?.start.count ?? text.count
            return Verdict(kind: $0.kind, code: $0.code, line: $0.line, start: String(text.prefix(length)))
        }
    }

    /// One line for lists.
    package var title: String {
        let lines = source.split(separator: "\n")
        return String((lines.count > 3 ? lines[2] : lines.last ?? "").prefix(100))
    }
}

extension HostilePlugin {
    package static let all =
        sizeBombs + nodeBombs + shapeLies + keptValues + partnersAndMaps + eagerAbuse + declarationAbuse
        + parameterAbuse
        + resultAbuse + harmless

    /// Puts the plugin to its trial; nil if it ran to its end.
    ///
    /// - Parameter seconds: the net of time. Where a verdict must not depend on the machine it is far away.
    package func run(seconds: Double = LuaLimits().seconds) -> Verdict? {
        var trial = Trial()
        (trial.shape, trial.limits.seconds) = (shape, seconds)
        return end(trial.error(of: source))
    }
}
