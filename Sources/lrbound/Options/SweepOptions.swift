import ArgumentParser
import Runs

/// How the runs of a sweep are read, shared by the commands that take one.
struct SweepOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Standard deviation of a run's final loss, in nats; from replicates, or 0.0011.",
      valueName: "sd"))
  var noise: String?

  @OptionGroup var reading: LogOptionGroup

  /// Reads tables, logs and folders as one sweep.
  func read(_ paths: [String], known: RunSettings = RunSettings()) throws -> TunedSweep {
    try TunedSweep(paths: paths, noise: noise, known: known, options: reading.parsed())
  }

  /// The options that are given and say nothing of a log's learning rates.
  var givenForRuns: [String] {
    (noise == nil ? [] : ["--noise"])
      + reading.given.filter { !["--format", "--step-col", "--lr-col"].contains($0) }
  }

  /// Refuses the options where there is no sweep that they could describe.
  func refuse(unless hasSweep: Bool) throws(UsageError) {
    guard !hasSweep, let option = ((noise == nil ? [] : ["--noise"]) + reading.given).first else {
      return
    }
    throw UsageError("\(option) describes a sweep, and there is none; add one, or leave it out")
  }
}
