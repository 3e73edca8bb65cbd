import ArgumentParser
import Support

/// The horizons of a run that goes on, in steps or in tokens.
struct HorizonOptions: ParsableArguments {
  @Option(
    "Number of optimiser steps that the run was tuned for.", "t", transform: Arguments.steps)
  var steps: Int?

  @Option(
    "Number of steps to go on to; several, separated by commas, make a chain.", "t,…",
    transform: { text in
      // Here commas separate horizons, also where they look as if they grouped digits.
      let entries = text.split(separator: ",")
      if entries.dropFirst().contains(where: { $0.count == 3 && $0.first == "0" }) {
        throw InputError(
          problem: "commas separate horizons here",
          hint:
            "write \(printable(entries.joined())) or \(printable(entries.joined(separator: "_")))"
        )
      }
      return try Arguments.list(of: Arguments.steps)(text)
    })
  var toSteps: [Int]?

  @Option("The same in tokens, with --batch-tokens.", "n", transform: Arguments.tokens)
  var tokens: Int?

  @Option(
    "The same in tokens, with --batch-tokens.", "n,…",
    transform: Arguments.list(of: Arguments.tokens))
  var toTokens: [Int]?

  @Option(
    "Tokens in a batch, that is in an optimiser step.", "n", transform: Arguments.tokens)
  var batchTokens: Int?

  func validate() throws {
    if steps != nil, tokens != nil {
      throw InputError.usage("--steps and --tokens say the same", "give one of them")
    }
    if toSteps != nil, toTokens != nil {
      throw InputError.usage("--to-steps and --to-tokens say the same", "give one of them")
    }
    if toSteps == nil, toTokens == nil {
      throw InputError.usage("the number of steps to go on to is not known", "add --to-steps")
    }
    if batchTokens == nil, tokens != nil || toTokens != nil {
      throw InputError.usage(
        "--tokens and --to-tokens need the size of a batch", "add --batch-tokens")
    }
    if batchTokens != nil, tokens == nil, toTokens == nil {
      throw InputError.usage(
        "--batch-tokens goes with --tokens and --to-tokens", "leave it out for steps")
    }
    _ = try from
    let horizons = try to
    for (shorter, longer) in zip(horizons, horizons.dropFirst()) where longer <= shorter {
      throw InputError.usage(
        "\(toOption): \(longer) steps follow \(shorter)", "give horizons that rise")
    }
  }

  /// The option that names the horizons to go on to.
  var toOption: String { toSteps == nil ? "--to-tokens" : "--to-steps" }

  /// T1; nil where a file brings its own.
  var from: Int? {
    get throws { try steps ?? tokens.map { try wholeSteps($0, "--tokens") } }
  }

  /// The horizons to go on to.
  var to: [Int] {
    get throws { try toSteps ?? (toTokens ?? []).map { try wholeSteps($0, "--to-tokens") } }
  }

  /// The steps that a number of tokens makes, which must be whole batches.
  private func wholeSteps(_ tokens: Int, _ option: String) throws -> Int {
    let batch = batchTokens ?? 1
    guard tokens % batch == 0 else {
      let whole = tokens / batch
      let near = whole > 0 ? "\(whole * batch) or \((whole + 1) * batch)" : "\(batch)"
      throw InputError.usage(
        "\(option) '\(tokens)': not a whole number of batches of \(batch) tokens", "give \(near)")
    }
    do {
      return try Arguments.steps("\(tokens / batch)")
    } catch let error as InputError {
      throw InputError.usage("\(option) '\(tokens)': \(error.problem)", error.hint)
    }
  }
}
