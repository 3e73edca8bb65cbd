import Bound
import Glibc
import Schedules
import Support

/// How a base learning rate tuned for one schedule and horizon carries over to another.
public struct TransferQuestion: Sendable {
  /// Where the source's tuned base learning rate comes from.
  public enum Source: Sendable {
    /// It is unknown: only the ratio is wanted.
    case unknown

    /// The user gives it.
    case given(Double)

    /// A sweep shows it.
    case swept(SweepOptimum)
  }

  /// The schedule and horizon that were tuned.
  public var from: TrainingRun

  /// The schedule and horizon that are wanted.
  public var to: TrainingRun

  /// The source's tuned base learning rate.
  public var source: Source

  /// How to carry it over.
  public var rule: TransferRule

  /// The gradient norms of the source and of the target.
  public var gradientNorms: (from: GradientNorms, to: GradientNorms)

  /// Asks about the way from one run to another; a constant gradient norm cancels.
  public init(
    from: TrainingRun, to: TrainingRun, source: Source = .unknown,
    rule: TransferRule = .standard(),
    gradientNorms: (from: GradientNorms, to: GradientNorms) = (.one, .one)
  ) {
    self.from = from
    self.to = to
    self.source = source
    self.rule = rule
    self.gradientNorms = gradientNorms
  }

  /// Carries the source's base learning rate to the target.
  ///
  /// - Returns: the ratio always; learning rates where the source's is known.
  /// - Throws: `InputError` where an absolute floor needs the source's learning rate, `ScheduleError`,
  ///   `BoundError`.
  /// - Complexity: O(T_from + T_to).
  public func answer() throws -> TransferAnswer {
    let ends = try TunedEnds(of: self)
    let carried = try ends.carry(by: rule)
    var standard: TunableSchedule.Optimum?
    if case .calibrated = rule { standard = try ends.carry(by: .standard()) }
    func ratio(_ optimum: TunableSchedule.Optimum) -> Double {
      ends.rate(optimum) / ends.sourceGamma
    }
    return TransferAnswer(
      from: .init(run: from, baseLearningRate: source.baseLearningRate),
      to: .init(run: to, baseLearningRate: source.baseLearningRate.map { _ in ends.rate(carried) }),
      ratio: ratio(carried), boundRatio: ratio(ends.plain), standardRatio: standard.map(ratio),
      rule: rule, uncertainty: try uncertainty(of: carried, from: ends),
      diagnostics: try diagnostics(of: carried, from: ends))
  }

  private func uncertainty(
    of carried: TunableSchedule.Optimum, from ends: TunedEnds
  ) throws -> TransferUncertainty {
    let rates = (ends.sourceGamma, carried.baseLearningRate)
    let isSameShape = try from.hasSameShape(as: to, baseLearningRates: rates)
    let schedules = [
      try from.schedule(baseLearningRate: rates.0), try to.schedule(baseLearningRate: rates.1),
    ]
    let notAnnealed = schedules.count { !$0.isAnnealed }
    // Ends that do not anneal are mispredicted each in its own way, unless both have the same shape.
    let isSharedError = notAnnealed == 2 && isSameShape
    return TransferUncertainty(
      source: source.logDeviation, shape: isSameShape ? 0 : rule.shapeDeviation,
      horizon: rule.horizonDeviation(from: ends.source, to: (carried.terms, to.steps)),
      notAnnealed: isSharedError
        ? 0 : CalibrationPrior.notAnnealedDeviation * Double(notAnnealed).squareRoot())
  }

  private func diagnostics(
    of carried: TunableSchedule.Optimum, from ends: TunedEnds
  ) throws -> [Diagnostic] {
    var diagnostics = try from.diagnostics(baseLearningRate: ends.sourceGamma)
    diagnostics += try to.diagnostics(baseLearningRate: carried.baseLearningRate)
      .filter { !diagnostics.contains($0) }
    if abs(log(Double(to.steps) / Double(from.steps))) > log(8) {
      let exponent = decimalText((rule.horizonExponent * 1000).rounded() / 1000)
      diagnostics.append(
        Diagnostic(
          code: "far-horizon",
          message:
            "the horizons differ by more than a factor of 8: the exponent \(exponent) was seen over less, so tune again on the way"
        ))
    }
    if carried.isAtFloor {
      diagnostics.append(
        Diagnostic(
          code: "floor-too-high",
          message: "the tuned base learning rate of \(to.name) is its floor: lower min-lr"))
    }
    return diagnostics
  }
}

extension TransferQuestion.Source {
  /// The source's base learning rate; nil where it is unknown.
  fileprivate var baseLearningRate: Double? {
    switch self {
    case .unknown: return nil
    case .given(let rate): return rate
    case .swept(let optimum): return optimum.baseLearningRate
    }
  }

  /// The standard deviation of its logarithm.
  fileprivate var logDeviation: (below: Double, above: Double) {
    switch self {
    case .unknown: return (0, 0)
    case .given: return (TransferUncertainty.bareLearningRate, TransferUncertainty.bareLearningRate)
    case .swept(let optimum): return optimum.logDeviation
    }
  }
}

/// Both ends of a transfer, tuned at one scale.
///
/// The source's learning rate sets the scale D at which it is the tuned one, and the target is tuned at
/// that scale. The rule's factor multiplies the scale, which without an absolute floor is the same as
/// multiplying γ*, and with one keeps the floor where it is.
private struct TunedEnds {
  /// γ of the source: the trainer's, or γ* in the bound's units where that is unknown.
  let sourceGamma: Double

  /// S, V and T of the source.
  let source: RunTerms

  /// The target tuned by the plain bound.
  let plain: TunableSchedule.Optimum

  private let target: TunableSchedule
  private let targetSteps: Int
  private let scale: Double
  private let isSameRun: Bool

  /// How often the factor of an absolute floor is improved; a few times are enough.
  private static let mostRefinements = 60

  init(of question: TransferQuestion) throws {
    let rate = question.source.baseLearningRate
    for run in [question.from, question.to] where run.spec?.hasAbsoluteFloor == true && rate == nil
    {
      throw InputError(
        .value, "schedule '\(printable(run.name))'",
        problem: "min-lr= is a learning rate, and that of the source is not known",
        hint: "give the source's base learning rate, or write min= as a ratio")
    }
    let tunable = try TunableSchedule(
      of: question.from, gradientNorms: question.gradientNorms.from)
    target = try TunableSchedule(of: question.to, gradientNorms: question.gradientNorms.to)
    scale = try rate.map { try tunable.distance(tunedAt: $0) } ?? 1
    sourceGamma = try rate ?? tunable.optimum(distance: scale).baseLearningRate
    plain = try target.optimum(distance: scale)
    source = (try tunable.terms(at: sourceGamma), question.from.steps)
    targetSteps = question.to.steps
    isSameRun =
      question.from == question.to && question.gradientNorms.from == question.gradientNorms.to
  }

  /// The target tuned by a rule.
  func carry(by rule: TransferRule) throws -> TunableSchedule.Optimum {
    var optimum = plain
    var last = 1.0
    // The factor depends on the target's S and V, and with an absolute floor these on γ in turn.
    for _ in 0..<Self.mostRefinements {
      let factor = rule.factor(from: source, to: (optimum.terms, targetSteps))
      if abs(factor - last) <= 1e-10 * last { break }
      optimum = try target.optimum(distance: scale * factor)
      last = factor
    }
    return optimum
  }

  /// The target's base learning rate.
  ///
  /// The same run has the same one to the last bit, which the detour over D would not give.
  func rate(_ optimum: TunableSchedule.Optimum) -> Double {
    isSameRun ? sourceGamma : optimum.baseLearningRate
  }
}
