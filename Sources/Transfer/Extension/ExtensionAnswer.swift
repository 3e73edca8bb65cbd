import Schedules
import Support

/// The plans that extend a run from T1 to T2 steps.
public struct ExtensionAnswer: Sendable {
  /// The question.
  public let question: ExtensionQuestion

  /// γ at T2 in the bound's units, at which continuing plans are compared.
  public let gamma: Double

  /// The options: continuing plans, then the references.
  public let options: [ExtensionOption]

  private let worth: [ExtensionOption.Kind: Double]

  /// The sums of the schedules searched, reusable with another rule.
  let sums: PlanSums

  init(
    question: ExtensionQuestion, gamma: Double, options: [ExtensionOption], sums: PlanSums
  ) {
    self.question = question
    self.gamma = gamma
    self.options = options
    var sums = sums
    var worth: [ExtensionOption.Kind: Double] = [:]
    for option in options {
      guard let plan = option.plan else { continue }
      worth[option.kind] = question.worth(of: plan.bound, sums: &sums)
    }
    (self.worth, self.sums) = (worth, sums)
  }

  /// Returns the answer by the plain bound, without the free form; nil if the rule already is the bound.
  ///
  /// Throws `InputError`. Takes some 100 passes over T2 steps.
  public func byBound() throws -> ExtensionAnswer? {
    guard question.rule != .bound else { return nil }
    var plain = question
    plain.rule = .bound
    plain.wantsFreeForm = false
    return try plain.answer(reusing: sums)
  }

  /// Returns the option of a kind; nil if it does not apply.
  public func option(_ kind: ExtensionOption.Kind) -> ExtensionOption? {
    options.first { $0.kind == kind }
  }

  /// The recommended option among those that continue the run.
  ///
  /// It is the plain plan (including `same`) with the least bound, unless the free form is better by more
  /// than 3 %, the bound's resolution on real runs. If every gain is below 0.1 %, or T2 is hardly above
  /// T1, it is `same`.
  public var recommended: ExtensionOption.Kind {
    let plain = recommendedPlain
    guard !isBarelyLonger, let freeForm = option(.freeForm)?.plan, checkpoint(of: freeForm) > 0,
      let best = option(plain)?.plan, freeForm.bound < best.bound * (1 - Self.telling)
    else { return plain }
    return .freeForm
  }

  var recommendedPlain: ExtensionOption.Kind {
    let kinds: [ExtensionOption.Kind] = [.longerCooldown, .lowerPlateau, .rewarm, .same]
    let bounds = kinds.compactMap { kind in
      option(kind)?.plan.flatMap { checkpoint(of: $0) == 0 ? nil : (kind: kind, bound: $0.bound) }
    }
    guard let best = bounds.min(by: { $0.bound < $1.bound }) else { return .retunedLinear }
    if let same = option(.same)?.plan, checkpoint(of: same) > 0,
      isBarelyLonger || same.bound <= best.bound * (1 + Self.negligible)
    {
      return .same
    }
    return best.kind
  }

  /// The relative difference of bounds that real runs can resolve.
  private static let telling = 0.03

  private static let discarding = 0.1
  private static let negligible = 1e-3

  /// Returns 1 − Ω/Ω_same, the gain over doing nothing; nil if that has no plan.
  public func gainOverSame(_ plan: ExtensionOption.Plan) -> Double? { gain(plan, over: .same) }

  /// Returns 1 − Ω/Ω_linear, the gain over a fresh tuned linear decay.
  public func gainOverRetunedLinear(_ plan: ExtensionOption.Plan) -> Double? {
    gain(plan, over: .retunedLinear)
  }

  private func gain(_ plan: ExtensionOption.Plan, over kind: ExtensionOption.Kind) -> Double? {
    option(kind)?.plan.map { 1 - plan.bound / $0.bound }
  }

  /// Returns T/T2 − 1 for the T steps that doing nothing needs to reach a plan's bound.
  ///
  /// Nil if either plan is missing or eight times T2 is not enough.
  public func equivalentMoreSteps(_ kind: ExtensionOption.Kind) -> Double? { worth[kind] }

  /// Returns the last saved checkpoint before a plan changes anything, as a number of steps; 0 to start
  /// over.
  ///
  /// The steps from it to ``ExtensionOption/Plan/branchAtStep`` are trained again unchanged.
  public func checkpoint(of plan: ExtensionOption.Plan) -> Int {
    let spacing = question.checkpointSpacing ?? 1
    return plan.branchAtStep / spacing * spacing
  }

  /// Returns the number of steps to train from a plan's checkpoint.
  public func stepsToTrain(_ plan: ExtensionOption.Plan) -> Int {
    plan.schedule.steps - checkpoint(of: plan)
  }

  /// Caveats about the plans.
  public var diagnostics: [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    func add(_ code: String, _ message: String) {
      diagnostics.append(Diagnostic(code: code, message: message))
    }
    let run = question.run
    let lengthening = Double(question.steps) / Double(run.steps)
    if isBarelyLonger {
      let percent = ((lengthening - 1) * 1000).rounded() / 10
      add(
        "barely-longer",
        "only \(decimalText(percent)) % more steps: the plans gain only by their cooldowns, where the optimum can hide a jump of the learning rate; doing nothing (same) is enough"
      )
    }
    let floor = run.cooldown.end
    if let plateau = option(.lowerPlateau)?.plan?.plateau, plateau < floor {
      add(
        "plateau-below-floor",
        "the lower plateau, \(decimalText((plateau * 1e4).rounded() / 1e4)) of the peak, is below the floor of \(decimalText(floor)), so there is no cooldown"
      )
    }
    if run.planned?.isExact == false {
      add(
        "cooldown-shape",
        "the cooldown of \(run.name) matches no decay of the grammar; new cooldowns are linear")
    }
    if let spacing = question.checkpointSpacing,
      let first = options.compactMap(\.plan).first(where: {
        !$0.startsOver && checkpoint(of: $0) == 0
      })
    {
      add(
        "no-checkpoint",
        "a plan branches at step \(first.branchAtStep), before the first checkpoint at step \(spacing); it would have to start over"
      )
    }
    let kind = recommended
    let reusable = run.reusableSteps
    if let plan = option(kind)?.plan, !plan.startsOver,
      Double(reusable - plan.branchAtStep) > Self.discarding * Double(reusable)
    {
      add(
        "discards-steps",
        "\(kind.rawValue) branches at step \(plan.branchAtStep): \(reusable - plan.branchAtStep) of the \(reusable) steps that could be kept are trained again"
      )
    }
    let (short, long) = (run.tuning.horizon, question.horizon(steps: question.steps))
    let ratio = question.rule.horizonRatio(from: short, to: long)
    if ratio > 1.02 {
      add(
        "wants-higher-lr",
        "with this batch the longer run wants \(significant(ratio, 3)) times the learning rate, which only the re-tuned plans have"
      )
    }
    diagnostics += question.rule.horizonCaveats(from: short, to: long)
    return diagnostics
  }

  /// Whether T2 is less than 5 % above T1: the optimum can then hide a learning-rate jump in the
  /// cooldown.
  private var isBarelyLonger: Bool {
    Double(question.steps) < 1.05 * Double(question.run.steps)
  }
}
