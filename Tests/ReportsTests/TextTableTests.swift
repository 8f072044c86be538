import Reports
import Testing

@Suite struct TextTableTests {
    @Test func `columns are aligned, numbers at their end`() {
        let table = TextTable(
            [["name", "kind", "count"], ["a", "longer", "7"], ["bcdef", "", "1234567"]], firstNumber: 2)
        #expect(table.text == "name   kind      count\na      longer        7\nbcdef          1234567\n")
    }

    @Test(arguments: [
        (1.25, 1, "1.3"), (-0.04, 1, "0.0"), (-0.06, 1, "-0.1"), (2, 3, "2.000"), (0.0625, 3, "0.063"),
        (1e12, 2, "1000000000000.0"), (.infinity, 2, "inf"), (123.456789, 6, "123.456789"),
    ])
    func `a number has its decimals`(value: Double, decimals: Int, text: String) {
        #expect(value.text(decimals: decimals) == text)
    }
}
