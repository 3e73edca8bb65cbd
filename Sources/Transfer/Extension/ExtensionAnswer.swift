import Schedules
import Support

/// The ways to go on from T1 to T2 steps, side by side.
public struct ExtensionAnswer: Sendable {
  /// What was asked.
  public let question: ExtensionQuestion

  /// γ at T2 in the bound's units, at which every plan that goes on is judged.
  public let gamma: Double

  /// The options, plans that go on first, then the references.
  public let options: [ExtensionOption]

  private let worth: [ExtensionOption.Kind: Double]

  /// The sums of the schedules that were searched, which serve another rule as well.
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

  /// The answer to the same question by the plain bound, without the free form.
  ///
  /// - Returns: nil where the bound is the rule already.
  /// - Throws: `InputError`, `BoundError`.
  /// - Complexity: some 100 passes over T2 steps.
  public func byBound() throws -> ExtensionAnswer? {
    guard question.rule != .bound else { return nil }
    var plain = question
    plain.rule = .bound
    plain.wantsFreeForm = false
    return try plain.answer(reusing: sums)
  }

  /// Returns the option of a kind; nil where it does not apply to the question.
  public func option(_ kind: ExtensionOption.Kind) -> ExtensionOption? {
    options.first { $0.kind == kind }
  }

  /// The option to take among those that go on.
  ///
  /// It is the least bound of the plain plans, doing nothing included, unless the free form is better by
  /// more than 3 %, which is what the bound can tell about real runs. Where all gain less than a tenth of a
  /// per cent, or T2 is hardly above T1, it is doing nothing.
  public var recommended: ExtensionOption.Kind {
    let plain = recommendedPlain
    guard !isBarelyLonger, let freeForm = option(.freeForm)?.plan, checkpoint(of: freeForm) > 0,
      let best = option(plain)?.plan, freeForm.bound < best.bound * (1 - Self.telling)
    else { return plain }
    return .freeForm
  }

  /// The option to take among the plain plans alone.
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

  /// The relative difference of two bounds below which real runs cannot tell them apart.
  private static let telling = 0.03

  /// The fraction of the reusable steps whose loss is pointed out.
  private static let discarding = 0.1

  /// The relative gain that is not worth a change.
  private static let negligible = 1e-3

  /// Returns how much lower a plan's bound is than that of doing nothing, 1 − Ω/Ω_same; nil where doing
  /// nothing has no plan.
  public func gainOverSame(_ plan: ExtensionOption.Plan) -> Double? { gain(plan, over: .same) }

  /// Returns how much lower a plan's bound is than that of a fresh, tuned linear decay, 1 − Ω/Ω_linear;
  /// negative where it is higher.
  public func gainOverRetunedLinear(_ plan: ExtensionOption.Plan) -> Double? {
    gain(plan, over: .retunedLinear)
  }

  private func gain(_ plan: ExtensionOption.Plan, over kind: ExtensionOption.Kind) -> Double? {
    option(kind)?.plan.map { 1 - plan.bound / $0.bound }
  }

  /// Returns how many more steps doing nothing would need for the bound of a plan.
  ///
  /// The base learning rate is the same for both.
  ///
  /// - Parameter kind: the plan's kind.
  /// - Returns: T/T2 − 1, negative where it would need fewer; nil where doing nothing has no such plan, or
  ///   does not get there within eight times T2.
  public func equivalentMoreSteps(_ kind: ExtensionOption.Kind) -> Double? { worth[kind] }

  /// Returns the checkpoint to start a plan from: the last one saved before anything changes.
  ///
  /// The steps from it to ``ExtensionOption/Plan/branchAtStep`` are trained again as they were.
  ///
  /// - Parameter plan: one of the plans.
  /// - Returns: the number of steps it has made; 0 to start over.
  public func checkpoint(of plan: ExtensionOption.Plan) -> Int {
    let spacing = question.checkpointSpacing ?? 1
    return plan.branchAtStep / spacing * spacing
  }

  /// Returns the number of steps that a plan has to train, from its checkpoint on.
  public func stepsToTrain(_ plan: ExtensionOption.Plan) -> Int {
    plan.schedule.steps - checkpoint(of: plan)
  }

  /// What users should know before they follow a plan.
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
        "only \(decimalText(percent)) % more steps: what the plans gain lies in their cooldowns, in which a jump of the learning rate would hide; the plain plan (same) will do"
      )
    }
    let floor = run.cooldown.end
    if let plateau = option(.lowerPlateau)?.plan?.plateau, plateau < floor {
      add(
        "plateau-below-floor",
        "the lower plateau, \(decimalText((plateau * 1e4).rounded() / 1e4)) of the peak, lies below the floor of \(decimalText(floor)), so that it does not cool down"
      )
    }
    if run.planned?.isExact == false {
      add(
        "cooldown-shape",
        "the cooldown of \(run.name) has none of the grammar's shapes: new ones are linear")
    }
    if let spacing = question.checkpointSpacing,
      let first = options.compactMap(\.plan).first(where: {
        !$0.startsOver && checkpoint(of: $0) == 0
      })
    {
      add(
        "no-checkpoint",
        "a plan branches at step \(first.branchAtStep), before the first checkpoint at step \(spacing): it would have to start over"
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
    if lengthening > 8 {
      add(
        "far-horizon",
        "the horizons differ by more than a factor of 8: the exponent was seen over less, so extend in stages and look at the loss"
      )
    }
    return diagnostics
  }

  /// Whether T2 is less than 5 % above T1: an optimiser then hides a jump in the cooldown.
  private var isBarelyLonger: Bool {
    Double(question.steps) < 1.05 * Double(question.run.steps)
  }
}
