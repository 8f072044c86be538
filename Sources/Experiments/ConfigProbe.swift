import Reports

/// Stands for any value of a config, and notes what a reader asks of it: that is how the schema knows what readers take.
///
/// Where a question has several answers (is it a table? is the key there?), ``ProbeAnswers`` picks one, and ``SchemaExplorer``
/// lets the reader run again until every answer was given.
///
/// `@unchecked`: a probe belongs to one exploration, which runs on one thread and keeps its probes to itself.
package final class ConfigProbe: @unchecked Sendable {
    /// What a value can be.
    enum Kind: CaseIterable { case nothing, flag, whole, fraction, word, list, table }

    /// A key that was asked for, in the order of asking.
    private struct Key {
        var name: String
        /// Nil if this time it is absent.
        var value: ConfigNode?
        /// Whether it may be absent without any effect on what else is asked.
        var isIndependent = false
    }

    let explorer: SchemaExplorer
    private let answers: ProbeAnswers
    /// What the value may still be after the questions so far.
    private var kinds = Set(Kind.allCases)
    /// The schema of the reader that the whole value was given to.
    private var schema: JSONValue?
    /// The value, where only some are taken.
    private var constant: JSONValue?
    private var limits: [JSONValue.Member] = []
    private var items: [ConfigNode]?
    private var keys: [Key] = []
    /// What stands for keys of any name: its value, nil in readings where there are none.
    private var others: (value: ConfigProbe?, isOne: Bool, besides: [String])?
    private var isFinished = false

    init(_ explorer: SchemaExplorer, _ answers: ProbeAnswers) {
        (self.explorer, self.answers) = (explorer, answers)
    }

    /// Whether the value is one of these kinds; the simpler answer, no, comes first.
    func isOne(of wanted: Set<Kind>) -> Bool {
        let inside = kinds.intersection(wanted)
        if inside.isEmpty || inside == kinds { return !inside.isEmpty }
        let isInside = answers.choose(among: 2) == 1
        kinds = isInside ? inside : kinds.subtracting(wanted)
        return isInside
    }

    /// `true` or `false`, now that it is a flag.
    func flag() -> Bool {
        let flag = answers.choose(among: 2) == 1
        constant = .flag(flag)
        return flag
    }

    /// One of these names, now that it is a word.
    func name(among names: [String]) -> String {
        let name = names[answers.choose(among: names.count)]
        constant = .string(name)
        return name
    }

    /// One of these numbers, now that it is a whole number.
    func whole(among numbers: [Int]) -> Int {
        let number = numbers[answers.choose(among: numbers.count)]
        constant = .whole(number)
        return number
    }

    func limit(_ limits: [JSONValue.Member]) { self.limits = limits }

    /// The whole value was given to a reader of this schema.
    func become(_ schema: JSONValue) { self.schema = schema }

    /// Items of the list that it is: one, none or two, from which it follows how many there may be.
    func listItems() -> [ConfigNode] {
        if let items { return items }
        let made = (0..<[1, 0, 2][answers.choose(among: 3)]).map { child("\($0)") }
        items = made
        return made
    }

    /// The value of a key, nil in readings where it is absent.
    func take(_ key: String) -> ConfigNode? {
        if let asked = keys.first(where: { $0.name == key }) { return asked.value }
        let isThere = kinds == [.table] && answers.choose(among: 2) == 1
        let value = isThere ? child(key) : nil
        keys.append(Key(name: key, value: value))
        return value
    }

    /// The value of a key that is there in every reading that ends well; nil if it is known to be absent.
    func require(_ key: String) -> ConfigNode? {
        if let asked = keys.first(where: { $0.name == key }) { return asked.value }
        guard kinds == [.table] else { return nil }
        let value = child(key)
        keys.append(Key(name: key, value: value))
        return value
    }

    /// The value of a key on which nothing else depends; nil if there cannot be any.
    func takeIndependent(_ key: String) -> ConfigNode? {
        guard kinds == [.table] else { return nil }
        let value = child(key)
        keys.append(Key(name: key, value: value, isIndependent: true))
        return value
    }

    /// The only key left, one of `names`, or any other where `isOpen`; nil if it is no table.
    func takeOnly(among names: [String], isOpen: Bool) -> ConfigEntry? {
        guard kinds == [.table] else { return nil }
        let index = answers.choose(among: names.count + (isOpen ? 1 : 0))
        guard index == names.count else {
            let value = child(names[index])
            keys.append(Key(name: names[index], value: value))
            return ConfigEntry(names[index], value)
        }
        let value = child("word")
        others = (value.probe, true, names)
        return ConfigEntry("word", value)
    }

    /// All keys left, of any name: none or one.
    func takeRest() -> [ConfigEntry] {
        guard kinds == [.table] else { return [] }
        let value = child("1")
        let isThere = answers.choose(among: 2) == 1
        others = (isThere ? value.probe : nil, false, [])
        return isThere ? [ConfigEntry("1", value)] : []
    }

    func finish() { isFinished = true }

    private func child(_ name: String) -> ConfigNode {
        ConfigNode(probe: ConfigProbe(explorer, answers), name: name)
    }

    /// What this run of the reader found out.
    var reading: SchemaReading {
        if let schema { return .schema(schema) }
        if let constant { return .constant(constant) }
        if kinds == [.list], let items { return .list(items.map { $0.probe!.reading }) }
        if kinds == [.table], isFinished {
            return .table(
                TableReading(
                    keys: keys.map {
                        TableReading.Key(
                            name: $0.name, value: $0.value?.probe?.reading, isIndependent: $0.isIndependent)
                    },
                    others: others.map {
                        TableReading.Others(value: $0.value?.reading, isOne: $0.isOne, besides: $0.besides)
                    }))
        }
        if kinds.count == Kind.allCases.count { return .anything }
        return .schema(.object([JSONValue.Member("type", typeName)] + limits))
    }

    /// The types of JSON that it may have.
    private var typeName: JSONValue {
        var names: [String] = []
        for kind in Kind.allCases where kinds.contains(kind) {
            switch kind {
            case .nothing: names.append("null")
            case .flag: names.append("boolean")
            case .whole: names.append(kinds.contains(.fraction) ? "number" : "integer")
            case .fraction: if !kinds.contains(.whole) { names.append("number") }
            case .word: names.append("string")
            case .list: names.append("array")
            case .table: names.append("object")
            }
        }
        return names.count == 1 ? .string(names[0]) : .list(names.map { .string($0) })
    }
}

/// The answers to a reader's questions: each run gives another sequence of them, until all were given.
final class ProbeAnswers {
    private var given: [(answer: Int, count: Int)] = []
    /// How many questions this run has asked.
    private var asked = 0

    /// Which of `count` answers this run gives.
    func choose(among count: Int) -> Int {
        if asked == given.count { given.append((0, count)) }
        precondition(given[asked].count == count, "a reader asks the same questions after the same answers")
        defer { asked += 1 }
        return given[asked].answer
    }

    /// Goes on to the next sequence; false after the last one.
    func advance() -> Bool {
        asked = 0
        while let last = given.last, last.answer + 1 == last.count { given.removeLast() }
        guard !given.isEmpty else { return false }
        given[given.count - 1].answer += 1
        return true
    }
}
