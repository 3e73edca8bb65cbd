import Runs

/// Several horizons in a row, each stage going on from the plan chosen for the one before, in the manner
/// of a schedule without end.
public struct ExtensionChain: Sendable {
  /// The answers, one a horizon.
  public let stages: [ExtensionAnswer]

  /// The kind followed at each stage.
  public let followed: [ExtensionOption.Kind]

  /// The plan of the last stage.
  public var lastPlan: ExtensionOption.Plan? {
    guard let stage = stages.last, let kind = followed.last else { return nil }
    return stage.option(kind)?.plan
  }

  /// Answers one question after the other.
  ///
  /// - Parameters:
  ///   - first: the question about the first horizon.
  ///   - horizons: the horizons after it, rising.
  ///   - kind: the option to follow; nil for the recommended one, which for all stages but the last is
  ///     one of the plain plans, since nothing but its past can be reused of a free form.
  ///   - progress: called after each iteration of a free form.
  /// - Throws: ``ExtensionError``, `BoundError`; ``ExtensionObstacle`` where the option to follow is
  ///   infeasible.
  public init(
    _ first: ExtensionQuestion, then horizons: [Int] = [],
    following kind: ExtensionOption.Kind? = nil,
    progress: (Int, Double) -> Bool = { _, _ in true }
  ) throws {
    var question = first
    var stages: [ExtensionAnswer] = []
    var followed: [ExtensionOption.Kind] = []
    for index in 0...horizons.count {
      let answer = try question.answer(progress: progress)
      let isLast = index == horizons.count
      let choice = kind ?? (isLast ? answer.recommended : answer.recommendedPlain)
      stages.append(answer)
      followed.append(choice)
      guard let option = answer.option(choice) else {
        throw ExtensionError.noSuchOption(choice.rawValue)
      }
      let plan = try option.result.get()
      guard !isLast else { break }
      question = try ExtensionQuestion(
        of: ExtendableRun(
          question.run, extendedBy: plan, terms: question.terms(of: plan.schedule),
          gamma: answer.gamma),
        toSteps: horizons[index],
        rule: question.rule, gradientNorm: question.gradientNorm, distance: question.distance)
      question.capFactor = first.capFactor
      question.criterion = first.criterion
      question.checkpointSpacing = first.checkpointSpacing
      question.wantsFreeForm = first.wantsFreeForm
    }
    self.stages = stages
    self.followed = followed
  }
}
