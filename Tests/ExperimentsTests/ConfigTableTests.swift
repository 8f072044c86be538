import Testing

@testable import Experiments

/// A part of a config as a target would declare it.
private struct Settings: Equatable {
    enum Fill: String, CaseIterable, ConfigValue { case constant, mean, noise }

    var rate = 0.001
    var epochs = 10
    var shuffle = true
    var label = "none"
    var sigmas: [Float] = [0.5]
    var fill = Fill.constant
    var limit: Int?

    init() {}

    init(_ table: consuming ConfigTable) throws(ConfigError) {
        try table.read("rate", into: &rate, in: 0...1)
        try table.read("epochs", into: &epochs, in: 1...)
        try table.read("shuffle", into: &shuffle)
        try table.read("label", into: &label)
        try table.read("sigmas", into: &sigmas)
        try table.read("fill", into: &fill)
        try table.read("limit", into: &limit)
        try table.finish()
    }

    init(yaml: String) throws(ConfigError) {
        try self.init(ConfigDocument(text: yaml, file: "train.yaml").table())
    }
}

/// The text of the error that reading `yaml` as settings gives.
private func complaint(about yaml: String) -> String? {
    do {
        _ = try Settings(yaml: yaml)
        return nil
    } catch { return error.description }
}

@Suite struct ConfigTableTests {
    @Test func `keys replace defaults and absent keys keep them`() throws {
        var expected = Settings()
        (expected.rate, expected.epochs, expected.label) = (0.25, 3, "small")
        #expect(try Settings(yaml: "rate: 0.25\nepochs: 3\nlabel: small\n") == expected)
        #expect(try Settings(yaml: "") == Settings())
        #expect(try Settings(yaml: "# nothing here\n") == Settings())
    }

    @Test func `every kind of value is read`() throws {
        let settings = try Settings(
            yaml: """
                rate: 1e-3
                epochs: 1_000
                shuffle: false
                label: "5"
                sigmas: [0.1, 2, .5, +1.5E1]
                fill: noise
                limit: 1e3
                """)
        #expect(
            settings.rate == 0.001 && settings.epochs == 1000 && !settings.shuffle && settings.label == "5")
        #expect(settings.sigmas == [0.1, 2, 0.5, 15] && settings.fill == .noise && settings.limit == 1000)
        #expect(try Settings(yaml: "limit:\n").limit == nil)
        #expect(try Settings(yaml: "fill: 'mean'").fill == .mean)
    }

    @Test(arguments: [
        ("rate: 0.5\nlabel: x\nepocs: 3", "3:1: error: unknown key 'epocs'; did you mean 'epochs'?"),
        (
            "momentum: 3",
            "1:1: error: unknown key 'momentum'; known are rate, epochs, shuffle, label, sigmas, fill, limit"
        ),
        ("epochs: ten", "1:9: error: 'epochs' must be a whole number, got 'ten'"),
        ("epochs: 2.5", "1:9: error: 'epochs' must be a whole number, got '2.5'"),
        ("epochs: \"5\"", "1:9: error: 'epochs' must be a whole number, got the string \"5\""),
        (
            "epochs: 99999999999999999999",
            "1:9: error: 'epochs' must be a whole number, got '99999999999999999999'"
        ),
        ("epochs: 0", "1:9: error: 'epochs' must be at least 1, got '0'"),
        ("epochs:", "1:8: error: 'epochs' must be a whole number, got nothing"),
        ("epochs: [3]", "1:9: error: 'epochs' must be a whole number, got a list"),
        ("rate: 3.0", "1:7: error: 'rate' must be in 0.0...1.0, got '3.0'"),
        ("rate: {a: 1}", "1:7: error: 'rate' must be a number, got a table"),
        ("rate: .inf", "1:7: error: 'rate' must be a finite number, got '.inf'"),
        ("rate: -.INF", "1:7: error: 'rate' must be a finite number, got '-.INF'"),
        ("rate: nan", "1:7: error: 'rate' must be a finite number, got 'nan'"),
        ("rate: 1e999", "1:7: error: 'rate' must be a finite number, got '1e999'"),
        ("rate: 1.2.3", "1:7: error: 'rate' must be a number, got '1.2.3'"),
        ("shuffle: yes", "1:10: error: 'shuffle' must be true or false, got 'yes'"),
        ("label: 5", "1:8: error: 'label' must be a string, got '5'; put it in quotes"),
        ("label: true", "1:8: error: 'label' must be a string, got 'true'; put it in quotes"),
        ("label: []", "1:8: error: 'label' must be a string, got a list"),
        ("sigmas: 0.1", "1:9: error: 'sigmas' must be a list, got '0.1'"),
        ("sigmas:\n  - 0.1\n  - x", "3:5: error: 'sigmas[1]' must be a number, got 'x'"),
        (
            "fill: men",
            "1:7: error: 'fill' must be one of constant, mean, noise, got 'men'; did you mean 'mean'?"
        ),
        ("fill: 7", "1:7: error: 'fill' must be one of constant, mean, noise, got '7'"),
        ("limit: -", "1:8: error: block sequence entries are not allowed in this context"),
    ])
    func `a mistake is told with its place`(yaml: String, text: String) {
        #expect(complaint(about: yaml) == "train.yaml:" + text)
    }

    @Test func `a config that is no table is refused`() {
        #expect(
            complaint(about: "- a")
                == "train.yaml: error: the config must be a table of keys and values, got a list")
    }

    @Test func `complaint tells no error apart from one`() {
        #expect(complaint(about: "epochs: 3") == nil)
    }

    @Test func `a nested table names itself in its errors`() throws {
        var outer = try ConfigDocument(text: "adam:\n  learning_rat: 1", file: "train.yaml").table()
        var adam = try outer.requireNode("adam").table()
        _ = adam.take("learning_rate")
        let error = complaint(finishing: adam)
        #expect(
            error
                == "train.yaml:2:3: error: unknown key 'learning_rat' in 'adam'; did you mean 'learning_rate'?"
        )
    }

    @Test func `a required key that is absent is named, with the misspelling that stands there`() throws {
        func failure(_ yaml: String) throws -> String? {
            var outer = try ConfigDocument(text: yaml, file: "train.yaml").table()
            var train = try outer.requireNode("train").table()
            do { return "\(try train.require("epochs", in: 1...) as Int)" } catch { return "\(error)" }
        }
        #expect(try failure("train: {epochs: 4}") == "4")
        #expect(
            try failure("train: {epochs: -4}")
                == "train.yaml:1:17: error: 'epochs' must be at least 1, got '-4'")
        #expect(try failure("train: {}") == "train.yaml:1:8: error: 'epochs' is required in 'train'")
        #expect(
            try failure("train:\n  epoch: 3")
                == "train.yaml:2:3: error: 'epochs' is required in 'train'; is 'epoch' a misspelling of it?")
        #expect(
            throws: ConfigError(.wholeFile("train.yaml"), "'train' is required"),
            performing: { try failure("{}") })
    }

    @Test func `the one key left over is taken as a name`() throws {
        func name(_ yaml: String) throws -> String {
            var table = try ConfigDocument(text: yaml, file: "chain.yaml").root.items()[1].table()
            _ = table.take("probability")
            do {
                return try table.takeOnly(naming: "one generator", besides: Settings.Fill.self).1.key
            } catch {
                return "\(error)"
            }
        }
        #expect(try name("- 0\n- gaussian: {sigma: 1}\n  probability: 0.5") == "gaussian")
        #expect(
            try name("- 0\n- gaussian:\n  cutout:\n")
                == "chain.yaml:3:3: error: '[1]' must name one generator, got 'gaussian' and 'cutout'")
        #expect(
            try name("- 0\n- probability: 1")
                == "chain.yaml:2:3: error: '[1]' must name one generator, got nothing")
    }

    @Test func `a table that takes no keys says so`() throws {
        let table = try ConfigDocument(text: "sigma: 1", file: "c.yaml").table()
        let error = complaint(finishing: table)
        #expect(error == "c.yaml:1:1: error: unknown key 'sigma'; it takes none")
    }

    @Test func `ranges say what they want`() {
        #expect((0.5...2).requirement == "in 0.5...2.0")
        #expect((0..<1.5).requirement == "in 0.0..<1.5")
        #expect((3...).requirement == "at least 3")
    }

    @Test func `numbers are told from words`() {
        let numbers = ["0", "-1", "+1", "1.", ".5", "1.5", "1_000", "1e3", "-1.5E-10", "1e+3", "007"]
        let words = [
            "", "-", ".", "e3", "1e", "1e+", "_1", "._1", "1.2.3", "1 ", "0x1f", "1:30", "--1", "1e3.5", "1a",
            "٣", "a1", "1e_3",
        ]
        for text in numbers {
            #expect(PlainText.isNumber(text) && Double(text.filter { $0 != "_" }) != nil, "\(text)")
        }
        for text in words { #expect(!PlainText.isNumber(text), "\(text)") }
        for text in [".inf", "-.Inf", "nan", "+.NaN", "infinity"] { #expect(PlainText.isInfinityOrNaN(text)) }
        for text in ["info", "nano", "..inf", "", "-"] { #expect(!PlainText.isInfinityOrNaN(text)) }
    }

    @Test func `seeds reach the largest 64-bit number and no further`() throws {
        func seed(_ text: String) throws -> UInt64 {
            var table = try ConfigDocument(text: "seed: \(text)", file: "c.yaml").table()
            return try table.require("seed")
        }
        #expect(try seed("18446744073709551615") == .max)
        let error = #expect(throws: ConfigError.self) { try seed("-1") }
        #expect(
            error?.description == "c.yaml:1:7: error: 'seed' must be a whole number of 0 or more, got '-1'")
        #expect(throws: ConfigError.self) { try seed("1e17") }  // a Double no longer holds every whole number
    }
}

/// The text of the error that finishing `table` gives.
private func complaint(finishing table: consuming ConfigTable) -> String? {
    do {
        try table.finish()
        return nil
    } catch { return error.description }
}
