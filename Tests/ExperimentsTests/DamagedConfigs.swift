@testable import Experiments

extension ConfigNode {
    /// Changes one place: a key is renamed or lost, or a value is replaced, perhaps by one of `other`.
    mutating func damage(with other: ConfigNode, using random: inout Repeatable) {
        let values = [
            "~", "0", "-3", "1.5", "word", "true", "[]", "{}", "[1]", "[1, 2]", "[a, b]", "{ x: 1 }",
        ]
        func replacement() -> ConfigNode {
            if Bool.random(using: &random) { return other.part(using: &random) }
            let text = values.randomElement(using: &random)!
            return try! ConfigDocument(text: "x: " + text, file: "x.yaml").root.items(ofKey: "x")
        }
        switch content {
        case .table(var entries) where !entries.isEmpty:
            let index = Int.random(in: 0..<entries.count, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0: entries.remove(at: index)
            case 1: entries[index].key += "x"
            case 2: entries[index].value = replacement()
            case 3:
                if case .table(let more) = other.part(using: &random).content {
                    let keys = Set(entries.map(\.key))
                    entries += more.filter { !keys.contains($0.key) }.prefix(1)
                }
            default: entries[index].value.damage(with: other, using: &random)
            }
            content = .table(entries)
        case .list(var items) where !items.isEmpty:
            let index = Int.random(in: 0..<items.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: items.remove(at: index)
            case 1: items.append(replacement())
            default: items[index].damage(with: other, using: &random)
            }
            content = .list(items)
        default: content = replacement().content
        }
    }

    /// A value somewhere in it.
    private func part(using random: inout Repeatable) -> ConfigNode {
        let parts: [ConfigNode] =
            switch content {
            case .table(let entries): entries.map(\.value)
            case .list(let items): items
            default: []
            }
        guard let part = parts.randomElement(using: &random) else { return self }
        return Int.random(in: 0..<4, using: &random) == 0 ? part : part.part(using: &random)
    }

    private func items(ofKey key: String) -> ConfigNode {
        guard case .table(let entries) = content else { preconditionFailure("no table") }
        return entries.first { $0.key == key }!.value
    }
}
