/// The verdict of the model's tasks on a ratio of base learning rates.
///
/// A task judges a ratio by its distance from the task's own and by its regret, the target's excess loss
/// above that at its own tuned learning rate. Since the horizon that matches the user's run is unknown, a
/// task contradicts a ratio only if all its horizons do.
public struct CrossCheckVerdict: Sendable {
  /// The verdict in one word.
  public enum Label: String, CaseIterable, Sendable {
    /// Every task agrees.
    case agrees

    /// Some tasks agree.
    case taskDependent = "task-dependent"

    /// No task agrees.
    case disagrees

    /// No task counts: all are at the stability edge.
    case unknown
  }

  /// The judgement of one task.
  public struct Judgement: Sendable {
    /// The task.
    public let task: ModelTask

    /// The range over horizons of the target's excess loss relative to its minimum, minus 1; infinite if it
    /// diverges.
    public let regrets: ClosedRange<Double>

    /// Whether at some horizon the ratio is within ×1.25 of the task's own and its regret at most 3 %.
    public let agrees: Bool

    /// Judges a ratio from the task's own ratio and the regret at one or more horizons.
    init(task: ModelTask, ratio: Double, horizons: [(ratio: Double, regret: Double)]) {
      self.task = task
      regrets = horizons.dropFirst().reduce(horizons[0].regret...horizons[0].regret) {
        min($0.lowerBound, $1.regret)...max($0.upperBound, $1.regret)
      }
      agrees = horizons.contains { own, regret in
        ratio <= Self.closeRatio * own && own <= Self.closeRatio * ratio
          && regret <= Self.smallRegret
      }
    }

    private static let closeRatio = 1.25
    private static let smallRegret = 0.03
  }

  /// The ratio that was judged.
  public let ratio: Double

  /// One judgement per task that counts.
  public let judgements: [Judgement]

  /// The largest regret of any task and horizon; nil if no task counts.
  public var worstRegret: Double? { judgements.map(\.regrets.upperBound).max() }

  /// The verdict in one word.
  public var label: Label {
    if judgements.isEmpty { return .unknown }
    if judgements.allSatisfy(\.agrees) { return .agrees }
    return judgements.contains(where: \.agrees) ? .taskDependent : .disagrees
  }
}
