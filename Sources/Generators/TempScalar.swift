import Tensors
import VectorKernels
import Kernels
enum ScalarReference {
    static func elementwise(_ op: ElementwiseOperation, _ a: Float, _ b: Float, _ c: Float) -> Float {
        var x = [Float](repeating: a, count: 64), y = [Float](repeating: b, count: 64),
            z = [Float](repeating: c, count: 64), o = x
        KernelSet.current.noise.elementwise[op.rawValue](&o, &x, &y, &z, 1)
        return o[0]
    }
    static func uniform(_ a: DrawAddress, element: Int) -> Float { Float(a.bits(element) >> 8) * 0x1p-24 }
    static func normal(_ a: DrawAddress, element: Int) -> Float { 0 }
}
