import Foundation
import Testing

@testable import Experiments

/// The text of the error that parsing `yaml` gives.
private func complaint(about yaml: String) -> String? {
    do {
        _ = try ConfigDocument(text: yaml, file: "train.yaml")
        return nil
    } catch { return error.description }
}

@Suite struct ConfigDocumentTests {
    @Test(arguments: [
        (
            "a: 1\nb: [1, 2\nc: 3",
            "3:2: error: did not find expected ',' or ']' while parsing a flow sequence"
        ),
        (
            "a: 1\n\tb: 2",
            "2:1: error: found a tab character that violates indentation while scanning a plain scalar"
        ),
        ("a: 'x", "1:6: error: found unexpected end of stream while scanning a quoted scalar"),
        ("a: *b", "1:4: error: found undefined alias"),
        ("seed: 1\nx: 2\nseed: 3", "1:1: error: the key 'seed' stands twice in this table"),
        ("1: a\n\"1\": b", "2:1: error: the key '1' stands twice in this table"),
        ("x:\n  [a]: b", "2:3: error: a key must be a word"),
        ("x: !!str 5", "1:4: error: tags are not read, got 'tag:yaml.org,2002:str'"),
        (
            "a: 1\n---\nb: 2",
            "2:1: error: but found another document expected a single document in the stream"
        ),
        ("a: 1\nb: x\u{1}y", "2:5: error: control characters are not allowed"),
    ])
    func `text that is not a config is told with its place`(yaml: String, text: String) {
        #expect(complaint(about: yaml) == "train.yaml:" + text)
    }

    @Test func `complaint tells no error apart from one`() {
        #expect(complaint(about: "a: 1") == nil)
    }

    @Test func `files that cannot be read are named`() throws {
        func failure(_ file: String) -> String? {
            do {
                _ = try ConfigDocument(file: file)
                return nil
            } catch { return error.description }
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "config-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let latin = folder + "/latin.yaml"
        try Data([0x61, 0x3a, 0x20, 0xe9]).write(to: URL(filePath: latin))
        #expect(failure("missing.yaml") == "missing.yaml: error: no such file")
        #expect(failure(folder) == "\(folder): error: cannot read: Is a directory")
        #expect(failure(latin) == "\(latin): error: not UTF-8 text")
        try Data("a: é".utf8).write(to: URL(filePath: latin))
        #expect(failure(latin) == nil)
    }

    @Test func `aliases stand for what they name`() throws {
        var table = try ConfigDocument(text: "a: &x [1, 2]\nb: *x", file: "t.yaml").table()
        #expect(try table.require("b", as: [Int].self) == [1, 2])
    }

    @Test func `aliases of aliases do not fill the memory`() {
        var yaml = "a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n"
        for level in 1...9 {
            let item = "*a\(level - 1)"
            yaml += "a\(level): &a\(level) [\(Array(repeating: item, count: 10).joined(separator: ", "))]\n"
        }
        #expect(complaint(about: yaml)?.hasSuffix("error: the config holds more than 100000 values") == true)
    }

    @Test func `nesting without end is an error`() {
        #expect(complaint(about: String(repeating: "[", count: 100_000)) != nil)
        #expect(complaint(about: String(repeating: "- ", count: 100_000)) != nil)
        #expect(complaint(about: String(repeating: "{a: ", count: 100_000)) != nil)
    }
}

@Suite struct ConfigOverrideTests {
    /// `yaml` with the assignments put in, written again.
    private func changed(_ yaml: String, _ assignments: String...) throws -> String {
        var document = try ConfigDocument(text: yaml, file: "train.yaml")
        for assignment in assignments { try document.set(assignment) }
        return ConfigWriter.yaml(document.root)
    }

    @Test(arguments: [
        ("train: {epochs: 10, seed: 2}", "train.epochs=3", "train:\n  epochs: 3\n  seed: 2\n"),
        ("a: 1", "train.loss.mse=0.5", "a: 1\ntrain:\n  loss:\n    mse: 0.5\n"),
        ("a: 1", "a=[1, x]", "a: [1, x]\n"),
        ("a: 1", "a=", "a: null\n"),
        ("", "a='1=2'", "a: \"1=2\"\n"),
        (
            "chain: [{gaussian: {sigma: 1}}]", "chain.0.gaussian.sigma=0.2",
            "chain:\n  - gaussian:\n      sigma: 0.2\n"
        ),
        ("chain: [gaussian]", "chain.0.gaussian.sigma=0.2", "chain:\n  - gaussian:\n      sigma: 0.2\n"),
        ("opt: adam", "opt.adam.rate=0.2", "opt:\n  adam:\n    rate: 0.2\n"),
        ("opt: adam", "opt=sgd", "opt: sgd\n"),
        ("c: {./a.lua: {every: 3}}", "c../a.lua.every=5", "c:\n  ./a.lua:\n    every: 5\n"),
    ])
    func `a value is put where its path leads`(yaml: String, assignment: String, result: String) throws {
        #expect(try changed(yaml, assignment) == result)
    }

    @Test func `later assignments see earlier ones`() throws {
        #expect(try changed("a: 1", "b.c=2", "b.d=3", "a=4") == "a: 4\nb:\n  c: 2\n  d: 3\n")
    }

    @Test(arguments: [
        ("train.epochs", "--set train.epochs: error: expected KEY=VALUE"),
        ("train..epochs=1", "--set train..epochs=1: error: expected KEY=VALUE, a key is empty"),
        ("chain.2.x=1", "--set chain.2.x=1: error: 'chain' is a list of 1, it has no item '2'"),
        ("chain.-1=1", "--set chain.-1=1: error: 'chain' is a list of 1, it has no item '-1'"),
        ("chain.x=1", "--set chain.x=1: error: 'chain' is a list of 1, it has no item 'x'"),
        ("seed.x=1", "--set seed.x=1: error: 'seed' is '7', it has no key 'x'"),
        (
            "seed=[1",
            "--set seed=[1: error: did not find expected ',' or ']' while parsing a flow sequence"
        ),
    ])
    func `an assignment that cannot be made is told`(assignment: String, text: String) {
        let error = #expect(throws: ConfigError.self) {
            try changed("seed: 7\nchain: [gaussian]", assignment)
        }
        #expect(error?.description == text)
    }

    @Test func `parts of an assigned value are named by where they stand`() throws {
        var document = try ConfigDocument(text: "sigma: [1, 2]", file: "train.yaml")
        try document.set("sigma.1=[3, x]")
        var table = try document.table()
        let inner = try table.requireNode("sigma").items()[1]
        let error = #expect(throws: ConfigError.self) { try [Int](inner) }
        #expect(
            error?.description == "--set sigma.1=[3, x]: error: 'sigma[1][1]' must be a whole number, got 'x'"
        )
        #expect(try inner.items()[1].path == "sigma.1.1")
    }

    @Test func `errors about an assigned value show the assignment`() throws {
        var document = try ConfigDocument(text: "seed: 7", file: "train.yaml")
        try document.set("seed=x")
        try document.set("tran.epochs=1")
        var table = try document.table()
        let seed = try table.requireNode("seed")
        let wrong = #expect(throws: ConfigError.self) { try Int(seed) }
        #expect(wrong?.description == "--set seed=x: error: 'seed' must be a whole number, got 'x'")
        _ = table.take("train")
        let unknown = complaint(finishing: table)
        #expect(unknown == "--set tran.epochs=1: error: unknown key 'tran'; did you mean 'train'?")
    }
}

/// The text of the error that finishing `table` gives.
private func complaint(finishing table: consuming ConfigTable) -> String? {
    do {
        try table.finish()
        return nil
    } catch { return error.description }
}
