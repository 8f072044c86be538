import Foundation
import Testing

@Suite struct TextDataTests {
    private static let texts = """
        gloss,class
        "a small, furry animal",noun
        to run quickly,verb
        a small house,noun
        to sleep; to rest,verb
        "an animal's house, small",noun
        to run to a house,verb

        """

    /// A folder with texts and a config of a chain for them.
    private func folder(_ text: String, chain: String) throws -> WorkFolder {
        let folder = try WorkFolder()
        try folder.write("train.csv", Self.texts)
        try folder.write("test.csv", "class,gloss\nverb,to animal\n")
        try folder.write("tokens.txt", "a small house\na small animal\nto run to a house\n")
        try folder.write(
            "c.yaml",
            """
            data:
              text: { train: train.csv, test: test.csv, text: gloss, label: class, length: 9, \(text) }
            chain:
              - \(chain)
            model:
              - flatten
              - dense: 2
            train:
              epochs: 1

            """)
        return folder
    }

    @Test func `a vocabulary is made, and shows what it makes of a text`() throws {
        let folder = try folder("wrap: true", chain: "mlm: { mask_id: 4, vocab: 9 }")
        let made = try folder.mottle("tokens", "tokens.txt", "--size", "280", "--output", "t.json")
        #expect(
            made.output == """
                t.json: 273 tokens: 5 special ones, 256 bytes, 12 merged
                  texts           3, of 44 bytes
                  words           11, of which 8 differ
                  bytes a token   2.44
                  longest tokens  " house" " small" " smal" "smal" "mal" "use" " ho" "al" "ho" "se"

                """)
        let json = try jsonObject(
            folder.mottle("tokens", "train.csv", "--column", "gloss", "--output", "g.json", "--json").output)
        #expect(
            json["texts"] as? Int == 6 && json["bytes"] as? Int == 106
                && json["output"] as? String == "g.json")
        let shown = try folder.mottle("tokens", "show", "t.json", "a small x")
        #expect(
            shown.output == """
                 id  word  token
                 69     1  "a"
                272     2  " small"
                225     3  " "
                 92     3  "x"

                """)
        let row = try jsonObject(folder.mottle("tokens", "show", "t.json", "a small\nx", "--json").output)
        #expect(row["tokens"] as? [String] == ["a", " small", "\n", "x"])
        #expect(row["words"] as? [Int] == [1, 2, 0, 3])
    }

    @Test func `vocabularies that cannot be made are told`() throws {
        let folder = try folder("wrap: true", chain: "mlm: { mask_id: 4, vocab: 9 }")
        let column = try folder.mottle("tokens", "train.csv", "--output", "t.json")
        #expect(
            column.errors
                == "mottle: error: train.csv: there is no column 'text'; there are 'gloss', 'class'\n")
        #expect(column.status == 1 && !folder.exists("t.json"))
        let size = try folder.mottle("tokens", "train.csv", "--size", "260", "--output", "t.json")
        #expect(size.errors.hasPrefix("mottle: error: --size must be between 261 and 1000000, got 260\n"))
        #expect(size.status == 2)
        let file = try folder.mottle("tokens", "show", "c.yaml", "x")
        #expect(
            file.errors
                == "mottle: error: c.yaml, line 1: an object expected; 'mottle tokens' writes such files\n")
    }

    @Test(arguments: [
        "tokenizer: words, lowercase: true", "tokenizer: characters", "tokenizer: { bpe: t.json }",
    ])
    func `chains of tokens are drawn, and reach a model, whose first layer must be an embedding`(text: String)
        throws
    {
        let folder = try folder(text, chain: "whole_word: { mask_id: 4, vocab: 9, rate: 0.5 }")
        #expect(try folder.mottle("tokens", "tokens.txt", "--size", "270", "--output", "t.json").status == 0)
        let drawn = try folder.mottle("preview", "c.yaml", "--samples", "0-5", "--output", "p.png")
        #expect(drawn.errors == "" && drawn.output == "p.png\n" && folder.exists("p.png"))
        let tested = try folder.mottle("preview", "c.yaml", "--test", "--samples", "0", "--output", "q.png")
        #expect(tested.errors == "" && folder.exists("q.png"))
        let trained = try folder.mottle("train", "c.yaml")
        #expect(trained.errors.hasPrefix("c.yaml:6:5: error: the data are token ids 0..."))
        #expect(
            trained.errors.hasSuffix("which only 'token_embedding: 64' takes as the first layer\n"))
        #expect(trained.status == 2)
    }

    @Test func `generators of values and of tokens meet only their own data`() throws {
        let texts = try folder("wrap: true", chain: "gaussian")
        for command in [
            ["train", "c.yaml"], ["preview", "c.yaml", "--samples", "0-5", "--output", "p.png"],
        ] {
            let outcome = try texts.run(WorkFolder.program, command, environment: [:])
            #expect(
                outcome.errors
                    == "c.yaml:4:5: error: noise 'gaussian' makes values, and the data are token ids; in a chain of ids only "
                    + "generators of tokens can stand\n")
            #expect(outcome.status == 2)
        }
        let images = try WorkFolder.withSmallData(
            replacing: "gaussian: { sigma: 0.1 }", by: "mlm: { mask_id: 4, vocab: 9 }")
        let outcome = try images.mottle("train", "small.yaml")
        #expect(
            outcome.errors
                == "small.yaml:5:5: error: tokens 'mlm' makes token ids, and the data are values; ids come from texts: data: "
                + "{ text: { … } }\n")
    }
}
