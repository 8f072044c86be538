import Foundation
import Testing

@Suite struct SchemaTests {
    /// All names of keys in a schema.
    private func keys(_ schema: Any) -> Set<String> {
        var keys: Set<String> = []
        if let list = schema as? [Any] { for part in list { keys.formUnion(self.keys(part)) } }
        for (keyword, part) in schema as? [String: Any] ?? [:] {
            if keyword == "properties", let properties = part as? [String: Any] {
                keys.formUnion(properties.keys)
            }
            keys.formUnion(self.keys(part))
        }
        return keys
    }

    @Test func `the schema knows every key of a lock file`() throws {
        let folder = try WorkFolder.withSmallData()
        #expect(try folder.mottle("train", "small.yaml", "--out", "run", "--quiet").status == 0)
        let outcome = try folder.mottle("schema")
        #expect(outcome.errors == "")
        let known = keys(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)))
        // Behind `source` stand the plugins' texts.
        let lock = try folder.text("run/config.lock.yaml")
        let written = lock.prefix(upTo: lock.firstRange(of: "source:")!.upperBound)
            .matches(of: /(?:^|\n)[ -]*([a-z_]+):/).map { String($0.1) }
        #expect(written.count > 25)
        #expect(Set(written).subtracting(known) == [])
    }

    @Test func `the schema has the plugins of now, broken ones left out, and goes to a file as a whole`()
        throws
    {
        let folder = try WorkFolder()
        try folder.write("plugins/torn.lua", "mottle.noise {")
        try folder.write(
            "plugins/50 % grey.lua",
            "mottle.noise { name = 'grey', params = { share = mottle.number { min = 0 } }, apply = function(x) return x end }"
        )
        let outcome = try folder.mottle("schema", "--output", "schema.json")
        #expect((outcome.output, outcome.errors, outcome.status) == ("", "", 0))
        #expect(try folder.text("schema.json") == folder.mottle("schema").output)
        #expect(try folder.names(".") == ["plugins", "schema.json"])
        let schema = try #require(try folder.json("schema.json") as? [String: Any])
        #expect(schema["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
        let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
        #expect(definitions["plugin:torn"] == nil)
        #expect(definitions["plugin:50 % grey"]?["required"] as? [String] == ["share"])
        #expect(try folder.text("schema.json").contains("\"#/$defs/plugin:50%20%25%20grey\""))
    }

    @Test func `a schema that cannot be written is an error`() throws {
        let folder = try WorkFolder()
        let outcome = try folder.mottle("schema", "--output", "absent/schema.json")
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("mottle: error: absent/schema.json: cannot write"))
    }
}
