import Foundation
import Testing

@Suite struct ModelCommandTests {
    @Test func `a model is shown with shapes, weights, operations and memory`() throws {
        let folder = try WorkFolder.withSmallData(
            replacing: "  - relu\n", by: "  - relu\n  - residual: [dense: 8]\n")
        let outcome = try folder.mottle("model", "small.yaml", "--set", "train.batch_size=1000")
        #expect(outcome.errors == "" && outcome.status == 0)
        #expect(
            outcome.output == """
                layer      output            weights  MFLOP  MFLOP back
                input      [batch, 6, 5, 1]                            
                flatten1   [batch, 30]                                 
                dense1     [batch, 8]            248  0.000       0.000
                relu1      [batch, 8]                                  
                residual1  [batch, 8]                                  
                  dense2   [batch, 8]             72  0.000       0.000
                dense3     [batch, 3]             27  0.000       0.000
                all                              347  0.001       0.001
                memory: 0.0 MB of weights and what the optimizer keeps of them, 0.7 MB between layers

                """)
        let json = try jsonObject(try folder.mottle("model", "small.yaml", "--json").output)
        #expect(json["weights"] as? Int == 347)
        #expect(json["flop_forward"] as? Int == 2 * (30 * 8 + 8 * 8 + 8 * 3))
        #expect(json["flop_backward"] as? Int == 2 * (30 * 8 + 2 * 8 * 8 + 2 * 8 * 3))
        let layers = try #require(json["layers"] as? [[String: Any]])
        #expect(layers.map { $0["depth"] as? Int } == [0, 0, 0, 0, 1, 0])
    }

    @Test func `a benchmark of training tells all layers and where the time goes`() throws {
        let folder = try WorkFolder.withSmallData()
        let outcome = try folder.mottle(
            "bench", "train", "small.yaml", "--rounds", "1", "--seconds", "0.05", "--json", "--threads", "2")
        #expect(outcome.errors == "" && outcome.status == 0)
        let json = try jsonObject(outcome.output)
        let layers = try #require(json["layers"] as? [[String: Any]])
        #expect(layers.map { $0["name"] as? String } == ["flatten1", "dense1", "relu1", "dense2"])
        let passes = layers.flatMap { [$0["forward"], $0["backward"]] }.compactMap { $0 as? [String: Double] }
        let inside = passes.reduce(0) { $0 + $1["seconds"]! }
        let (step, stream) = (json["step_seconds"] as! Double, json["stream_seconds"] as! Double)
        #expect(inside > 0 && abs(inside + stream + (json["other_seconds"] as! Double) - step) < 1e-9)
        #expect(passes.allSatisfy { (0...1).contains($0["share_of_step"]!) })
        #expect(!folder.exists("runs"))
        let text = try folder.mottle("bench", "train", "small.yaml", "--rounds", "1", "--seconds", "0.05")
            .output
        #expect(text.contains("(stream)") && text.contains("batches of 16, "))
    }

    @Test func `a benchmark needs rounds`() throws {
        let folder = try WorkFolder.withSmallData()
        let outcome = try folder.mottle("bench", "train", "small.yaml", "--rounds", "0")
        #expect(outcome.errors.contains("--rounds must be between 1 and 100000"))
        #expect(outcome.status == 2)
    }
}
