import ArgumentParser
import Schedules
import Support

/// The length of one run, in steps or in tokens, and its batch.
struct RunLengthOptions: ParsableArguments {
  @Option("Number of optimiser steps, T.", "t", transform: Arguments.steps)
  var steps: Int?

  @Option(
    "The same in tokens, D; with --batch-tokens they give the steps.", "n",
    transform: Arguments.tokens)
  var tokens: Int?

  @Option(
    "Tokens in an optimiser step, B: 0.5M, 524288 or 256x2048 (sequences x length).", "n",
    transform: Arguments.batch)
  var batchTokens: Int?

  /// The length, in the batch of another end where no own one is given.
  func read(batchOfOther: Int? = nil) throws -> RunLength {
    try Self.length(
      steps: steps, tokens: tokens, batchTokens: batchTokens ?? batchOfOther, option: "--tokens")
  }

  /// The length where only lengths in tokens depend on the batch: steps, or tokens with their batch.
  func read(for schedule: ScheduleArgument) throws -> RunLength {
    if case .inTokens = schedule { return try read() }
    if steps != nil, tokens == nil, batchTokens != nil {
      throw InputError.usage("--batch-tokens: --steps gives the length", "leave one of them out")
    }
    try refuseTwoLengths()
    if tokens == nil, batchTokens != nil {
      throw InputError.usage("--batch-tokens goes with --tokens here", "add it")
    }
    return try read()
  }

  /// The length of a run whose configuration may state its batch, which --batch-tokens must not contradict.
  func read(statedBatch: Int?) throws -> RunLength {
    try refuseTwoLengths()
    if let statedBatch, let batchTokens, statedBatch != batchTokens {
      throw InputError.usage(
        "--batch-tokens: the configuration says \(grouped(statedBatch)), not \(grouped(batchTokens))",
        "leave it out")
    }
    return try Self.length(
      steps: steps, tokens: tokens, batchTokens: statedBatch ?? batchTokens, option: "--tokens")
  }

  private func refuseTwoLengths() throws {
    guard steps == nil || tokens == nil else {
      throw InputError.usage("--tokens: --steps gives the length", "leave one of them out")
    }
  }

  /// A length; the error names the option of its tokens.
  static func length(
    steps: Int?, tokens: Int?, batchTokens: Int?, option: String
  ) throws -> RunLength {
    do {
      return try RunLength(steps: steps, tokens: tokens, batchTokens: batchTokens)
    } catch {
      throw InputError.usage("\(option): \(error.problem)", error.hint)
    }
  }

  /// The length of a run that is compared with another.
  ///
  /// Where it is not given it has the other's steps, or at another batch its tokens.
  static func length(
    steps: Int?, tokens: Int?, batchTokens: Int?, beside other: RunLength, option: String
  ) throws -> RunLength {
    let batch = batchTokens ?? other.batchTokens
    let isOpen = steps == nil && tokens == nil
    let hasOtherBatch = other.batchTokens != nil && batch != other.batchTokens
    return try length(
      steps: isOpen && !hasOtherBatch ? other.steps : steps,
      tokens: isOpen && hasOtherBatch ? other.tokens : tokens, batchTokens: batch, option: option)
  }
}

/// The length of a transfer's target and its batch, where they are not the source's.
struct TargetLengthOptions: ParsableArguments {
  @Option(
    "Number of steps of the target; the source's without it.", "t", transform: Arguments.steps)
  var toSteps: Int?

  @Option("The same in tokens.", "n", transform: Arguments.tokens)
  var toTokens: Int?

  @Option(
    "Tokens in a step of the target; the source's without it.", "n", transform: Arguments.batch)
  var toBatchTokens: Int?

  /// Whether the target's length is that of the source.
  var isOpen: Bool { toSteps == nil && toTokens == nil }

  /// The target's length beside the source's.
  func read(beside source: RunLength) throws -> RunLength {
    try RunLengthOptions.length(
      steps: toSteps, tokens: toTokens, batchTokens: toBatchTokens, beside: source,
      option: toTokens == nil ? "--to-batch-tokens" : "--to-tokens")
  }
}

/// The length of the run that a base learning rate was tuned for, where it is not the planned one's.
struct TunedLengthOptions: ParsableArguments {
  @Option(
    "The number of steps it was tuned for; the planned one without it.", "t",
    transform: Arguments.steps)
  var tunedSteps: Int?

  @Option("The same in tokens.", "n", transform: Arguments.tokens)
  var tunedTokens: Int?

  @Option(
    "Tokens in a step that it was tuned for; the planned ones without it.", "n",
    transform: Arguments.batch)
  var tunedBatchTokens: Int?

  /// The tuned run's length beside the plan's.
  func read(beside plan: RunLength) throws -> RunLength {
    try RunLengthOptions.length(
      steps: tunedSteps, tokens: tunedTokens, batchTokens: tunedBatchTokens, beside: plan,
      option: tunedTokens == nil ? "--tuned-batch-tokens" : "--tuned-tokens")
  }

  /// The first option that is given.
  var given: String? {
    tunedSteps != nil
      ? "--tuned-steps"
      : tunedTokens != nil
        ? "--tuned-tokens" : tunedBatchTokens != nil ? "--tuned-batch-tokens" : nil
  }
}
