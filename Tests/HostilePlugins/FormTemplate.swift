import Generators

/// An operation's form from its manual, such as `x:roll(axis, k)`, as text with words to fill in.
struct FormTemplate: Sendable {
    enum Part: Sendable, Equatable {
        case text(String)
        /// What stands for an argument: `axis`, or `…`.
        case word(String)
    }
    let entry: OperationEntry
    var parts: [Part] = []
    /// Words in the form that nothing is known of.
    var unknown: [String] {
        parts.compactMap { if case .word(let word) = $0, !Self.words.contains(word) { word } else { nil } }
    }

    /// One for each way of writing an operation.
    static func all(of entry: OperationEntry) -> [FormTemplate] {
        alternatives(entry.form).map { FormTemplate(entry, $0) }
    }

    /// `mottle.index(axis), mottle.index(axis, n)` are two; a comma within brackets or behind `local re` parts nothing.
    private static func alternatives(_ form: String) -> [String] {
        if let range = form.firstRange(of: " = "), form.hasPrefix("local ") {
            return [String(form[range.upperBound...])]
        }
        var (found, depth) = ([""], 0)
        for character in form {
            if "([{".contains(character) { depth += 1 }
            if ")]}".contains(character) { depth -= 1 }
            if depth == 0, character == "," {
                found.append("")
            } else {
                found[found.count - 1].append(character)
            }
        }
        return found
    }

    private init(_ entry: OperationEntry, _ form: String) {
        self.entry = entry
        var (name, isQuoted) = ("", false)
        var characters = Array(form.drop { $0 == " " })
        characters.append(" ")
        for (place, character) in characters.enumerated() {
            if !isQuoted, character.isLetter || character == "…" || character == "_" {
                name.append(character)
                continue
            }
            if !name.isEmpty {
                let before = place > name.count ? characters[place - name.count - 1] : " "
                let after = characters[place...].first { $0 != " " } ?? " "
                let isName =
                    before == ":" || before == "." || Self.fixed.contains(name)
                    || (after == "=" && name.count == 1)
                parts.append(isName ? .text(name) : .word(name))
                name = ""
            }
            if character == "\"" { isQuoted.toggle() }
            parts.append(.text(String(character)))
        }
    }

    private static let fixed: Set = ["mottle", "rng", "function", "v", "end", "return"]
    /// All words that `ArgumentMaker` has arguments for.
    static let words: Set = [
        "a", "b", "c", "d", "e", "f", "x", "m", "re", "im", "low", "high", "axes", "axis", "n", "k", "q",
        "rate", "scale",
        "shape", "mean", "border", "mode", "positions", "order", "gain", "window", "hop", "size", "sigma",
        "radius",
        "kernel", "degrees", "h", "w", "rows", "columns", "…",
    ]
}

package enum FormTemplates {
    /// Words of the language's forms that the maker has no arguments for: it must learn them.
    package static var unknownWords: [String] {
        OperationEntry.all.flatMap { FormTemplate.all(of: $0) }.flatMap { template in
            template.unknown.map { "\($0) in \(template.entry.form)" }
        }
    }
}
