import LuaRuntime

/// Refuses a plugin whose source asks Lua for the truth of a traced value (rule M08): Lua itself calls nobody for
/// `if tensor` or `tensor == 0`.
enum TruthLint {
    /// How the truth of a value is asked, with how messages show the value.
    enum Question {
        /// After `if`, `while` or `until`.
        case branch(String, String, isMask: Bool)
        /// Before `and` or `or`.
        case chain(String, String)
        case negation(String)
        /// On the left or the right of `==` or `~=`.
        case equality(String, String, isLeft: Bool)
    }

    struct Mistake: Equatable {
        var line: Int
        var what: String
        var instead: String

        init(line: Int, _ question: Question) {
            self.line = line
            let never = "a tensor is never false in Lua"
            switch question {
            case .branch(let keyword, let shown, let isMask):
                let results = [
                    "if": "always takes the first branch", "while": "never ends",
                    "until": "ends after the first turn",
                ]
                what = "'\(keyword) \(shown)' \(results[keyword]!): \(never)"
                instead = "mottle.where(\(isMask ? shown : "\(shown):gt(0.5)"), a, b)"
            case .chain(let keyword, let shown):
                let (side, sign) = keyword == "and" ? ("right", "&") : ("left", "|")
                what = "'\(shown) \(keyword) …' is always its \(side) side: \(never)"
                instead = "a \(sign) b for masks"
            case .negation(let shown):
                what = "'not \(shown)' is always false: \(never)"
                instead = "~a for a mask"
            case .equality(let sign, let shown, let isLeft):
                let (constant, method) = sign == "==" ? ("false", "eq") : ("true", "ne")
                what =
                    "'\(isLeft ? "\(shown) \(sign) …" : "… \(sign) \(shown)")' is always \(constant) for a tensor"
                instead = "\(shown):\(method)(…) gives a mask"
            }
        }

        func error(source: String, file: String) -> LuaError {
            var error = LuaError(
                kind: .load, code: "M08", file: file, line: line, what: what, instead: instead)
            error.sourceLine = sourceLine(line, of: source)
            return error
        }
    }
}

/// A line of a source as messages show it; "\r\n" is one Character.
func sourceLine(_ line: Int, of source: String) -> String? {
    let lines = source.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    return lines.indices.contains(line - 1) ? String(lines[line - 1].prefix(160)) : nil
}
