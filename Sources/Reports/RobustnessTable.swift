/// How a model does on one test set: the clean one, or one with a certain noise.
package struct RobustnessRow: Equatable, Sendable {
    /// `clean`, or what the noise is called.
    package var name: String
    /// The noise's parameters in the order of the config; none for the clean set.
    package var parameters: [RobustnessParameter]
    /// The share of samples whose class was found, 0...1; nil where the model finds none.
    package var accuracy: Double?
    /// The mean loss of a sample.
    package var loss: Double
    /// How many samples were judged.
    package var count: Int
    /// Tells this test set from others.
    package var digest: String
    /// What else was asked for; numbers are columns of the table, the rest is for programs.
    package var measures: [JSONValue.Member]
    /// How each sample by itself was judged: right 1 or wrong 0, or the mean square of its differences. Not in the JSON.
    package var outcomes: [Float]

    package init(
        name: String, parameters: [RobustnessParameter] = [], accuracy: Double?, loss: Double, count: Int,
        digest: String, measures: [JSONValue.Member] = [], outcomes: [Float] = []
    ) {
        (self.name, self.parameters, self.digest) = (name, parameters, digest)
        (self.accuracy, self.loss, self.count, self.measures) = (accuracy, loss, count, measures)
        self.outcomes = outcomes
    }

    package var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(name)),
            .init("parameters", .object(parameters.map { .init($0.name, $0.value) })),
        ]
        if let accuracy { members.append(.init("accuracy", .number(accuracy))) }
        members += [.init("loss", .number(loss))] + measures
        members += [.init("count", .whole(count)), .init("digest", .string(digest))]
        return .object(members)
    }

    /// The columns of numbers, by name.
    var numbers: [(name: String, value: Double)] {
        var numbers = accuracy.map { [("accuracy", $0)] } ?? []
        numbers.append(("loss", loss))
        for measure in measures {
            if case .number(let value) = measure.value { numbers.append((measure.key, value)) }
        }
        return numbers
    }

    /// `sigma 0.1, mean 0`: those parameters in which rows of the same name differ; all where the row is the only one.
    package func parameterText(among rows: [RobustnessRow]) -> String {
        let namesakes = rows.filter { $0.name == name }
        return parameters.filter { parameter in
            namesakes.count == 1 || namesakes.contains { !$0.parameters.contains(parameter) }
        }.map { "\($0.name) \($0.text)" }.joined(separator: ", ")
    }
}

/// A parameter of a row's noise.
package struct RobustnessParameter: Equatable, Sendable {
    package var name: String
    /// For programs.
    package var value: JSONValue
    /// For a person: `0.1`, `uniform 0.1…0.2`.
    package var text: String

    package init(_ name: String, _ value: JSONValue, text: String) {
        (self.name, self.value, self.text) = (name, value, text)
    }
}

/// The results of an evaluation, the clean test set first.
package struct RobustnessTable: Equatable, Sendable {
    package var rows: [RobustnessRow]

    package init(_ rows: [RobustnessRow]) { self.rows = rows }

    /// The rows as a list, one a line: the content of `robustness.json`.
    package var json: String { "[\n" + rows.map { "  " + $0.json.text }.joined(separator: ",\n") + "\n]\n" }

    /// The rows in aligned columns, for a terminal.
    package var text: String { TextTable(cells, firstNumber: 2).text }

    /// The head and the rows.
    private var cells: [[String]] {
        // All rows are measured alike.
        [["test set", "parameters"] + (rows.first?.numbers.map(\.name) ?? [])]
            + rows.map {
                [$0.name, $0.parameterText(among: rows)] + $0.numbers.map { $0.value.text(decimals: 4) }
            }
    }
}
