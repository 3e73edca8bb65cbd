import Glibc
import Support

/// A transfer's answer in one plain sentence: what to use, what else to try, how sure that is and why.
public struct TransferAdvice: Equatable, Sendable {
  /// How sure an answer is, by the standard deviation σ of ln γ.
  public enum Confidence: String, CaseIterable, Sendable {
    /// σ up to 0.15: within a factor of 1.35.
    case high

    /// σ up to 0.35: within a factor of 2.
    case medium

    /// Beyond.
    case low

    init(deviation: Double) {
      self = deviation <= 0.15 ? .high : deviation <= 0.35 ? .medium : .low
    }
  }

  /// The base learning rate, rounded to the digits that its interval warrants.
  public let baseLearningRate: Double

  /// The learning rates of three runs, of which the best is expected to lose least.
  public let threeRuns: [Double]

  /// How sure the answer is.
  public let confidence: Confidence

  /// Why, in a few words.
  public let reason: String

  /// The advice in one sentence or two.
  public let sentence: String

  /// The distance of the outer of three runs in standard deviations: the three points that represent a
  /// normal distribution with the least mean square error (Lloyd and Max).
  private static let outerRuns = 1.224

  /// Advises on an answer; nil if its base learning rate is unknown.
  init?(on answer: TransferAnswer) {
    guard let rate = answer.to.baseLearningRate else { return nil }
    let total = answer.uncertainty.total
    let three = [
      rate * exp(-Self.outerRuns * total.below), rate, rate * exp(Self.outerRuns * total.above),
    ]
    // Two digits are off by 5 % at most; a rate that is not carried anywhere stays as it is.
    let texts = three.map {
      answer.ratio == 1 ? significant($0, 4) : scientific($0, total.below < 0.05 ? 3 : 2)
    }
    let rounded = zip(texts, three).map { Double($0) ?? $1 }
    (baseLearningRate, threeRuns) = (rounded[1], rounded)
    confidence = Confidence(deviation: max(total.below, total.above))
    reason = answer.changes
    sentence =
      "Use \(texts[1]). If you can afford three runs: \(texts.joined(separator: ", ")). "
      + "Confidence: \(confidence.rawValue): \(reason)."
  }
}

extension TransferAnswer {
  /// The answer in one plain sentence; nil if the source's base learning rate is unknown.
  public var advice: TransferAdvice? { TransferAdvice(on: self) }

  /// What changes between the runs and what else makes the answer unsure, in a few words.
  fileprivate var changes: String {
    let (source, target) = (from.run.horizon, to.run.horizon)
    var aspects = [
      ("schedule", uncertainty.shape > 0),
      ("horizon", source.tokens ?? Double(source.steps) != target.tokens ?? Double(target.steps)),
    ]
    if source.batchTokens != nil {
      aspects.append(("batch", source.batchTokens != target.batchTokens))
    }
    let changed = aspects.filter(\.1).map(\.0)
    let same = aspects.filter { !$0.1 }.map(\.0)
    var clauses = [
      changed.isEmpty
        ? "nothing changes"
        : list(changed) + (changed.count == 1 ? " changes" : " change")
          + (same.isEmpty ? "" : ", \(list(same)) \(same.count == 1 ? "does" : "do") not")
    ]
    if source.batchTokens == nil, uncertainty.horizon > 0 { clauses.append("the batch is unknown") }
    if uncertainty.ends > 0 { clauses.append("a run ends at a high learning rate") }
    if uncertainty.source.below > 0.4 { clauses.append("the source is no run of yours") }
    return clauses.joined(separator: "; ")
  }

  private func list(_ names: [String]) -> String {
    guard names.count > 1 else { return "the " + names.joined() }
    return "the " + names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
  }
}
