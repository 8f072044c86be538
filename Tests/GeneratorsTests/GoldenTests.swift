import Foundation
import Generators
import Tensors
import Testing

/// Operations beside NumPy, SciPy and PyTorch: `Golden/make.py` says of which.
struct GoldenTests {
    struct Golden: Decodable {
        struct Case: Decodable, CustomTestStringConvertible {
            let body: String
            let input: String
            let expected: [Float]
            var testDescription: String { body }
        }
        let picture: [Float]
        let row: [Float]
        let cases: [Case]
    }

    static let golden: Golden = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "Golden/operations.json")
        return try! JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    }()

    /// The first value that is farther from what is expected than 2e-6 of the largest one: Float32 sums of up to 54 terms against
    /// Float64.
    private static func difference(_ found: [Float], _ expected: [Float]) -> String? {
        guard found.count == expected.count else {
            return "\(found.count) values, expected \(expected.count)"
        }
        let tolerance = 2e-6 * max(1, expected.map(abs).max() ?? 0)
        return found.indices.first { !(abs(found[$0] - expected[$0]) <= tolerance) }.map {
            "element \($0) is \(found[$0]), expected \(expected[$0])"
        }
    }

    @Test(arguments: golden.cases) func `operations give what others give`(golden: Golden.Case) throws {
        let isRow = golden.input == "row"
        let (shape, values) = isRow ? ([40] as Shape, Self.golden.row) : ([6, 9], Self.golden.picture)
        let plugin = try Fixture.noise(golden.body, axes: isRow ? "NL" : "NHW")
        let chain = try Fixture.trace([ChainItem(plugin: plugin, name: "test")], shape: shape)
        #expect(Self.difference(Fixture.run(chain, values).values, golden.expected) == nil)
    }

    @Test func `a difference is reported`() {
        #expect(Self.difference([1, 2, 3], [1, 2, 3.0000002]) == nil)
        #expect(Self.difference([1, 2, 3], [1, 2.0001, 3]) == "element 1 is 2.0, expected 2.0001")
        #expect(Self.difference([1, .nan], [1, 2]) == "element 1 is nan, expected 2.0")
        #expect(Self.difference([1], [1, 2]) == "1 values, expected 2")
        #expect(Self.golden.cases.count > 45)
    }
}
