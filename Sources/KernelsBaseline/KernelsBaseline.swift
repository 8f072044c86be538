import VectorKernels

/// Noise kernels for every processor of the architecture.
public let baselineNoiseKernels = NoiseKernels(vector: SIMD4<Float>.self)

/// Training kernels for every processor of the architecture.
public let baselineTrainingKernels = TrainingKernels(vector: SIMD4<Float>.self)

/// Convolution kernels for every processor of the architecture.
public let baselineConvolutionKernels = ConvolutionKernels(vector: SIMD4<Float>.self)

/// Layer kernels for every processor of the architecture.
public let baselineLayerKernels = LayerKernels(
    vector: SIMD4<Float>.self, multiply: baselineTrainingKernels.multiply)
