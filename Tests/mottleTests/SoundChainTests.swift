import Foundation
import Testing

/// Noise of sounds where samples are spectrograms.
@Suite struct SoundChainTests {
    private static let sound = "snr_gaussian: { snr: { uniform: [0, 10] } }"

    /// A tone of 200 values of 16 bits, 2,000 a second.
    private func tone(_ hertz: Double) -> [Int] {
        (0..<200).map { place in
            let angle: Double = hertz * Double(place) / 2000 * 2 * .pi
            return Int(9000 * sin(angle))
        }
    }

    private func wav(_ samples: [Int]) -> Data {
        func bytes(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let size = 2 * samples.count
        var data = Data("RIFF".utf8)
        data += bytes(36 + size, 4)
        data += Data("WAVEfmt ".utf8)
        for (value, count) in [(16, 4), (1, 2), (1, 2), (2000, 4), (4000, 4), (2, 2), (16, 2)] {
            data += bytes(value, count)
        }
        data += Data("data".utf8)
        data += bytes(size, 4)
        for sample in samples { data += bytes(sample, 2) }
        return data
    }

    /// Eight tones in each of two classes.
    private func tones(chain: String) throws -> WorkFolder {
        let folder = try WorkFolder()
        for (label, hertz) in [("high", 600.0), ("low", 250.0)] {
            for number in 0..<8 {
                try folder.write("tones/\(label)/\(number).wav", wav(tone(hertz + 20 * Double(number))))
            }
        }
        try folder.write(
            "tones.yaml",
            """
            data:
              audio:
                train: tones
                rate: 2000
                seconds: 0.1
                features: { log_mel: { window: 32, hop: 16, bins: 6 } }
              split: { train: 0.7 }
            chain: [\(chain)]
            model: [flatten, dense: classes]
            train: { epochs: 2, batch_size: 4 }
            evaluate: [snr_gaussian: { snr: [10, -10] }]
            """)
        return folder
    }

    @Test func `noise of sounds and masks of their spectrograms stand in one chain`() throws {
        let folder = try tones(chain: "\(Self.sound), spec_augment: { frequency_width: 2, time_width: 3 }")
        let outcome = try folder.mottle("train", "tones.yaml", "--out", "run", "--quiet", "--json")
        #expect(outcome.errors == "" && outcome.status == 0)
        let rows = try #require(try folder.json("run/robustness.json") as? [[String: Any]])
        #expect(rows.map { $0["name"] as? String } == ["clean", "snr_gaussian", "snr_gaussian"])
        #expect(Set(rows.map { $0["loss"] as? Double }).count == 3)
        #expect(try folder.mottle("verify", "run", "--quiet").status == 0)
        let preview = try folder.mottle("preview", "tones.yaml", "--output", "sheet.png")
        #expect(preview.errors == "" && preview.status == 0)

        let same = try folder.mottle("train", "run/config.lock.yaml", "--out", "again", "--quiet")
        #expect(same.errors == "" && same.status == 0)
        #expect(try folder.data("run/model.safetensors") == folder.data("again/model.safetensors"))
        #expect(try folder.mottle("diff", "run", "again").status == 0)
    }

    /// What `replay` writes of sample 5 in epoch 1, and what it tells.
    private func replayed(
        _ folder: WorkFolder, _ file: String, _ arguments: String...
    ) throws -> (data: Data, told: [String: Any]) {
        let outcome = try folder.mottle(
            ["replay", "run", "--epoch", "1", "--sample", "5", "--json", "--output", file] + arguments)
        #expect(outcome.errors == "" && outcome.status == 0)
        return (try folder.data(file), try jsonObject(outcome.output))
    }

    @Test func `the sound, its spectrogram and the whole can be made again`() throws {
        let folder = try tones(
            chain: "\(Self.sound), { clip: true, name: limits }, "
                + "{ spec_augment: { frequency_width: 3, time_width: 5 }, fill: 0.5 }")
        #expect(try folder.mottle("train", "tones.yaml", "--out", "run", "--quiet").status == 0)
        let whole = try replayed(folder, "a.npy")
        let drawn = try #require(whole.told["drawn"] as? [String: Double])
        let snr = try #require(drawn["snr_gaussian.snr"])
        #expect((0...10).contains(snr))
        let noisy = try replayed(folder, "b.npy", "--until", "snr_gaussian")
        // A head of 128 bytes, and [13, 6] floats.
        #expect(noisy.data.count == 128 + 13 * 6 * 4 && noisy.data != whole.data)
        #expect(noisy.told["drawn"] as? [String: Double] == drawn)
        #expect(noisy.told["hidden"] is NSNull && whole.told["hidden"] is Int)

        // The noisy sound itself, at the ratio that was drawn.
        let wave = try replayed(folder, "c.wav").data.suffix(200 * 4)
        let noisySound = wave.withUnsafeBytes { bytes in
            (0..<200).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
        #expect(try replayed(folder, "d.wav", "--until", "snr_gaussian").data.suffix(200 * 4) == wave)
        let clean = tone(600 + 20 * 5).map { Float($0) / 32768 }
        let power = clean.reduce(0) { $0 + $1 * $1 }
        let noise = zip(noisySound, clean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        #expect(abs(10 * log10(Double(power / noise)) - snr) < 0.01)

        let wrong = try folder.mottle("replay", "run", "--epoch", "1", "--sample", "5", "--until", "snr")
        #expect(
            wrong.errors
                == "mottle: error: run/config.lock.yaml: the chain has no entry 'snr'; it has snr_gaussian, limits, spec_augment\n"
        )
    }

    @Test func `a difference of sounds is found where it begins`() throws {
        let folder = try tones(chain: "\(Self.sound), spec_augment")
        for (run, snr) in [("one", "[0, 10]"), ("two", "[0, 11]")] {
            let outcome = try folder.mottle(
                "train", "tones.yaml", "--out", run, "--quiet", "--set",
                "chain.0.snr_gaussian.snr={uniform: \(snr)}")
            #expect(outcome.status == 0)
        }
        let found = try folder.mottle("diff", "one", "two")
        #expect(found.status == 1 && found.output.contains("snr_gaussian"))
    }

    @Test func `values that are not finite are traced to the sound's generator`() throws {
        let folder = try tones(chain: "./broken.lua")
        try folder.write(
            "broken.lua",
            "mottle.noise { name = 'broken', doc = '', axes = 'NL', params = {},\n"
                + "apply = function(x, p, rng) return x / (x - x) end }\n")
        let outcome = try folder.mottle("train", "tones.yaml", "--out", "run", "--quiet")
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("broken.lua:2: error: '/' in chain/broken makes "))
    }

    @Test(arguments: [
        (
            "spec_augment, snr_gaussian",
            "mask 'spec_augment' is for features of sounds, and stands before a generator of sounds or in one group "
                + "with it; features are made of sounds behind the last generator of sounds"
        ),
        (
            "{one_of: [spec_augment, snr_gaussian]}",
            "mask 'spec_augment' is for features of sounds, and stands before a generator of sounds or in one group "
                + "with it; features are made of sounds behind the last generator of sounds"
        ),
        (
            "{standardise: {mean: 0, std: 2}}, snr_gaussian",
            "'standardise' stands before a generator of sounds; features are made of sounds behind the last generator "
                + "of sounds, put it there"
        ),
        (
            "mixup, snr_gaussian",
            "noise 'mixup' blends labels, and stands before a generator of sounds; put it behind the last of them, "
                + "where it blends features"
        ),
    ])
    func `what cannot be done to sounds before their features is told`(chain: String, text: String) throws {
        let folder = try tones(chain: chain)
        let outcome = try folder.mottle("train", "tones.yaml", "--out", "run", "--quiet")
        let place = chain.hasPrefix("{one_of") ? 19 : chain.hasPrefix("{") ? 10 : 9
        #expect(outcome.errors == "tones.yaml:8:\(place): error: \(text)\n" && outcome.status == 2)
    }
}
