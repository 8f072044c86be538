/// Gives each item of a chain the last part of its path, which keeps its draws apart from the other items'.
package struct ChainNames {
    private var used: Set<String> = []

    package init() {}

    /// The next item's name: its own, or its plugin's, followed by `#2`, `#3` … where that is taken.
    ///
    /// - Returns: nil if the item has a name of its own that is taken.
    package mutating func next(plugin: String, own: String?) -> String? {
        if let own { return used.insert(own).inserted ? own : nil }
        var (name, number) = (plugin, 1)
        while !used.insert(name).inserted {
            number += 1
            name = "\(plugin)#\(number)"
        }
        return name
    }
}

extension ChainItem {
    /// Says that a name of an item's own is taken.
    package static func problem(withUsedName name: String) -> String {
        "the name '\(name)' is used twice; names keep the draws of generators apart"
    }

    /// Says that a generator of values stands in a chain of token ids, and at which place; nil if none does.
    package static func problem(inChainOf items: [ChainItem]) -> (place: Int, text: String)? {
        guard let text = items.first(where: { $0.plugin.kind == .tokens })?.plugin,
            let place = items.firstIndex(where: { $0.plugin.kind != .tokens })
        else { return nil }
        return (
            place,
            "\(items[place].plugin.title) makes values where token ids flow, for \(text.title); "
                + "in a chain of ids only generators of tokens can stand"
        )
    }

    /// Says which generator does not go with samples of token ids, or of values; nil if all do.
    package static func problem(inChainOf items: [ChainItem], onIDs: Bool) -> (place: Int, text: String)? {
        guard let place = items.firstIndex(where: { ($0.plugin.kind == .tokens) != onIDs }) else {
            return nil
        }
        let title = items[place].plugin.title
        return (
            place,
            onIDs
                ? "\(title) makes values, and the data are token ids; in a chain of ids only generators of tokens can stand"
                : "\(title) makes token ids, and the data are values; ids come from texts: data: { text: { … } }"
        )
    }

    /// Says that a fill was given to a generator that hides nothing, nil if it is a mask.
    package static func problem(withFillOf plugin: Plugin) -> String? {
        plugin.kind == .mask ? nil : "'fill' belongs to masks; \(plugin.title) makes its values itself"
    }
}
