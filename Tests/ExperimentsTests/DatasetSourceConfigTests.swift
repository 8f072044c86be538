import Datasets
import Testing

@testable import Experiments

@Suite struct DatasetSourceConfigTests {
    private func source(_ yaml: String) throws -> DatasetSource {
        var table = try ConfigDocument(text: yaml, file: "t.yaml").table()
        return try table.require("data")
    }

    private func arrays(_ files: ClassifiedFiles) -> DatasetSource { DatasetSource(.arrays(files)) }

    private let files = """
        data:
          train: {images: a.gz, labels: ./b c.gz}
          test: {images: d, labels: "5"}
        """

    @Test func `a name or four files are read, and read back from the lock file`() throws {
        #expect(try source("data: fashion-mnist") == DatasetSource(.fashionMNIST))
        let expected = ClassifiedFiles(
            train: .files(images: "a.gz", labels: "./b c.gz"), test: .files(images: "d", labels: "5"))
        #expect(try source(files) == arrays(expected))
        var counted = expected
        counted.classes = 7
        #expect(try source(files + "\n  classes: 7") == arrays(counted))
        counted.range = -1...0.5
        #expect(try source(files + "\n  classes: 7\n  range: [-1, 0.5]") == arrays(counted))
        for value in [DatasetSource(.fashionMNIST), arrays(expected), arrays(counted)] {
            #expect(try source(ConfigWriter.yaml(.table(["data": value.node]))) == value)
        }
    }

    @Test func `arrays of archives and CIFAR's files are read, and read back`() throws {
        let yaml = """
            data:
              train: {file: a.npz, images: x, labels: "1"}
              test: {cifar10: b.bin}
            """
        let expected = ClassifiedFiles(
            train: .members(file: "a.npz", images: "x", labels: "1"), test: .cifar(.cifar10, files: ["b.bin"])
        )
        #expect(try source(yaml) == arrays(expected))
        let lists = try source("data: {train: {cifar100_fine: [a, b]}, test: {cifar100_coarse: [c]}}")
        #expect(
            lists
                == arrays(
                    ClassifiedFiles(
                        train: .cifar(.cifar100Fine, files: ["a", "b"]),
                        test: .cifar(.cifar100Coarse, files: ["c"]))))
        for value in [arrays(expected), lists] {
            #expect(try source(ConfigWriter.yaml(.table(["data": value.node]))) == value)
        }
        let resolved = try source(yaml).resolved(from: "/d")
        #expect(
            resolved
                == arrays(
                    ClassifiedFiles(
                        train: .members(file: "/d/a.npz", images: "x", labels: "1"),
                        test: .cifar(.cifar10, files: ["/d/b.bin"]))))
    }

    @Test func `which samples take part is read, and read back`() throws {
        var expected = DatasetSource(.fashionMNIST)
        expected.selection.subset = .perClass(30)
        (expected.selection.isBalanced, expected.selection.labelNoise) = (true, 0.25)
        expected.selection.skipsUnreadable = true
        let read = try source(
            "data: {name: fashion-mnist, subset: {per_class: 30}, balance: true, label_noise: 0.25, on_error: skip}"
        )
        #expect(read == expected)
        var split = arrays(ClassifiedFiles(train: .cifar(.cifar10, files: ["a"]), test: nil))
        (split.selection.trainShare, split.selection.subset) = (0.75, .fraction(0.5))
        #expect(
            try source("data: {train: {cifar10: a}, split: {train: 0.75}, subset: {fraction: 0.5}}") == split)
        for value in [expected, split] {
            #expect(try source(ConfigWriter.yaml(.table(["data": value.node]))) == value)
        }
    }

    @Test(arguments: [
        (
            "data: {train: {cifar10: []}, test: {cifar10: a}}",
            "1:25: error: 'cifar10' must be a file or a list of files, got a list"
        ),
        (
            "data: {train: {cifar10: a, labels: b}, test: {cifar10: a}}",
            "1:28: error: unknown key 'labels' in 'train'; known are cifar10"
        ),
        (
            "data: {train: {cifar: a}, test: {cifar10: a}}",
            "1:15: error: 'images' is required in 'train'"
        ),
        (
            "data: {train: {file: a, images: b}, test: {cifar10: a}}",
            "1:15: error: 'labels' is required in 'train'"
        ),
        (
            "data:\n  train: {images: a, labels: b}\n  test: {images: a, labels: b}\n  range: [1, 0]",
            "4:10: error: 'range' must have its lower end first, got [1.0, 0.0]"
        ),
        (
            "data: fashon-mnist",
            "1:7: error: 'data' must be fashion-mnist or a table of files, got 'fashon-mnist'; "
                + "did you mean 'fashion-mnist'?"
        ),
        ("data: 5", "1:7: error: 'data' must be fashion-mnist or a table of files, got '5'"),
        ("data: [a]", "1:7: error: 'data' must be fashion-mnist or a table of files, got a list"),
        (
            "data:\n  train: {images: a, labels: b}",
            "2:3: error: the data names no samples to test with; name them as 'test', or split what is there: "
                + "split: { train: 0.9 }"
        ),
        (
            "data: {train: {cifar10: a}, test: {cifar10: a}, split: {train: 0.5}}",
            "1:7: error: the data names samples to test with, so there is nothing to split; leave out 'split' or 'test'"
        ),
        (
            "data: {name: fashion-mnist, subset: {per_class: 3, first: 2}}",
            "1:52: error: 'subset' must name one of first, fraction, per_class, got 'per_class' and 'first'"
        ),
        (
            "data: {name: fashion-mnist, subset: {perclass: 3}}",
            "1:38: error: unknown 'subset' 'perclass'; known are first, fraction, per_class; did you mean 'per_class'?"
        ),
        (
            "data: {name: fashion-mnist, label_noise: 1.5}",
            "1:42: error: 'label_noise' must be in 0.0...1.0, got '1.5'"
        ),
        (
            "data: {name: fashion-mnist, on_error: go}",
            "1:39: error: 'on_error' must be one of stop, skip, got 'go'"
        ),
        (
            "data:\n  train: {images: a, label: b}\n  test: {}",
            "2:10: error: 'labels' is required in 'train'; is 'label' a misspelling of it?"
        ),
        (
            "data:\n  train: {images: a, labels: b}\n  test: {images: a, labels: b}\n  classes: 0",
            "4:12: error: 'classes' must be in 1...65536, got '0'"
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
