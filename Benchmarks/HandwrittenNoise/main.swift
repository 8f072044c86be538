// Gaussian noise as one would write it in Swift on the kernels, without Lua, graph or program: what `gaussian.lua` is
// measured beside. Prints values a second of each round, for an array of the shape in the arguments (256 28 28 1).
import Kernels
import Tensors

let sizes = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let shape = sizes.isEmpty ? [256, 28, 28, 1] : sizes
let (count, size) = (shape[0], shape.dropFirst().reduce(1, *))
let kernels = KernelSet.current.noise
let key = DrawAddress.key(seed: 0, path: "chain/gaussian", draw: "draw 1")
let (input, output) = (Buffer<Float>(count: count * size), Buffer<Float>(count: count * size))
for place in 0..<input.count { input.pointer[place] = Float(place % 251) / 251 }
let block = 1024
let (noise, sigma, mean) = (Buffer<Float>(count: block), Buffer<Float>(count: block), Buffer<Float>(count: block))
sigma.pointer.update(repeating: 0.1, count: block)

/// y = x + sigma · n + mean, a block that stays in the first-level cache at a time.
func apply(epoch: UInt32) {
    for sample in 0..<count {
        for first in stride(from: 0, to: size, by: block) {
            let length = min(block, size - first)
            let (x, y) = (input.pointer + sample * size + first, output.pointer + sample * size + first)
            kernels.normal(noise.pointer, length, key, epoch, UInt64(sample), first)
            kernels.elementwise(.multiplyAdd, noise.pointer, sigma.pointer, noise.pointer, x, length)
            kernels.elementwise(.add, y, noise.pointer, mean.pointer, mean.pointer, length)
        }
    }
}

apply(epoch: 0)
var (epoch, rates): (UInt32, [Double]) = (0, [])
for _ in 0..<7 {
    let start = ContinuousClock.now
    var (runs, seconds) = (0, 0.0)
    while seconds < 0.2 {
        epoch += 1
        apply(epoch: epoch)
        runs += 1
        seconds = (ContinuousClock.now - start) / .seconds(1)
    }
    rates.append(Double(runs * count * size) / seconds)
}
print(rates.sorted()[3])
