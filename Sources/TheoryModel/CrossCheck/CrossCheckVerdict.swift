/// The verdict of the model's tasks on one ratio of base learning rates.
///
/// A task judges the ratio by its distance from its own and by its regret, the excess loss that the target
/// gains over that at its own tuned learning rate. Since nobody knows which of the model's horizons is that
/// of the user's run, a task contradicts a ratio only where all its horizons do.
public struct CrossCheckVerdict: Sendable {
  /// The verdict in one word.
  public enum Label: String, CaseIterable, Sendable {
    /// Every task agrees.
    case agrees

    /// Some do.
    case taskDependent = "task-dependent"

    /// None does.
    case disagrees

    /// No task counts: all are on the stability edge.
    case unknown
  }

  /// The judgement of one task.
  public struct Judgement: Sendable {
    /// The task.
    public let task: ModelTask

    /// The target's excess loss over the least, minus 1, over the horizons; infinite where it diverges.
    public let regrets: ClosedRange<Double>

    /// Whether the ratio is at some horizon within ×1.25 of the task's own, with a regret of at most 3 %.
    public let agrees: Bool

    /// Judges a ratio by the task's own ratio and the regret over each of one or more horizons.
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

  /// One judgement a task that counts.
  public let judgements: [Judgement]

  /// The largest regret of a task over a horizon; nil where no task counts.
  public var worstRegret: Double? { judgements.map(\.regrets.upperBound).max() }

  /// The verdict in one word.
  public var label: Label {
    if judgements.isEmpty { return .unknown }
    if judgements.allSatisfy(\.agrees) { return .agrees }
    return judgements.contains(where: \.agrees) ? .taskDependent : .disagrees
  }
}
