/// A name in which `*` stands for any characters or none.
package struct NamePattern: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    private static let star = UInt8(ascii: "*")

    package var stars: Int { text.utf8.count { $0 == Self.star } }

    package func means(_ name: String) -> Bool { parts(of: name) != nil }

    /// What each `*` stands for in a name, as little as possible; nil where the pattern does not mean it.
    func parts(of name: String) -> [String]? { Self.parts(Array(name.utf8)[...], Array(text.utf8)[...]) }

    private static func parts(_ name: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> [String]? {
        guard let first = pattern.first else { return name.isEmpty ? [] : nil }
        guard first == star else {
            return name.first == first ? parts(name.dropFirst(), pattern.dropFirst()) : nil
        }
        for end in name.startIndex...name.endIndex {
            if let rest = parts(name[end...], pattern.dropFirst()) {
                return [String(decoding: name[..<end], as: UTF8.self)] + rest
            }
        }
        return nil
    }

    /// The name in which each `*` is what is given for it.
    func name(of parts: [String]) -> String {
        var rest = parts[...]
        return text.reduce(into: "") { $0 += $1 == "*" ? rest.removeFirst() : String($1) }
    }
}
