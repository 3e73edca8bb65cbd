import ArgumentParser
import Schedules
import Support

/// The horizons of a run that goes on, in steps or in tokens.
struct HorizonOptions: ParsableArguments {
  @OptionGroup var length: RunLengthOptions

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

  @Option(
    "The same in tokens, with --batch-tokens.", "n,…",
    transform: Arguments.list(of: Arguments.tokens))
  var toTokens: [Int]?

  @Option(
    "Tokens in a step of the longer run; those of the run so far without it.", "n",
    transform: Arguments.batch)
  var toBatchTokens: Int?

  func validate() throws {
    if toSteps != nil, toTokens != nil {
      throw InputError.usage("--to-steps and --to-tokens say the same", "give one of them")
    }
    if toSteps == nil, toTokens == nil {
      throw InputError.usage("the number of steps to go on to is not known", "add --to-steps")
    }
    if toTokens != nil, toBatchTokens != nil {
      throw InputError.usage(
        "--to-tokens: with --to-batch-tokens the steps depend on where the batch changes",
        "give --to-steps")
    }
    if toBatchTokens != nil, length.batchTokens == nil {
      throw InputError.usage("--to-batch-tokens needs the batch so far", "add --batch-tokens")
    }
    _ = try from
    let horizons = try to.compactMap(\.steps)
    for (shorter, longer) in zip(horizons, horizons.dropFirst()) where longer <= shorter {
      throw InputError.usage(
        "\(toOption): \(longer) steps follow \(shorter)", "give horizons that rise")
    }
  }

  /// The option that names the horizons to go on to.
  var toOption: String { toSteps == nil ? "--to-tokens" : "--to-steps" }

  /// T1, which a file brings itself, and the batch.
  var from: RunLength { get throws { try length.read() } }

  /// The horizons to go on to.
  var to: [RunLength] {
    get throws {
      try (toSteps ?? []).map { try horizon(steps: $0, tokens: nil) }
        + (toTokens ?? []).map { try horizon(steps: nil, tokens: $0) }
    }
  }

  private func horizon(steps: Int?, tokens: Int?) throws -> RunLength {
    try RunLengthOptions.length(
      steps: steps, tokens: tokens, batchTokens: toBatchTokens ?? length.batchTokens,
      option: toOption)
  }
}
