import VectorKernels

/// Kernels in bf16 for x86-64-v4 with AVX512-BF16.
public let bf16Kernels = BFloat16Kernels(vector: BFloat16Vector.self)
