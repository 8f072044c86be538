import VectorKernels

/// Noise kernels for every processor of the architecture.
public let baselineNoiseKernels = NoiseKernels(vector: SIMD4<Float>.self)
