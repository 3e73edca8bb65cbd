import Support
import TheoryModel

/// Several horizons in a row, each stage going on from the plan followed at the one before.
public struct ExtensionChain: Sendable {
  /// The answers, one a horizon.
  public let stages: [ExtensionAnswer]

  /// The kind followed at each stage.
  public let followed: [ExtensionOption.Kind]

  /// The plan followed at each stage, which is that of the kind followed.
  public let plans: [ExtensionOption.Plan]

  /// The plan of the last stage.
  public var lastPlan: ExtensionOption.Plan { plans[plans.count - 1] }

  /// Answers a question and the same question about each later horizon.
  ///
  /// - Parameters:
  ///   - first: the question about the first horizon.
  ///   - horizons: the horizons after it, rising.
  ///   - kind: the option to follow; nil for the recommended one, which for all stages but the last is
  ///     one of the plain plans, since nothing but its past can be reused of a free form.
  ///   - progress: called after each iteration of a free form.
  /// - Throws: `InputError`, of kind `unanswerable` where the option to follow is infeasible;
  ///   `BoundError`.
  public init(
    _ first: ExtensionQuestion, then horizons: [Int] = [],
    following kind: ExtensionOption.Kind? = nil,
    progress: (Int, Double) -> Bool = { _, _ in true }
  ) throws {
    var question = first
    var stages: [ExtensionAnswer] = []
    var followed: [ExtensionOption.Kind] = []
    var plans: [ExtensionOption.Plan] = []
    for index in 0...horizons.count {
      let answer = try question.answer(progress: progress)
      let isLast = index == horizons.count
      let choice = kind ?? (isLast ? answer.recommended : answer.recommendedPlain)
      stages.append(answer)
      followed.append(choice)
      let plan: ExtensionOption.Plan
      switch answer.option(choice)?.outcome {
      case .feasible(let found): plan = found
      case .infeasible(let obstacle):
        throw InputError(
          .unanswerable, "plan '\(choice.rawValue)'", problem: "\(obstacle)",
          hint: "take another plan")
      case nil:
        throw InputError(
          problem: "the plan \(choice.rawValue) does not apply to this run",
          hint: "leave it out to see the plans that do")
      }
      plans.append(plan)
      guard !isLast else { break }
      question = try ExtensionQuestion(
        of: ExtendableRun(
          question.run, extendedBy: plan, terms: question.terms(of: plan.schedule),
          gamma: answer.gamma),
        toSteps: horizons[index], rule: question.rule)
      question.capFactor = first.capFactor
      question.criterion = first.criterion
      question.checkpointSpacing = first.checkpointSpacing
      question.wantsFreeForm = first.wantsFreeForm
    }
    self.stages = stages
    self.followed = followed
    self.plans = plans
  }

  /// Asks the solvable model about the plan that each stage follows.
  ///
  /// - Parameter tasks: the tasks to ask.
  /// - Returns: one answer a stage.
  /// - Throws: `BoundError`.
  /// - Complexity: some milliseconds a task, and a pass over each plan.
  public func crossCheck(tasks: [ModelTask] = CrossCheck.standardTasks) throws
    -> [ExtensionCrossCheck]
  {
    guard let tuned = stages.first?.question.run else { return [] }
    return try zip(stages, plans).map { stage, plan in
      ExtensionCrossCheck(
        check: CrossCheck(from: tuned.schedule, to: plan.schedule, tasks: tasks),
        boundRatio: try stage.question.terms(of: plan.schedule).optimalBaseLearningRate(
          distance: tuned.distance) / tuned.tuning.gamma,
        answerRatio: plan.gamma / stage.gamma)
    }
  }
}

/// What the solvable model says about the plan that was followed at one stage.
public struct ExtensionCrossCheck: Sendable {
  /// The run as it was tuned and the plan, tuned on every task.
  public let check: CrossCheck

  /// γ*_plan/γ*_run by the plain bound.
  public let boundRatio: Double

  /// The plan's base learning rate over that of the run: 1 where it keeps it.
  public let answerRatio: Double
}
