import Kernels
import Tensors
import VectorKernels
import Workers

/// What is measured, on some threads. All functions return how many operations they did.
final class Products {
    let pool: WorkerPool
    private let kernels: TrainingKernels
    private let packing: [Buffer<Float>]
    private let registers: [Buffer<Float>]

    init(threads: Int, kernels: TrainingKernels) {
        pool = WorkerPool(threads: threads)
        self.kernels = kernels
        let largest = Example.all.map { $0.product().packingCount }.max()!
        packing = (0..<threads).map { _ in Buffer(count: largest) }
        registers = (0..<threads).map { _ in Buffer(Array(repeating: 0.5, count: 16)) }
    }

    func multiplyAddPeak() -> Int {
        let (kernels, registers, rounds) = (kernels, registers, 50_000)
        pool.run { thread, _ in _ = kernels.multiplyAddPeak(registers[thread].pointer, rounds, .fp32) }
        return pool.threads * rounds * kernels.multiplyAddPeak(registers[0].pointer, 1, .fp32)
    }

    /// Threads share one product, or the many of a batch.
    func multiply(_ example: Example, precision: Precision = .fp32) -> Int {
        let (kernels, packing) = (kernels, packing)
        pool.run { thread, threads in
            if example.batch > 1 {
                for index in stride(from: thread, to: example.batch, by: threads) {
                    var product = example.product(index)
                    product.packing = packing[thread].pointer
                    product.precision = precision
                    kernels.multiply(product)
                }
            } else {
                var part = example.product().part(thread, of: threads)
                part.packing = packing[thread].pointer
                part.precision = precision
                kernels.multiply(part)
            }
        }
        return example.operations
    }
}
