import Datasets
import Testing

@testable import Experiments

@Suite struct DatasetSourceConfigTests {
    private func source(_ yaml: String) throws -> DatasetSource {
        var table = try ConfigDocument(text: yaml, file: "t.yaml").table()
        return try table.require("data")
    }

    private let files = """
        data:
          train: {images: a.gz, labels: ./b c.gz}
          test: {images: d, labels: "5"}
        """

    @Test func `a name or four files are read, and read back from the lock file`() throws {
        #expect(try source("data: fashion-mnist") == .fashionMNIST)
        let expected = ClassifiedFiles(
            train: .init(images: "a.gz", labels: "./b c.gz"), test: .init(images: "d", labels: "5"))
        #expect(try source(files) == .files(expected))
        var counted = expected
        counted.classes = 7
        #expect(try source(files + "\n  classes: 7") == .files(counted))
        for value in [DatasetSource.fashionMNIST, .files(expected), .files(counted)] {
            #expect(try source(ConfigWriter.yaml(.table(["data": value.node]))) == value)
        }
    }

    @Test(arguments: [
        (
            "data: fashon-mnist",
            "1:7: error: 'data' must be fashion-mnist or a table of files, got 'fashon-mnist'; "
                + "did you mean 'fashion-mnist'?"
        ),
        ("data: 5", "1:7: error: 'data' must be fashion-mnist or a table of files, got '5'"),
        ("data: [a]", "1:7: error: 'data' must be fashion-mnist or a table of files, got a list"),
        ("data:\n  train: {images: a, labels: b}", "2:3: error: 'test' is required in 'data'"),
        (
            "data:\n  train: {images: a, label: b}\n  test: {}",
            "2:10: error: 'labels' is required in 'train'; is 'label' a misspelling of it?"
        ),
        (
            "data:\n  train: {images: a, labels: b}\n  test: {images: a, labels: b}\n  classes: 0",
            "4:12: error: 'classes' must be at least 1, got '0'"
        ),
        (
            "data:\n  train: {images: a, labels: b}\n  test: {images: a, labels: b}\n  clases: 3",
            "4:3: error: unknown key 'clases' in 'data'; did you mean 'classes'?"
        ),
    ])
    func `data that cannot be meant is told`(yaml: String, text: String) {
        let error = #expect(throws: ConfigError.self) { try source(yaml) }
        #expect(error?.description == "t.yaml:" + text)
    }
}
