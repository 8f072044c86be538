import Glibc

/// The system's OpenBLAS, opened at run time since nothing else wants it.
struct OpenBLAS {
    private typealias SetThreads = @convention(c) (CInt) -> Void
    private typealias Multiply =
        @convention(c) (
            _ order: CInt, _ aOrder: CInt, _ bOrder: CInt, _ rows: CInt, _ columns: CInt, _ depth: CInt,
            _ alpha: Float, _ a: UnsafePointer<Float>, _ aStride: CInt, _ b: UnsafePointer<Float>,
            _ bStride: CInt, _ beta: Float, _ c: UnsafeMutablePointer<Float>, _ cStride: CInt
        ) -> Void
    private let sgemm: Multiply

    init?(threads: Int) {
        guard let library = dlopen("libopenblas.so.0", RTLD_NOW),
            let multiply = dlsym(library, "cblas_sgemm"),
            let setThreads = dlsym(library, "openblas_set_num_threads")
        else { return nil }
        sgemm = unsafeBitCast(multiply, to: Multiply.self)
        unsafeBitCast(setThreads, to: SetThreads.self)(CInt(threads))
    }

    /// Returns how many operations that were.
    func multiply(_ example: Example) -> Int {
        let (rowMajor, plain, transposed): (CInt, CInt, CInt) = (101, 111, 112)
        let (rows, columns, depth) = (example.rows, example.columns, example.depth)
        for index in 0..<example.batch {
            sgemm(
                rowMajor, example.transposesA ? transposed : plain, example.transposesB ? transposed : plain,
                CInt(rows), CInt(columns), CInt(depth), 1, example.a.pointer,
                CInt(example.transposesA ? rows : depth), example.b.pointer,
                CInt(example.transposesB ? depth : columns), 0, example.product(index).c, CInt(columns))
        }
        return example.operations
    }
}
