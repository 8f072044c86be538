import Testing

@testable import Tensors

@Suite struct SuggestionTests {
    @Test func `the nearest name is suggested and a far one is not`() {
        let names = ["gaussian", "salt_and_pepper", "cutout"]
        #expect(Suggestion.nearest("gausian", among: names) == "gaussian")
        #expect(Suggestion.nearest("Cutout", among: names) == "cutout")
        #expect(Suggestion.nearest("salt_pepper", among: names) == "salt_and_pepper")
        #expect(Suggestion.nearest("dropout", among: names) == nil)
        #expect(Suggestion.nearest("x", among: []) == nil)
        #expect(Suggestion.hint("cutuot", among: names) == "; did you mean 'cutout'?")
        #expect(Suggestion.hint("zzz", among: names) == "")
    }

    @Test(arguments: [
        ("", "abc", 3), ("abc", "", 3), ("abcd", "abcd", 0), ("abcd", "acbd", 1), ("kitten", "sitting", 3),
        ("ca", "abc", 3), ("rate", "rat", 1), ("rat", "rate", 1), ("beta1", "beta2", 1),
    ])
    func `edits are counted`(from: String, to: String, edits: Int) {
        #expect(Suggestion.editDistance(Array(from), Array(to)) == edits)
    }
}
