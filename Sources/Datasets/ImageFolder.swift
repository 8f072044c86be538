import Tensors

/// A folder for each class of PNG and JPEG images, decoded when they are asked for.
///
/// Values are bytes over 0...1, in [height, width, channels]. Opening looks at the folders alone.
package struct ImageFolder: Dataset {
    private let folder: ClassFolder
    private let form: ImageForm

    init(_ folder: ClassFolder, _ form: ImageForm) { (self.folder, self.form) = (folder, form) }

    package var count: Int { folder.files.count }
    package var sampleShape: Shape { form.shape }
    package var classes: Int { folder.classNames.count }
    package var classNames: [String]? { folder.classNames }
    package var range: ClosedRange<Float> { 0...1 }

    package func label(of id: Int) -> Int { Int(folder.labels[id]) }
    package func name(of id: Int) -> String { folder.files[id] }

    package func makeReader() -> any SampleReader { ImageReader(ImagePaths(paths: folder.files), form) }
}
