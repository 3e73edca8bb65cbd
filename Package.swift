// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "lrbound",
  products: [
    .executable(name: "lrbound", targets: ["lrbound"]),
    .library(
      name: "LRBound",
      targets: [
        "Support", "Schedules", "Bound", "TheoryModel", "Tuning", "Runs", "Transfer",
        "Search", "Charts",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .target(name: "Support"),
    .target(name: "Numerics"),
    .target(name: "Schedules", dependencies: ["Support", "Numerics"]),
    .target(name: "Bound", dependencies: ["Schedules", "Numerics", "Support"]),
    .target(name: "TheoryModel", dependencies: ["Schedules", "Numerics", "Support"]),
    .target(name: "Tuning", dependencies: ["Bound", "Schedules", "Numerics", "Support"]),
    .target(name: "Runs", dependencies: ["Schedules", "Numerics", "Support"]),
    .target(
      name: "Transfer",
      dependencies: ["TheoryModel", "Runs", "Tuning", "Bound", "Schedules", "Numerics", "Support"]),
    .target(
      name: "Search",
      dependencies: ["Tuning", "TheoryModel", "Bound", "Schedules", "Numerics", "Support"],
      exclude: ["Problems/Data/export-breast-cancer.py"],
      resources: [
        .embedInCode("Problems/Data/breast-cancer.csv"),
        .embedInCode("Cluster/Scripts/run-trial.sh"),
      ]),
    .target(name: "Charts"),
    .executableTarget(
      name: "lrbound",
      dependencies: [
        "Charts", "Transfer", "Runs", "Tuning", "Search", "TheoryModel", "Bound", "Schedules",
        "Numerics", "Support", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "Charts", "Runs", "Tuning", "Search", "TheoryModel", "Bound", "Schedules", "Numerics",
        "Support",
      ]),
    .target(
      name: "TestSupport", dependencies: ["Numerics"], path: "Tests/TestSupport",
      resources: [.copy("Fixtures")]),
    .testTarget(name: "NumericsTests", dependencies: ["Numerics", "TestSupport"]),
    .testTarget(
      name: "SchedulesTests", dependencies: ["TestSupport", "Schedules", "Numerics", "Support"]),
    .testTarget(
      name: "BoundTests",
      dependencies: ["TestSupport", "Bound", "Schedules", "Numerics", "Support"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "TheoryModelTests",
      dependencies: ["TestSupport", "TheoryModel", "Schedules", "Numerics", "Support"]),
    .testTarget(
      name: "TuningTests",
      dependencies: ["TestSupport", "Tuning", "Bound", "Schedules", "Numerics", "Support"]),
    .testTarget(
      name: "SearchTests",
      dependencies: [
        "TestSupport", "Search", "Tuning", "TheoryModel", "Bound", "Schedules", "Numerics",
        "Support",
      ]),
    .testTarget(
      name: "RunsTests",
      dependencies: ["TestSupport", "Runs", "Schedules", "Numerics", "Support"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "TransferTests",
      dependencies: [
        "TestSupport", "Transfer", "TheoryModel", "Runs", "Bound", "Schedules", "Support",
      ]),
    .testTarget(
      name: "ChartsTests", dependencies: ["TestSupport", "Charts"], exclude: ["Goldens"]),
    .testTarget(
      name: "CommandLineTests", dependencies: ["TestSupport", "lrbound"], exclude: ["Goldens"]),
  ],
  swiftLanguageModes: [.v6]
)
