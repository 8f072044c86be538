import ArgumentParser
import Experiments

struct Tokens: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a vocabulary of byte pairs from texts, or show what one makes of a text.",
        subcommands: [Make.self, Show.self], defaultSubcommand: Make.self)

    struct Make: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a vocabulary: all bytes, and what the most frequent neighbours merge into.",
            discussion:
                "The file is for 'tokenizer: { bpe: FILE }' of a config; Hugging Face's tokenizers reads it, too."
        )

        @Argument(help: ArgumentHelp("A .csv, .tsv, .jsonl or .txt file of texts.", valueName: "texts"))
        var file: String

        @Option(
            help: ArgumentHelp(
                "The column of the texts, 'text' if not given; a .txt file has none.", valueName: "name"))
        var column: String?

        @Option(help: "How many tokens, with five special ones and 256 bytes.")
        var size = 8000

        @Flag(help: "Put texts into lower case first, also where the vocabulary is used.")
        var lowercase = false

        @Option(help: ArgumentHelp("Where the vocabulary goes.", valueName: "file"))
        var output: String

        @OptionGroup var result: ResultOptions

        mutating func validate() throws {
            let sizes = TokenTraining.sizes
            if !sizes.contains(size) {
                throw ValidationError(
                    "--size must be between \(sizes.lowerBound) and \(sizes.upperBound), got \(size)")
            }
            if output.isEmpty { throw ValidationError("--output wants the path of a file") }
        }

        func run() throws {
            let training = try TokenTraining(
                file: file, column: column, size: size, isLowercase: lowercase, output: output)
            try StandardOutput.write(line: result.json ? training.json : training.text)
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the tokens of a text with their ids and the numbers of their words.")

        @Argument(help: ArgumentHelp("A file that 'mottle tokens' made.", valueName: "vocabulary"))
        var file: String

        @Argument(help: "The text.")
        var text: String

        @OptionGroup var result: ResultOptions

        func run() throws {
            let listing = try TokenListing(file: file, text: text)
            try StandardOutput.write(line: result.json ? listing.json : listing.text)
        }
    }
}
