import Support

/// The length of a run and its batch as they were given: in steps or in tokens.
///
/// Of steps, tokens and batch two give the third. Tokens that are not whole steps are rounded up to a step.
public struct RunLength: Equatable, Sendable {
  /// T, the number of optimiser steps; nil if nothing says it.
  public let steps: Int?

  /// B, the tokens in a step; nil if unknown.
  public let batchTokens: Int?

  /// The tokens added to those given, to fill the last step.
  let addedTokens: Int

  /// D, the tokens of all steps; nil without a batch.
  public var tokens: Int? {
    guard let steps, let batchTokens else { return nil }
    let (product, overflows) = steps.multipliedReportingOverflow(by: batchTokens)
    return overflows ? nil : product
  }

  private static let mostTokens = 1e18

  /// The length of a run.
  public init(of run: TrainingRun) {
    (steps, batchTokens, addedTokens) = (run.steps, run.batchTokens, 0)
  }

  /// Takes what is known, each positive.
  ///
  /// Throws `InputError` if the three contradict each other, if tokens come without steps and batch, or if
  /// the steps are more than ``ScheduleSpec/mostSteps`` or the tokens more than 10¹⁸.
  public init(steps: Int? = nil, tokens: Int? = nil, batchTokens: Int? = nil) throws(InputError) {
    guard let tokens else {
      if let steps, let batchTokens, Double(steps) * Double(batchTokens) > Self.mostTokens {
        throw InputError(
          problem: "\(grouped(steps)) steps of \(grouped(batchTokens)) tokens are more than 1e18",
          hint: "give a smaller batch")
      }
      (self.steps, self.batchTokens, addedTokens) = (steps, batchTokens, 0)
      return
    }
    func failure(_ problem: String, _ hint: String) -> InputError {
      InputError(problem: "\(grouped(tokens)) tokens: \(problem)", hint: hint)
    }
    guard Double(tokens) <= Self.mostTokens else {
      throw failure("they are more than 1e18", "give fewer")
    }
    guard let batch = batchTokens ?? steps.map({ Self.parts(of: tokens, $0) }) else {
      throw failure("their number of steps depends on the batch", "give the tokens in a step")
    }
    guard batch <= tokens else {
      throw failure("a batch of \(grouped(batch)) is more than the whole run", "give a smaller one")
    }
    let count = Self.parts(of: tokens, batch)
    if let steps, steps != count {
      throw failure(
        "with \(grouped(batch)) a step they are \(grouped(count)) steps, not \(grouped(steps))",
        "give two of steps, tokens and batch")
    }
    guard count <= ScheduleSpec.mostSteps else {
      throw failure("they are \(grouped(count)) steps, and 1e9 are the most", "give fewer")
    }
    (self.steps, self.batchTokens, addedTokens) = (count, batch, count * batch - tokens)
  }

  /// The rounding up to whole steps, in one sentence; empty if there was none.
  public var assumptions: [String] {
    guard addedTokens > 0, let steps, let batchTokens, let tokens else { return [] }
    return [
      "\(grouped(tokens - addedTokens)) tokens are rounded up to \(grouped(steps)) steps of \(grouped(batchTokens))"
    ]
  }

  /// How many parts of a size make a whole, the last one perhaps smaller.
  private static func parts(of whole: Int, _ size: Int) -> Int {
    whole / size + (whole % size == 0 ? 0 : 1)
  }
}
