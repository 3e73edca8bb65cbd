import ArgumentParser
import Schedules
import Support

/// The horizons of a run that goes on, in steps or in tokens.
struct HorizonOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Number of optimiser steps that the run was tuned for.", valueName: "t"))
  var steps: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Number of steps to go on to; several, separated by commas, make a chain.", valueName: "t,…"))
  var toSteps: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The same in tokens, with --batch-tokens.", valueName: "n"))
  var tokens: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The same in tokens, with --batch-tokens.", valueName: "n,…"))
  var toTokens: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Tokens in a batch, that is in an optimiser step.", valueName: "n"))
  var batchTokens: String?

  /// T1 (nil where a file brings its own) and the horizons to go on to.
  func parsed() throws -> (from: Int?, to: [Int]) {
    if steps != nil, tokens != nil {
      throw UsageError("--steps and --tokens say the same; give one of them")
    }
    if toSteps != nil, toTokens != nil {
      throw UsageError("--to-steps and --to-tokens say the same; give one of them")
    }
    let batch = try batchTokens.map { try Arguments.tokens($0, "--batch-tokens") }
    if batch == nil, tokens != nil || toTokens != nil {
      throw UsageError("--tokens and --to-tokens need the size of a batch; add --batch-tokens")
    }
    if batch != nil, tokens == nil, toTokens == nil {
      throw UsageError("--batch-tokens goes with --tokens and --to-tokens; leave it out for steps")
    }
    let from: Int?
    if let tokens, let batch {
      from = try Arguments.steps(tokens: tokens, "--tokens", batch: batch)
    } else {
      from = try steps.map { try Arguments.steps($0, "--steps") }
    }
    let to: [Int]
    if let toTokens, let batch {
      to = try Arguments.list(toTokens, "--to-tokens").map {
        try Arguments.steps(tokens: $0, "--to-tokens", batch: batch)
      }
    } else if let toSteps {
      // Here commas separate horizons, also where they look as if they grouped digits.
      let entries = try Arguments.list(toSteps, "--to-steps")
      if entries.dropFirst().contains(where: { $0.count == 3 && $0.first == "0" }) {
        let joined = entries.joined()
        throw UsageError(
          "--to-steps '\(printable(toSteps))': commas separate horizons here; write \(printable(joined)) or \(printable(entries.joined(separator: "_")))"
        )
      }
      to = try Arguments.list(toSteps, "--to-steps").map { try Arguments.steps($0, "--to-steps") }
    } else {
      throw UsageError("the number of steps to go on to is not known; add --to-steps")
    }
    for (shorter, longer) in zip(to, to.dropFirst()) where longer <= shorter {
      throw UsageError(
        "\(toSteps == nil ? "--to-tokens" : "--to-steps"): \(longer) steps follow \(shorter); give horizons that rise"
      )
    }
    return (from, to)
  }
}
