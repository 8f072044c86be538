/// Why a plugin stopped: the place in its source, what happened, why, and what to write instead.
package struct LuaError: Error, Equatable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// The source was refused or does not compile.
        case load
        /// The script, or a host function that it called, raised an error.
        case script
        /// Out of instructions or seconds.
        case time
        case memory
    }

    package var kind: Kind
    /// The rule that was broken, such as "M07".
    package var code: String?
    package var file: String
    /// 0 if no line of the plugin was running.
    package var line = 0
    /// What happened; further lines say why.
    package var what: String
    /// What to write instead.
    package var instead: String?
    /// What the host was doing, such as "apply of noise 'gaussian'".
    package var activity: String?
    /// The text of `line`.
    package var sourceLine: String?
    /// The plugin's own frames, innermost first, such as "rows.lua:12 in function 'rows'".
    package var traceback: [String] = []
    /// What named the plugin, such as a config's file, line and column.
    package var origin: String?

    package init(
        kind: Kind, code: String? = nil, file: String, line: Int = 0, what: String, instead: String? = nil,
        activity: String? = nil
    ) {
        (self.kind, self.code, self.file, self.line) = (kind, code, file, line)
        (self.what, self.instead, self.activity) = (what, instead, activity)
    }

    /// The same error, which says what named the plugin.
    package func used(in origin: String?) -> LuaError {
        var error = self
        error.origin = origin
        return error
    }

    package var description: String {
        var lines = [line > 0 ? "\(file):\(line): error: \(what)" : "\(file): error: \(what)"]
        if let instead { lines.append("Instead: \(instead)") }
        let context = [code.map { "[\($0)]" }, activity.map { "in \($0)" }].compactMap { $0 }
        if !context.isEmpty { lines.append(context.joined(separator: " ")) }
        if let sourceLine { lines.append("\(padded(line, to: 4)) | \(sourceLine)") }
        lines += traceback.map { "  at \($0)" }
        if let origin { lines.append("used in \(origin)") }
        return lines.map(printable).joined(separator: "\n")
    }
}

private func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: " ", count: max(0, width - digits.count)) + digits
}

/// Control characters as Lua writes them (`\27`): a script's text must not steer the reader's terminal.
private func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
        if isControl(scalar) {
            result += "\\\(scalar.value)"
        } else {
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    let isText =
        scalar == "\n" || scalar == "\t" || (0x20..<0x7f).contains(scalar.value) || scalar.value > 0x9f
    return !isText
}
