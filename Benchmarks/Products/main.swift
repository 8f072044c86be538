// Matrix products of the shapes that training makes, beside the peak of multiply-adds in registers and beside Debian's
// OpenBLAS where it is installed: single precision, rounds that take turns in one process. Wants a release build, as small
// products take no longer than a call in a debug build.
//
//     Products [threads] [word in the name]
//
// Prints for each product GFLOP/s, the share of the peak, OpenBLAS's GFLOP/s, and how many times as fast we are; and where
// the processor multiplies bf16, GFLOP/s in these, and how many times as fast that is as in single precision.
import Glibc
import Kernels

let arguments = Array(CommandLine.arguments.dropFirst())
let products = Products(
    threads: arguments.first.flatMap { Int($0) } ?? 1, kernels: KernelSet.current.training)
let library = OpenBLAS(threads: products.pool.threads)

/// In seconds: with one thread its own time on the processor, so that other programs disturb less; with more, the clock's.
@MainActor func now() -> Double {
    var time = timespec()
    clock_gettime(products.pool.threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Operations a second while `run`, which returns how many it did, is repeated for some milliseconds, after a first time
/// that fills the caches.
@MainActor func rate(_ run: () -> Int) -> Double {
    _ = run()
    let start = now()
    var (operations, seconds) = (0, 0.0)
    repeat {
        operations += run()
        seconds = now() - start
    } while seconds < 0.004
    return Double(operations) / seconds
}

/// What a tenth of the rounds surpasses: other programs only ever slow them down.
func best(_ values: [Double]) -> Double { values.sorted()[values.count * 9 / 10] }

func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

func rounded(_ value: Double, _ places: Double) -> String { "\((value * places).rounded() / places)" }

for example in Example.all where arguments.count < 2 || example.name.contains(arguments[1]) {
    var (ours, theirs, peaks, halves) = ([Double](), [Double](), [Double](), [Double]())
    let roundsFactors = KernelSet.current.precisions.contains(.bf16) && !example.transposesB
    for _ in 0..<25 {
        peaks.append(rate { products.multiplyAddPeak() })
        ours.append(rate { products.multiply(example) })
        if let library { theirs.append(rate { library.multiply(example) }) }
        if roundsFactors { halves.append(rate { products.multiply(example, precision: .bf16) }) }
    }
    let (rate, peak) = (best(ours), best(peaks))
    var line = padded(example.name, 36) + padded(rounded(rate / 1e9, 10), 8)
    line += padded("\(rounded(100 * rate / peak, 10)) % of \(rounded(peak / 1e9, 10))", 20)
    if library != nil {
        line += padded(rounded(best(theirs) / 1e9, 10), 8) + padded(rounded(rate / best(theirs), 100), 8)
    }
    if roundsFactors {
        line += padded("bf16 \(rounded(best(halves) / 1e9, 10))", 14) + rounded(best(halves) / rate, 100)
    }
    print(line)
}
