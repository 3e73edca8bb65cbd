import Support
import TheoryModel

/// Extensions to several horizons, each continuing the plan followed before.
public struct ExtensionChain: Sendable {
  /// The answers, one per horizon.
  public let stages: [ExtensionAnswer]

  /// The kind of plan followed at each stage.
  public let followed: [ExtensionOption.Kind]

  /// The plan followed at each stage.
  public let plans: [ExtensionOption.Plan]

  /// The plan of the last stage.
  public var lastPlan: ExtensionOption.Plan { plans[plans.count - 1] }

  /// The base learning rate for a trainer: the last plan's, to two digits if it is a re-tuned one.
  public var writtenBaseLearningRate: Double? {
    guard let rate = lastPlan.baseLearningRate else { return nil }
    switch followed[followed.count - 1] {
    case .retunedSame, .retunedLinear: return rounded(rate, digits: 2)
    default: return rate
    }
  }

  /// Answers a question, then repeats it for each later horizon, in increasing order.
  ///
  /// Each stage follows the plan of a given kind, or else the recommended one; before the last stage that
  /// is a plain plan, since a free form leaves only its past to reuse. `progress` is called after each
  /// iteration of a free form. Throws `InputError`, of kind `unanswerable` if the plan to follow is
  /// infeasible.
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
          hint: "omit it to see the plans that do")
      }
      plans.append(plan)
      guard !isLast else { break }
      question = try ExtensionQuestion(
        of: ExtendableRun(
          question.run, extendedBy: plan, terms: question.terms(of: plan.schedule),
          at: question.horizon(steps: plan.schedule.steps), gamma: answer.gamma),
        toSteps: horizons[index], rule: question.rule)
      question.batchTokens = first.batchTokens
      question.capFactor = first.capFactor
      question.criterion = first.criterion
      question.checkpointSpacing = first.checkpointSpacing
      question.wantsFreeForm = first.wantsFreeForm
    }
    self.stages = stages
    self.followed = followed
    self.plans = plans
  }

  /// Returns the solvable model's answer about each stage's plan.
  ///
  /// Throws `InputError`. Takes some milliseconds per task.
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

/// The solvable model's answer about the plan followed at one stage.
public struct ExtensionCrossCheck: Sendable {
  /// The tuned run and the plan, tuned on every task.
  public let check: CrossCheck

  /// γ*_plan/γ*_run by the plain bound.
  public let boundRatio: Double

  /// The plan's base learning rate over the run's: 1 if it keeps it.
  public let answerRatio: Double
}
