import Foundation
import Testing

@Suite struct BrokenDataTests {
    @Test func `a truncated file of images`() throws {
        let folder = try WorkFolder.withSmallData()
        try folder.write("train-images", folder.data("train-images").prefix(500))
        let outcome = try folder.mottle("train", "small.yaml")
        #expect(
            outcome.errors
                == "mottle: error: \(folder.path)/train-images: the file ends early: 500 bytes found, "
                + "9046 expected for [301, 6, 5]\n")
        #expect(outcome.status == 1)
        #expect(outcome.output == "")
    }

    @Test func `a file that is no IDX file`() throws {
        let folder = try WorkFolder.withSmallData()
        try folder.write("test-images", NumPyFile.bytes([2, 3], [1, 2, 3, 4, 5, 6]))
        let outcome = try folder.mottle("train", "small.yaml")
        #expect(
            outcome.errors
                == "mottle: error: \(folder.path)/test-images: expected an IDX file of images, found a NumPy array\n"
        )
        #expect(outcome.status == 1)
    }

    @Test func `labels that do not belong to the images`() throws {
        let folder = try WorkFolder.withSmallData()
        try folder.write("train-labels", folder.data("test-labels"))
        let outcome = try folder.mottle("train", "small.yaml")
        #expect(
            outcome.errors
                == "mottle: error: \(folder.path)/train-labels: 70 labels found, 301 expected, one for each image of "
                + "\(folder.path)/train-images\n")
        #expect(outcome.status == 1)
    }

    @Test func `a label outside the classes`() throws {
        let folder = try WorkFolder.withSmallData()
        let outcome = try folder.mottle("train", "small.yaml", "--set", "data.classes=2")
        #expect(
            outcome.errors
                == "mottle: error: \(folder.path)/train-labels: label 2 is 2, outside the 2 classes 0...1\n")
        #expect(outcome.status == 1)
    }

    @Test func `a file that is not there`() throws {
        let folder = try WorkFolder.withSmallData(replacing: "train-labels", by: "nowhere/labels")
        let outcome = try folder.mottle("train", "small.yaml")
        #expect(outcome.errors == "mottle: error: \(folder.path)/nowhere/labels: no such file\n")
        #expect(outcome.status == 1)
    }
}
