import Datasets
import Kernels
import Testing

@testable import Experiments

@Suite struct AudioFilesConfigTests {
    private func source(_ audio: String) throws -> DatasetSource {
        let split = audio.contains("test: ") ? "" : ", split: {train: 0.5}"
        var table = try ConfigDocument(text: "data: {audio: {\(audio)}\(split)}", file: "t.yaml").table()
        return try table.require("data")
    }

    @Test func `folders of sounds are read, and read back from the lock file`() throws {
        let plain = try source("train: a, test: b/c, rate: 16000, seconds: 1")
        #expect(
            plain.form
                == .audio(AudioFiles(train: "a", test: "b/c", format: AudioFormat(rate: 16000, seconds: 1))))
        let features = "features: {log_mel: {window: 512, hop: 100, bins: 20, low: 50, high: 3000.5}}"
        let spectrograms = try source("train: a, rate: 8000, seconds: 0.25, \(features)")
        var settings = MelSettings(rate: 8000)
        (settings.window, settings.hop, settings.bins) = (512, 100, 20)
        (settings.low, settings.high) = (50, 3000.5)
        let format = AudioFormat(rate: 8000, seconds: 0.25, logMel: settings)
        #expect(format.sampleShape == [21, 20])
        #expect(spectrograms.form == .audio(AudioFiles(train: "a", test: nil, format: format)))
        var files = AudioFiles(train: "a.tsv", test: "b.csv", format: AudioFormat(rate: 100, seconds: 2))
        (files.path, files.label) = ("file", "digit")
        let tables = try source("train: a.tsv, test: b.csv, path: file, label: digit, rate: 100, seconds: 2")
        #expect(tables.form == .audio(files))
        for value in [plain, spectrograms, tables] {
            var table = try ConfigDocument(
                text: ConfigWriter.yaml(.table(["data": value.node])), file: "lock"
            ).table()
            #expect(try table.require("data") == value)
        }
    }

    @Test func `spectrograms are of 25 ms every 10 ms where nothing else is said`() throws {
        let source = try source("train: a, rate: 16000, seconds: 1, features: {log_mel: {}}")
        guard case .audio(let files) = source.form, let settings = files.format.logMel else {
            Issue.record("no spectrograms")
            return
        }
        #expect(settings.window == 400 && settings.hop == 160 && settings.bins == 64)
        #expect(settings.low == 0 && settings.high == 8000)
    }

    @Test func `paths start from the config's folder`() throws {
        let resolved = try source("train: a, test: /b, rate: 100, seconds: 2").resolved(from: "/d")
        #expect(
            resolved.form
                == .audio(AudioFiles(train: "/d/a", test: "/b", format: AudioFormat(rate: 100, seconds: 2))))
    }

    @Test(arguments: [
        ("rate: 8000, seconds: 1", "1:15: error: 'train' is required in 'audio'"),
        ("train: a, seconds: 1", "1:15: error: 'rate' is required in 'audio'"),
        ("train: a, rate: 8000", "1:15: error: 'seconds' is required in 'audio'"),
        ("train: a, rate: 0, seconds: 1", "1:32: error: 'rate' must be in 1...1000000, got '0'"),
        (
            "train: a, rate: 8000, seconds: 0",
            "1:47: error: 'seconds' must be above 0, got '0'"
        ),
        (
            "train: a, rate: 8000, seconds: -1",
            "1:47: error: 'seconds' must be above 0, got '-1'"
        ),
        (
            "train: a, rate: 8000, seconds: 1e-5",
            "1:47: error: 'seconds' must be such that a sample has 1 to 67108864 values, got '1e-5', 0 values at a 'rate' of 8000"
        ),
        (
            "train: a, rate: 8000, seconds: 1e5",
            "1:47: error: 'seconds' must be such that a sample has 1 to 67108864 values, got '1e5', 800000000 values at a "
                + "'rate' of 8000"
        ),
        (
            "train: a, rate: 8000, second: 1",
            "1:15: error: 'seconds' is required in 'audio'; is 'second' a misspelling of it?"
        ),
        (
            "train: a, rate: 8000, seconds: 1, label: b",
            "1:50: error: unknown key 'label' in 'audio'; known are train, test, rate, seconds, features"
        ),
        (
            "train: a, rate: 8000, seconds: 1, feature: 1",
            "1:50: error: unknown key 'feature' in 'audio'; did you mean 'features'?"
        ),
        (
            "train: a, rate: 8000, seconds: 1, features: {mfcc: {}}",
            "1:60: error: 'log_mel' is required in 'features'"
        ),
        (
            "train: a, rate: 1, seconds: 1, features: {log_mel: {}}",
            "1:67: error: 'log_mel' wants a 'rate' of at least 2, got 1"
        ),
    ])
    func `sounds that cannot be meant are told`(audio: String, text: String) {
        let error = #expect(throws: ConfigError.self) { try source(audio) }
        #expect(error?.description == "t.yaml:" + text)
    }

    @Test(arguments: [
        ("window: 1", "79: error: 'window' must be in 2...65536, got '1'"),
        ("hop: 201", "76: error: 'hop' must be in 1...200, up to 'window', got '201'"),
        ("high: 4001", "77: error: 'high' must be in 1.0...4000.0, up to half of 'rate', got '4001'"),
        ("low: 4000", "76: error: 'low' must be in 0.0..<4000.0, below 'high', got '4000'"),
        ("bins: 0", "77: error: 'bins' must be in 1...200, up to 'window', got '0'"),
        (
            "bins: 128",
            "77: error: 128 'bins' are too many: one from 0.0 to 21.0 Hz lies between the frequencies of the window, which "
                + "are 40.0 Hz apart; take fewer bins or a longer 'window'"
        ),
        ("bin: 3", "71: error: unknown key 'bin' in 'log_mel'; did you mean 'bins'?"),
    ])
    func `spectrograms that cannot be meant are told`(setting: String, text: String) {
        let error = #expect(throws: ConfigError.self) {
            try source("train: a, rate: 8000, seconds: 1, features: {log_mel: {\(setting)}}")
        }
        #expect(error?.description == "t.yaml:1:" + text)
    }
}
