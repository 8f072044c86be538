// swift-tools-version: 6.2
import PackageDescription

// Kernels are optimised in debug builds too: a debug build of the whole stays usable on real data. They are compiled as
// whole modules, since an incremental build misses changes in bodies that another module inlines; one thread keeps the
// index, which a debug build writes, in step with that.
let optimised = ["-O", "-whole-module-optimization", "-disable-batch-mode", "-num-threads", "1"]

func kernelModule(_ name: String, flags: [String] = []) -> Target {
    .target(
        name: name, dependencies: ["VectorKernels", "CSIMD"],
        swiftSettings: [.unsafeFlags(optimised + flags.flatMap { ["-Xcc", $0] })])
}

// The same kernel source, compiled once for each instruction set; `Kernels` picks one at start.
#if arch(x86_64)
    let instructionSets = [
        kernelModule("KernelsAVX2", flags: ["-march=x86-64-v3"]),
        kernelModule("KernelsAVX512", flags: ["-march=x86-64-v4"]),
        kernelModule("KernelsBF16", flags: ["-march=x86-64-v4", "-mavx512bf16"]),
    ]
#else
    let instructionSets: [Target] = []
#endif

let package = Package(
    name: "mottle",
    products: [
        .executable(name: "mottle", targets: ["mottle"]),
        .library(name: "MottleKit", targets: ["MottleKit"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .target(name: "CLua", linkerSettings: [.linkedLibrary("lua5.4")]),
        .target(name: "CSIMD"),
        .target(name: "CSystem"),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CPNG", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CJPEG", providers: [.apt(["libjpeg62-turbo-dev"])]),
        .systemLibrary(name: "CSndFile", providers: [.apt(["libsndfile1-dev"])]),
        .target(name: "CPicture", dependencies: ["CPNG"], linkerSettings: [.linkedLibrary("png")]),
        .target(
            name: "CImages", dependencies: ["CPNG", "CJPEG"],
            linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg")]),

        .target(name: "LuaRuntime", dependencies: ["CLua"]),
        .target(name: "Tensors"),
        .target(name: "Workers", dependencies: ["CSystem"]),

        .target(name: "VectorKernels", dependencies: ["CSIMD"], swiftSettings: [.unsafeFlags(optimised)]),
        kernelModule("KernelsBaseline"),
        .target(
            name: "Kernels",
            dependencies: ["VectorKernels", "KernelsBaseline", "CSIMD", "Tensors"]
                + instructionSets.map { .target(name: $0.name) },
            swiftSettings: [.unsafeFlags(optimised)]),

        .target(name: "MachineCode"),
        .target(name: "Generators", dependencies: ["LuaRuntime", "Tensors", "Kernels", "MachineCode"]),
        .target(
            name: "Datasets",
            dependencies: ["CImages", "CSndFile", "CSystem", "CZlib", "Kernels", "Tensors"]),
        .target(
            name: "Pipelines",
            dependencies: [
                "CSystem", "Generators", "Datasets", "Tensors", "Kernels", "VectorKernels", "Workers",
            ]),
        .target(
            name: "Training", dependencies: ["CSystem", "Tensors", "Kernels", "VectorKernels", "Workers"]),
        .target(name: "Reports", dependencies: ["Tensors", "Kernels", "CSystem", "CPicture"]),
        .target(
            name: "Experiments",
            dependencies: [
                "CSystem", "Datasets", "Generators", "Kernels", "LuaRuntime", "Pipelines", "Reports",
                "Tensors", "Training", "VectorKernels", "Workers", "Yams",
            ]),
        .target(
            name: "MottleKit",
            dependencies: [
                "CSystem", "Datasets", "Experiments", "Generators", "Kernels", "LuaRuntime", "Pipelines",
                "Reports", "Tensors", "Training", "Workers",
            ]),
        .executableTarget(
            name: "HandwrittenNoise", dependencies: ["Kernels", "VectorKernels", "Tensors"],
            path: "Benchmarks/HandwrittenNoise"),
        .executableTarget(
            name: "Products", dependencies: ["Kernels", "VectorKernels", "Tensors", "Workers"],
            path: "Benchmarks/Products"),
        .executableTarget(
            name: "mottle",
            dependencies: [
                "Experiments", "CSystem", "Generators", "Reports", "Tensors",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
    ] + instructionSets + testTargets,
    swiftLanguageModes: [.v6]
)

/// A test target for each module that has tests, named for it.
var testTargets: [Target] {
    [
        .testTarget(name: "LuaRuntimeTests", dependencies: ["LuaRuntime"]),
        .testTarget(
            name: "KernelsTests", dependencies: ["Kernels", "VectorKernels", "Tensors", "CAllocations"]),
        .testTarget(
            name: "GeneratorsTests",
            dependencies: [
                "Generators", "HostilePlugins", "Kernels", "LuaRuntime", "MachineCode", "Tensors",
                "VectorKernels",
            ],
            exclude: ["Golden"]),
        .testTarget(name: "LibraryTests", dependencies: ["Generators", "Kernels", "LuaRuntime", "Tensors"]),
        .testTarget(
            name: "DatasetsTests", dependencies: ["Datasets", "CSndFile", "CZlib", "Kernels", "Tensors"],
            exclude: ["Golden"]),
        .testTarget(
            name: "PipelinesTests",
            dependencies: ["Pipelines", "Generators", "Datasets", "Kernels", "Tensors", "Workers"]),
        .testTarget(name: "MottleKitTests", dependencies: ["MottleKit"]),
        .target(name: "CAllocations", path: "Tests/CAllocations"),
        .target(
            name: "HostilePlugins",
            dependencies: ["Generators", "Kernels", "LuaRuntime", "Tensors", "VectorKernels"],
            path: "Tests/HostilePlugins"),
        .testTarget(name: "WorkersTests", dependencies: ["Workers", "CAllocations"]),
        .testTarget(
            name: "TrainingTests",
            dependencies: [
                "Training", "Datasets", "Kernels", "VectorKernels", "Tensors", "Workers", "CAllocations",
            ],
            exclude: ["Golden"]),
        .testTarget(name: "ReportsTests", dependencies: ["Reports", "Tensors", "CPNG"]),
        .testTarget(
            name: "ExperimentsTests",
            dependencies: [
                "Datasets", "Kernels", "Experiments", "Generators", "Reports", "Tensors", "Training",
            ]),
        .testTarget(name: "mottleTests", dependencies: ["mottle"]),
    ] + hostileRunner
}

/// Runs hostile plugins and random ones outside the test bundle, for AddressSanitizer; no part of an ordinary build.
var hostileRunner: [Target] {
    guard Context.environment["MOTTLE_HOSTILE_RUNNER"] != nil else { return [] }
    return [
        .executableTarget(
            name: "HostileRunner", dependencies: ["HostilePlugins", "LuaRuntime"], path: "Tests/HostileRunner"
        )
    ]
}
