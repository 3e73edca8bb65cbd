/// What the model's tasks say about one ratio of base learning rates.
///
/// It is judged by regret: by what the target's excess loss gains in each task over that at its own
/// tuned learning rate. A ratio that is off may cost nothing, where the optimum is flat.
public struct CrossCheckVerdict: Sendable {
  /// The verdict in one word.
  public enum Label: String, Sendable {
    /// Every task agrees.
    case agrees

    /// Some do.
    case taskDependent = "task-dependent"

    /// None does.
    case disagrees

    /// There is no task that counts: all are on the stability edge.
    case unknown
  }

  /// What one task says.
  public struct Judgement: Sendable {
    /// The task.
    public let task: CrossCheckTask

    /// The target's excess loss over the least, minus 1; infinite where it diverges.
    public let regret: Double

    /// Whether the ratio is within ×1.25 of the task's own, and its regret at most 3 %.
    public let agrees: Bool

    init(task: CrossCheckTask, modelRatio: Double, ratio: Double, regret: Double) {
      self.task = task
      self.regret = regret
      agrees =
        ratio <= Self.closeRatio * modelRatio && modelRatio <= Self.closeRatio * ratio
        && regret <= Self.smallRegret
    }

    private static let closeRatio = 1.25
    private static let smallRegret = 0.03
  }

  /// The ratio that was judged.
  public let ratio: Double

  /// One judgement a task that counts.
  public let judgements: [Judgement]

  /// The largest regret of a task; nil where there is no task that counts.
  public var worstRegret: Double? { judgements.map(\.regret).max() }

  /// The verdict in one word.
  public var label: Label {
    if judgements.isEmpty { return .unknown }
    if judgements.allSatisfy(\.agrees) { return .agrees }
    return judgements.contains(where: \.agrees) ? .taskDependent : .disagrees
  }
}
