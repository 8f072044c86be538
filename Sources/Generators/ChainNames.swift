/// Gives each entry of a chain the last part of its path, which keeps its draws apart from the other entries'.
///
/// Names know nothing of groups: a generator keeps its draws when it is put into one or taken out.
package struct ChainNames {
    private var used: Set<String> = []

    package init() {}

    /// The next entry's name: its own, or its plugin's or its group's kind, followed by `#2`, `#3` … where that is taken.
    ///
    /// - Parameter isAgain: for a further turn of something that is repeated, where names of its own are numbered, too.
    /// - Returns: nil if the entry has a name of its own that is taken.
    package mutating func next(plugin: String, own: String?, isAgain: Bool = false) -> String? {
        if let own, !isAgain { return used.insert(own).inserted ? own : nil }
        let base = own ?? plugin
        var (name, number) = (base, 1)
        while !used.insert(name).inserted {
            number += 1
            name = "\(base)#\(number)"
        }
        return name
    }
}

extension ChainItem {
    /// Says that a name of an item's own is taken.
    package static func problem(withUsedName name: String) -> String {
        "the name '\(name)' is used twice; names keep the draws of generators apart"
    }

    /// Says that a fill was given to a generator that hides nothing, nil if it is a mask.
    package static func problem(withFillOf plugin: Plugin) -> String? {
        plugin.kind == .mask ? nil : "'fill' belongs to masks; \(plugin.title) makes its values itself"
    }
}
