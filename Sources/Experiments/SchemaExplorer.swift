import Reports

/// Makes schemas of readers: lets each read probes until every answer to its questions was given.
///
/// A reader within a reader (``ConfigNode/value()``) is explored on its own, once, and goes on with the first value that it
/// made. So what a reader asks for must not depend on values that another one reads, only on which keys are there and of
/// which kind they are; checks between values ask ``ConfigNode/isProbe`` and let probes pass.
final class SchemaExplorer {
    private struct Definition {
        var name: String
        /// The first value that was read.
        var example: Any?
        /// Nil while it is explored.
        var schema: JSONValue?
        /// Whether it stands among `$defs`: a table, or a reader that meets itself.
        var isReferenced = false
    }

    private var definitions: [Definition] = []
    /// Properties for tables that name a generator, and what they refer to.
    private var generators: [JSONValue.Member] = []
    private var generatorDefinitions: [JSONValue.Member] = []

    /// A generator that stands alone: one that is known, for editors to offer, or any other.
    var generatorName: JSONValue {
        let names = generators.map { JSONValue.string($0.key) }
        return names.isEmpty ? ["type": "string"] : ["anyOf": [["enum": .list(names)], ["type": "string"]]]
    }

    /// Adds what stands behind a generator's name.
    func addGenerator(_ name: String, _ schema: JSONValue) {
        generators.append(JSONValue.Member(name, reference("plugin:" + name)))
        generatorDefinitions.append(JSONValue.Member("plugin:" + name, schema))
    }

    /// Adds what is read as `name`, whose schema is known without letting anybody read, with a value that stands for all.
    func add(_ name: String, _ schema: JSONValue, example: Any) {
        definitions.append(Definition(name: name, example: example, schema: schema, isReferenced: true))
    }

    /// The schema of what `read` takes, and a value that it made.
    func explore<Value>(
        _ name: String, _ read: (ConfigNode) throws(ConfigError) -> Value
    ) throws(ConfigError) -> (schema: JSONValue, example: Value) {
        let place = definitions.firstIndex { $0.name == name } ?? define(name, read)
        if definitions[place].schema == nil { definitions[place].isReferenced = true }
        guard let example = definitions[place].example as? Value else {
            // The run is given up; another one comes to a value without meeting itself.
            throw ConfigError(.program, "'\(name)' within itself")
        }
        let isReferenced = definitions[place].isReferenced
        return (isReferenced ? reference(name) : definitions[place].schema!, example)
    }

    private func reference(_ name: String) -> JSONValue {
        let pointer = name.utf8.map { byte in
            let scalar = UnicodeScalar(byte)
            let isPlain =
                scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789_-.:".utf8.contains(byte))
            return isPlain ? String(scalar) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return ["$ref": .string("#/$defs/" + pointer.joined())]
    }

    /// What references lead to.
    var referenced: [JSONValue.Member] {
        definitions.filter(\.isReferenced).map { JSONValue.Member($0.name, $0.schema!) }
            + generatorDefinitions
    }

    private func define<Value>(
        _ name: String, _ read: (ConfigNode) throws(ConfigError) -> Value
    ) -> Int {
        let place = definitions.count
        definitions.append(Definition(name: name))
        var readings: [SchemaReading] = []
        let answers = ProbeAnswers()
        var runs = 0
        repeat {
            runs += 1
            precondition(
                runs < 100_000, "too many forms in '\(name)': give parts of it to readers of their own")
            let probe = ConfigProbe(self, answers)
            guard let value = try? read(ConfigNode(probe: probe, name: name)) else { continue }
            if readings.isEmpty { definitions[place].example = value }
            readings.append(probe.reading)
        } while answers.advance()
        precondition(!readings.isEmpty, "the reader of '\(name)' takes nothing")
        let isTable = readings.contains { if case .table = $0 { true } else { false } }
        if isTable { definitions[place].isReferenced = true }
        definitions[place].schema = SchemaReading.schema(of: readings, generators: generators)
        return place
    }
}
