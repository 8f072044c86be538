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

    @Test func `an array of floats without a range`() throws {
        let folder = try WorkFolder.withSmallData()
        let pixels = SmallData.images(SmallData.testCount, seed: 57).map { Float($0) / 255 }
        try folder.write("test-images", NumPyFile.floats([70, 6, 5], pixels))
        let outcome = try folder.mottle("train", "small.yaml")
        #expect(
            outcome.errors
                == "mottle: error: \(folder.path)/test-images: what range float32 values have is not known; say it in "
                + "'data', for instance range: [0, 1]\n")
        #expect(outcome.status == 1)
        let declared = try folder.mottle("train", "small.yaml", "--set", "data.range=[0, 1]", "--quiet")
        #expect(declared.errors == "")
        #expect(declared.status == 0)
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
