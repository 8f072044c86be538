import VectorKernels

/// Noise kernels for x86-64-v4.
public let avx512NoiseKernels = NoiseKernels(vector: SIMD16<Float>.self)

/// Training kernels for x86-64-v4.
public let avx512TrainingKernels = TrainingKernels(vector: SIMD16<Float>.self)

/// Convolution kernels for x86-64-v4.
public let avx512ConvolutionKernels = ConvolutionKernels(vector: SIMD16<Float>.self)

/// Layer kernels for x86-64-v4.
public let avx512LayerKernels = LayerKernels(
    vector: SIMD16<Float>.self, multiply: avx512TrainingKernels.multiply)
