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
        let largest = Example.all.map(\.product.packingCount).max()!
        packing = (0..<threads).map { _ in Buffer(count: largest) }
        registers = (0..<threads).map { _ in Buffer(Array(repeating: 0.5, count: 16)) }
    }

    func multiplyAddPeak() -> Int {
        let (kernels, registers, rounds) = (kernels, registers, 50_000)
        pool.run { thread, _ in _ = kernels.multiplyAddPeak(registers[thread].pointer, rounds) }
        return pool.threads * rounds * kernels.multiplyAddPeak(registers[0].pointer, 1)
    }

    func multiply(_ example: Example) -> Int {
        let (kernels, packing, product) = (kernels, packing, example.product)
        for _ in 0..<example.batch {
            if pool.threads == 1 {
                var whole = product
                whole.packing = packing[0].pointer
                kernels.multiply(whole)
            } else {
                pool.run { thread, threads in
                    var part = product.part(thread, of: threads)
                    part.packing = packing[thread].pointer
                    kernels.multiply(part)
                }
            }
        }
        return example.operations
    }
}
