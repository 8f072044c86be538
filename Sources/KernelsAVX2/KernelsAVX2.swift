import VectorKernels

/// Noise kernels for x86-64-v3.
public let avx2NoiseKernels = NoiseKernels(vector: SIMD8<Float>.self)

/// Training kernels for x86-64-v3.
public let avx2TrainingKernels = TrainingKernels(vector: SIMD8<Float>.self)

/// Convolution kernels for x86-64-v3.
public let avx2ConvolutionKernels = ConvolutionKernels(vector: SIMD8<Float>.self)

/// Layer kernels for x86-64-v3.
public let avx2LayerKernels = LayerKernels(vector: SIMD8<Float>.self, multiply: avx2TrainingKernels.multiply)
