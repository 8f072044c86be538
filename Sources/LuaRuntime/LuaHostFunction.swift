/// A function of the host that Lua can call. `body` never sees Lua's stack: it gets copies of the values.
///
/// It runs on the script's thread while the caller of the state waits, and must not use the state itself.
package struct LuaHostFunction {
    package let name: String
    package let body: (LuaCall) throws(LuaHostError) -> [LuaValue]

    package init(name: String, body: @escaping (LuaCall) throws(LuaHostError) -> [LuaValue]) {
        (self.name, self.body) = (name, body)
    }
}

package struct LuaCall {
    package let arguments: [LuaValue]
    /// The line of the innermost frame of the plugin's own source, 0 if there is none.
    package let line: Int

    package init(arguments: [LuaValue], line: Int) {
        (self.arguments, self.line) = (arguments, line)
    }
}

/// Why a host function refuses. The script sees it as an error at its own line.
package struct LuaHostError: Error, Equatable {
    /// The rule that was broken, such as "M12".
    package var code: String?
    /// What happened; further lines say why.
    package var what: String
    /// What to write instead.
    package var instead: String?

    package init(code: String? = nil, what: String, instead: String? = nil) {
        (self.code, self.what, self.instead) = (code, what, instead)
    }

    /// One text for all parts, so that a script's `pcall` gets a plain string: the lines of `what`, then
    /// "Instead: …", then "[M12]". The prelude's `fail` writes the same.
    var text: String {
        var lines = [shortened(what)]
        if let instead { lines.append("Instead: " + instead) }
        if let code { lines.append("[\(code)]") }
        return lines.joined(separator: "\n")
    }

    /// The C side keeps 4 KB of a message, which the other parts need too.
    private func shortened(_ text: String) -> String {
        guard text.utf8.count > 2048 else { return text }
        return String(decoding: text.utf8.prefix(2045), as: UTF8.self) + "…"
    }

    /// Takes such a text apart.
    init(text: String) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        self.init(what: "")
        if lines.count > 1, let last = lines.last, let code = Self.code(in: last) {
            self.code = code
            lines.removeLast()
        }
        if lines.count > 1, let last = lines.last, last.hasPrefix("Instead: ") {
            instead = String(last.dropFirst("Instead: ".count))
            lines.removeLast()
        }
        what = lines.joined(separator: "\n")
    }

    /// "M12" of "[M12]".
    private static func code(in line: Substring) -> String? {
        guard line.count == 5, line.hasPrefix("[M"), line.hasSuffix("]") else { return nil }
        let code = line.dropFirst().dropLast()
        return code.dropFirst().allSatisfy { $0.isASCII && $0.isNumber } ? String(code) : nil
    }
}
