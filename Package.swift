// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "lrbound",
  products: [
    .executable(name: "lrbound", targets: ["lrbound"]),
    .library(
      name: "LRBound", targets: ["Schedules", "Bound", "Tuning", "Runs", "Transfer", "TheoryModel"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .target(name: "Numerics"),
    .target(name: "Schedules", dependencies: ["Numerics"]),
    .target(name: "Bound", dependencies: ["Schedules", "Numerics"]),
    .target(name: "Tuning", dependencies: ["Bound", "Schedules", "Numerics"]),
    .target(name: "Runs", dependencies: ["Bound", "Schedules", "Numerics"]),
    .target(name: "TheoryModel", dependencies: ["Schedules", "Numerics"]),
    .target(
      name: "Transfer",
      dependencies: ["TheoryModel", "Runs", "Tuning", "Bound", "Schedules", "Numerics"]),
    .executableTarget(
      name: "lrbound",
      dependencies: [
        "Transfer", "TheoryModel", "Runs", "Tuning", "Bound", "Schedules", "Numerics",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "Benchmarks",
      dependencies: ["TheoryModel", "Runs", "Tuning", "Bound", "Schedules", "Numerics"]),
    .target(name: "TestSupport", dependencies: ["Numerics"], path: "Tests/TestSupport"),
    .testTarget(name: "NumericsTests", dependencies: ["Numerics", "TestSupport"]),
    .testTarget(name: "SchedulesTests", dependencies: ["TestSupport", "Schedules", "Numerics"]),
    .testTarget(
      name: "BoundTests", dependencies: ["TestSupport", "Bound", "Schedules", "Numerics"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "TuningTests", dependencies: ["TestSupport", "Tuning", "Bound", "Schedules"]),
    .testTarget(
      name: "TheoryModelTests",
      dependencies: ["TestSupport", "TheoryModel", "Schedules", "Numerics"]
    ),
    .testTarget(
      name: "RunsTests", dependencies: ["TestSupport", "Runs", "Bound", "Schedules", "Numerics"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "TransferTests",
      dependencies: ["TestSupport", "Transfer", "TheoryModel", "Runs", "Bound", "Schedules"]),
    .testTarget(
      name: "CommandLineTests", dependencies: ["TestSupport", "lrbound"], exclude: ["Goldens"]),
  ],
  swiftLanguageModes: [.v6]
)
