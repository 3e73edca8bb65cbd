import Schedules
import TheoryModel

/// What the solvable model says about the plan that was followed at one stage.
public struct ExtensionCrossCheck: Sendable {
  /// The run as it was tuned and the plan, tuned on every task.
  public let check: CrossCheck

  /// γ*_plan/γ*_run by the plain bound.
  public let boundRatio: Double

  /// The plan's base learning rate over that of the run: 1 where it keeps it.
  public let answerRatio: Double
}

extension ExtensionChain {
  /// Asks the solvable model about the plan that each stage follows.
  ///
  /// - Parameter tasks: the tasks to ask.
  /// - Returns: one answer a stage; nil for a stage whose plan is not feasible.
  /// - Throws: `BoundError`.
  /// - Complexity: some milliseconds a task, and a pass over each plan.
  public func crossCheck(tasks: [CrossCheckTask] = CrossCheckTask.standard) throws
    -> [ExtensionCrossCheck?]
  {
    guard let tuned = stages.first?.question.run else { return [] }
    return try zip(stages, followed).map { stage, kind in
      guard let plan = stage.option(kind)?.plan else { return nil }
      return ExtensionCrossCheck(
        check: CrossCheck(from: tuned.schedule, to: plan.schedule, tasks: tasks),
        boundRatio: try stage.question.tunedGamma(of: plan.schedule) / tuned.tuning.gamma,
        answerRatio: plan.gamma / stage.gamma)
    }
  }
}
