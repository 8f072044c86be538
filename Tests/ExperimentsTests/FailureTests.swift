import Generators
import Reports
import Testing
import Training

@testable import Experiments

@Suite struct FailureTests {
    @Test func `whose fault it is decides the exit code and the text`() {
        let place = ConfigPlace.file("a.yaml", line: 2, column: 3)
        let cases: [(error: any Error, code: Int32, text: String)] = [
            (ConfigError(place, "no"), 2, "a.yaml:2:3: error: no"),
            (
                PluginError.unknown(name: "x", nearest: "y", folders: ["p"]), 2,
                "mottle: error: unknown plugin 'x'; did you mean 'y'?"
            ),
            (FileError("f", "cannot write"), 1, "mottle: error: f: cannot write"),
            (
                TrainingError.nonFiniteWeight(step: 5, name: "dense1.bias", .model(2)), 1,
                "mottle: error: step 5: it left values that are not finite in the weight dense1.bias at model[2]; "
                    + "try a lower learning rate or 'clip_norm', and check the strength of the noise and the range of "
                    + "the data"
            ),
        ]
        for (error, code, text) in cases {
            #expect(Failure.exitCode(error) == code)
            #expect(Failure.text(error) == text)
        }
    }

    @Test func `a broken plugin has a code of its own`() throws {
        let error = try #require(throws: PluginError.self) { try Fixture.chain("x:\n- torn") }
        #expect(Failure.exitCode(error) == 3)
        #expect(
            Failure.text(error)
                == "torn.lua:1: error: unexpected symbol near <eof>\n   1 | mottle.noise {\nused in test.yaml:2:3"
        )
    }
}
