/// Writes a config's tree as YAML that a person can read and that reads back as the same tree.
///
/// Numbers, flags and words stand plain, short lists on one line, longer texts as literal blocks where such a block
/// carries every character, otherwise in quotes. Only a byte-order mark at a text's very start is lost: the reader's
/// library drops it.
package struct ConfigWriter {
    private var output = ""

    /// The text of a whole file.
    package static func yaml(_ root: ConfigNode) -> String {
        var writer = ConfigWriter()
        switch root.content {
        case .table(let entries) where !entries.isEmpty: writer.write(entries, indent: 0)
        case .list(let items) where !items.isEmpty: writer.write(items, indent: 0)
        default: writer.write(value: root, indent: 0)
        }
        return writer.output
    }

    /// Writes each entry on lines of its own. The first one continues the line when `afterDash`.
    private mutating func write(_ entries: [ConfigEntry], indent: Int, afterDash: Bool = false) {
        for (index, entry) in entries.enumerated() {
            if !(afterDash && index == 0) { output += spaces(indent) }
            output += Self.inline(text: entry.key) + ":"
            write(value: entry.value, indent: indent)
        }
    }

    private mutating func write(_ items: [ConfigNode], indent: Int) {
        for item in items {
            output += spaces(indent) + "-"
            if case .table(let entries) = item.content, !entries.isEmpty {
                output += " "
                write(entries, indent: indent + 2, afterDash: true)
            } else {
                write(value: item, indent: indent)
            }
        }
    }

    /// Writes what follows `key:` or `-` on a line that is indented by `indent`, with the line's end.
    private mutating func write(value: ConfigNode, indent: Int) {
        switch value.content {
        case .table(let entries) where !entries.isEmpty:
            output += "\n"
            write(entries, indent: indent + 2)
        case .list(let items) where !Self.fitsOneLine(items):
            output += "\n"
            write(items, indent: indent + 2)
        case .quoted(let text) where Self.suitsBlock(text), .plain(let text) where Self.suitsBlock(text):
            writeBlock(text, indent: indent + 2)
        default:
            output += (output.isEmpty ? "" : " ") + Self.inline(value) + "\n"
        }
    }

    /// A literal block, with its indentation stated: it cannot be guessed when the text starts with a space.
    private mutating func writeBlock(_ text: String, indent: Int) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // How many line ends are kept: `-` none, `+` all, otherwise one.
        let chomping = text.hasSuffix("\n\n") ? "+" : text.hasSuffix("\n") ? "" : "-"
        if text.hasSuffix("\n") { lines.removeLast() }
        output += " |2" + chomping + "\n"
        for line in lines { output += (line.isEmpty ? "" : spaces(indent) + line) + "\n" }
    }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

    /// Whether `text` has several lines and only characters that a literal block gives back as they were.
    private static func suitsBlock(_ text: String) -> Bool {
        guard text.contains("\n"), text.contains(where: { $0 != "\n" && $0 != " " }) else { return false }
        return text.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || isPrintable($0) }
    }

    /// Whether YAML lets the character stand as it is; line ends other than `\n` are read as `\n`.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7e, 0xa0...0x2027, 0x202a...0xd7ff, 0xe000...0xfefe, 0xff00...0xfffd: true
        case 0x10000...0x10ffff: true
        default: false
        }
    }

    /// Lists of a few scalars, such as `[0, 0.3]`, stand on one line.
    private static func fitsOneLine(_ items: [ConfigNode]) -> Bool {
        let areShort = items.allSatisfy { item in
            switch item.content {
            case .plain(let text), .quoted(let text): text.count <= 40 && !suitsBlock(text)
            default: false
            }
        }
        return areShort && items.count <= 16
    }

    /// A value on one line: `[0, 0.3]`, `{sgd: {momentum: 0.9}}`.
    static func inline(_ node: ConfigNode) -> String {
        switch node.content {
        case .nothing: "null"
        case .plain(let text) where PlainText.isNumberOrFlag(text): text
        case .plain(let text), .quoted(let text): inline(text: text)
        case .list(let items): "[" + items.map(inline).joined(separator: ", ") + "]"
        case .table(let entries):
            "{" + entries.map { inline(text: $0.key) + ": " + inline($0.value) }.joined(separator: ", ") + "}"
        }
    }

    /// A string as a plain word where every reader of YAML takes it for one, otherwise in double quotes.
    private static func inline(text: String) -> String {
        let readAsOther = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"]
        if isWord(text), !readAsOther.contains(text.lowercased()), !PlainText.isInfinityOrNaN(text) {
            return text
        }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where isPrintable(scalar): quoted.unicodeScalars.append(scalar)
            case _:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            }
        }
        return quoted + "\""
    }

    /// A letter, `_`, `./` or `../`, then letters, digits and `_ . / -`.
    private static func isWord(_ text: String) -> Bool {
        func isLetter(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        guard text.hasPrefix("./") || text.hasPrefix("../") || text.utf8.first.map(isLetter) == true else {
            return false
        }
        return text.utf8.allSatisfy { isLetter($0) || "0123456789./-".utf8.contains($0) }
    }
}

extension ConfigNode {
    package static func string(_ text: String) -> ConfigNode { ConfigNode(.quoted(text)) }
    package static func flag(_ value: Bool) -> ConfigNode { ConfigNode(.plain("\(value)")) }
    package static func whole(_ value: some FixedWidthInteger) -> ConfigNode {
        ConfigNode(.plain("\(value)"))
    }
    package static func list(_ items: [ConfigNode]) -> ConfigNode { ConfigNode(.list(items)) }

    package static func table(_ entries: KeyValuePairs<String, ConfigNode>) -> ConfigNode {
        ConfigNode(.table(entries.map { ConfigEntry($0.key, $0.value) }))
    }

    /// A finite number in the fewest digits that read back as the same `Double` or `Float`: `2`, `0.1`, `1.0e-05`.
    package static func number(_ value: some BinaryFloatingPoint & CustomStringConvertible) -> ConfigNode {
        precondition(value.isFinite, "a config holds finite numbers, got \(value)")
        var text = value.description
        if text.hasSuffix(".0") { text.removeLast(2) }
        // 1e-05 is a string to readers of YAML 1.1, 1.0e-05 a number.
        if !text.contains("."), let exponent = text.firstIndex(of: "e") {
            text.insert(contentsOf: ".0", at: exponent)
        }
        return ConfigNode(.plain(text))
    }
}
