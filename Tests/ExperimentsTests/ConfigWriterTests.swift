import Testing

@testable import Experiments

/// A form that two trees share when they hold the same to the last character, wherever they stand; a plain word
/// counts as the string it is read as.
private func outline(_ node: ConfigNode) -> String {
    func spelled(_ text: String) -> String {
        text.unicodeScalars.map { String($0.value) }.joined(separator: " ")
    }
    if let text = try? String(node) { return "string(\(spelled(text)))" }
    return switch node.content {
    case .nothing: "nothing"
    case .plain(let text), .quoted(let text): "plain(\(text))"
    case .list(let items): "[" + items.map(outline).joined(separator: ",") + "]"
    case .table(let entries):
        "{" + entries.map { spelled($0.key) + ":" + outline($0.value) }.joined(separator: ",") + "}"
    }
}

private func readBack(_ node: ConfigNode) throws -> ConfigNode {
    try ConfigDocument(text: ConfigWriter.yaml(node), file: "lock.yaml").root
}

@Suite struct ConfigWriterTests {
    @Test func `a tree is written as a person would`() {
        let tree = ConfigNode.table([
            "seed": .whole(7 as UInt64),
            "rate": .number(0.001),
            "name": .string("fashion-mnist"),
            "answer": .string("yes"),
            "shuffle": .flag(true),
            "sigmas": .list([.number(0.1 as Float), .whole(2)]),
            "chain": .list([
                .table(["gaussian": .table(["sigma": .number(0.1)]), "fill": .string("mean")]),
                .string("cutout"),
            ]),
            "empty": .list([]),
            "none": .table([:]),
            "plugins": .table(["a.lua": .table(["source": .string("local x = 1\n\n  return x\n")])]),
        ])
        #expect(
            ConfigWriter.yaml(tree) == """
                seed: 7
                rate: 0.001
                name: fashion-mnist
                answer: "yes"
                shuffle: true
                sigmas: [0.1, 2]
                chain:
                  - gaussian:
                      sigma: 0.1
                    fill: mean
                  - cutout
                empty: []
                none: {}
                plugins:
                  a.lua:
                    source: |2
                      local x = 1

                        return x

                """)
    }

    static let awkward = [
        "", " ", "\n", "\n\n", "  \n", "a", "a\n", "a\n\n", "a\n\n\n", "\na", "\n\na\n", "  a\nb", "\ta\nb\n",
        "a  \nb\t\n", "a\n  ", "a\n  \n", "a\n  \n\n", "a\n\t", " \n a\n", "a\r\nb\r\n", "a\rb",
        "a\u{85}b\nc", "a\u{2028}b\nc",
        "a\u{feff}\nb", "a\u{0}b\nc", "a\u{1b}[0m\nb", "# no comment\n# here\n", "---\n...\n", "- a\n- b",
        "a: b\nc: d\n",
        "if x then\n\ty = \"\\n\" .. 'é' -- 😀\nend", "|2+\n x", "%TAG\n", "{a: b}", "[1]", "*x", "&x", "!x",
        "@x", "`x`",
        "a #b", "a: b", ": a", "'", "\"", "\\", "true", "Null", "~", "null", "yes", "5", "1e3", ".inf", "nan",
        "0x1f",
        "-", "?", "-a", "a,b", "a b", "1:30", "<<", "=", ".", "..", "../x.lua", "./x.lua", "2026-01-02",
        "inf",
        String(repeating: "long ", count: 100), "a\u{7f}\nb", "e\u{301}\nx",
    ]

    @Test(arguments: awkward)
    func `any string is read back as it was`(text: String) throws {
        let tree = ConfigNode.table([
            "at the end": .list([
                .string(text), .table(["in": .string(text), "last": .string(text)]), .string(text),
            ]),
            "deep": .table(["a": .table(["b": .string(text), "c": .list([.list([.string(text)])])])]),
            text: .whole(1),
            "z": .string(text),
        ])
        #expect(outline(try readBack(tree)) == outline(tree))
    }

    @Test func `outline tells trees apart`() {
        #expect(outline(.table(["a": .string("5")])) != outline(.table(["a": .whole(5)])))
        #expect(outline(.table(["a": .string("x\r\n")])) != outline(.table(["a": .string("x\n")])))
        #expect(outline(.table(["a": .string("e\u{301}")])) != outline(.table(["a": .string("\u{e9}")])))
        #expect(outline(.list([.list([])])) != outline(.list([.table([:])])))
    }

    @Test(arguments: [0.1, 1e-5, 1e300, 3, -0.0, 0.30000000000000004, 123_456_789_012_345_680])
    func `a Double is read back as it was`(value: Double) throws {
        var table = try readBack(.table(["x": .number(value)])).table()
        let read: Double = try table.require("x")
        #expect(read.bitPattern == value.bitPattern)
    }

    @Test(arguments: [0.1, 1e-5, 3.4e38, 16_777_216, 0.3] as [Float])
    func `a Float is read back as it was`(value: Float) throws {
        var table = try readBack(.table(["x": .number(value)])).table()
        let read: Float = try table.require("x")
        #expect(read.bitPattern == value.bitPattern)
    }

    @Test func `small numbers are numbers to other readers too`() {
        #expect(ConfigWriter.yaml(.table(["x": .number(1e-5)])) == "x: 1.0e-05\n")
        #expect(ConfigWriter.yaml(.table(["x": .number(2.0), "z": .number(0.5)])) == "x: 2\nz: 0.5\n")
    }

    @Test func `what was read is written as it was meant`() throws {
        let yaml = """
            data: "7"
            list:
              - a b, c
              - [[1, 2], x]
              - {}
              - null
            """
        let tree = try ConfigDocument(text: yaml, file: "t.yaml").root
        #expect(outline(try readBack(tree)) == outline(tree))
    }
}
