import Bound
import Glibc
import Schedules
import Support

/// How to transfer a base learning rate to another schedule and horizon.
public struct TransferQuestion: Sendable {
  /// The origin of the source's tuned base learning rate.
  public enum Source: Sendable {
    /// Unknown: only the ratio is wanted.
    case unknown

    /// Given by the user: the best of a grid.
    case given(Double)

    /// Tuned, with the standard deviation of its logarithm.
    case tuned(Double, logDeviation: Double)

    /// Measured by a sweep.
    case swept(SweepOptimum)
  }

  /// The run that was tuned.
  public let from: TrainingRun

  /// The run wanted.
  public let to: TrainingRun

  /// The source's tuned base learning rate.
  public let source: Source

  /// The transfer rule.
  public let rule: TransferRule

  /// The gradient norms of source and target.
  public let gradientNorms: (from: GradientNorms, to: GradientNorms)

  /// Whether only one end's batch is known, which then is the other's too.
  private let isOneBatchAssumed: Bool

  /// Asks about the transfer between two runs; a constant gradient norm cancels.
  ///
  /// If only one run's batch is known, the other is assumed to have the same.
  public init(
    from: TrainingRun, to: TrainingRun, source: Source = .unknown,
    rule: TransferRule = .standard(),
    gradientNorms: (from: GradientNorms, to: GradientNorms) = (.one, .one)
  ) {
    var (from, to) = (from, to)
    isOneBatchAssumed = (from.batchTokens == nil) != (to.batchTokens == nil)
    from.batchTokens = from.batchTokens ?? to.batchTokens
    to.batchTokens = to.batchTokens ?? from.batchTokens
    self.from = from
    self.to = to
    self.source = source
    self.rule = rule
    self.gradientNorms = gradientNorms
  }

  /// Transfers the source's base learning rate to the target; if that is unknown, only the ratio.
  ///
  /// Throws `InputError`, for example if an absolute floor needs the source's learning rate.
  public func answer() throws -> TransferAnswer {
    try rule.check(from.horizon)
    if case .bound = rule, from.batchTokens != to.batchTokens {
      throw InputError(
        problem: "the two batches differ, and the bound knows no batch",
        hint: "take the default rule, or give both ends one batch")
    }
    let ends = try self.ends
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
      diagnostics: try diagnostics(of: carried, from: ends), isOneBatchAssumed: isOneBatchAssumed)
  }

  /// The target's base learning rate alone.
  func carriedBaseLearningRate() throws -> Double {
    let ends = try self.ends
    return ends.rate(try ends.carry(by: rule))
  }

  private var ends: TunedEnds {
    get throws {
      try TunedEnds(
        of: self, from: TunableSchedule(of: from, gradientNorms: gradientNorms.from),
        to: TunableSchedule(of: to, gradientNorms: gradientNorms.to))
    }
  }

  /// Returns the target's base learning rate and its interval; nil if the source's is unknown.
  ///
  /// `tunable` and `target` are the two runs, whose sums many questions can share. Takes O(1) time without
  /// an absolute floor.
  func prediction(
    from tunable: TunableSchedule, to target: TunableSchedule
  ) throws -> (baseLearningRate: Double, interval: ClosedRange<Double>)? {
    guard source.baseLearningRate != nil else { return nil }
    let ends = try TunedEnds(of: self, from: tunable, to: target)
    let carried = try ends.carry(by: rule)
    let rate = ends.rate(carried)
    return (rate, try uncertainty(of: carried, from: ends).interval(around: rate))
  }

  private func uncertainty(
    of carried: TunableSchedule.Optimum, from ends: TunedEnds
  ) throws -> TransferUncertainty {
    let rates = (ends.sourceGamma, carried.baseLearningRate)
    let isSameShape = try from.hasSameShape(as: to, baseLearningRates: rates)
    var uncertainty = TransferUncertainty()
    uncertainty.source = source.logDeviation
    let target = RunTerms(carried.terms, at: to.horizon)
    if case .calibrated(let calibration) = rule {
      uncertainty.shape = isSameShape ? 0 : calibration.shapeDeviation
      (uncertainty.horizon, uncertainty.batch) = calibration.deviation(
        from: ends.source, to: target)
    } else {
      uncertainty.shape = isSameShape ? 0 : TransferUncertainty.otherShape
      uncertainty.setHorizon(from: from.horizon, to: to.horizon)
    }
    let notAnnealed = [
      try from.schedule(baseLearningRate: rates.0), try to.schedule(baseLearningRate: rates.1),
    ].map(TransferUncertainty.end)
    // Two ends that do not anneal have different errors unless they have the same shape.
    if !isSameShape || notAnnealed.contains(0) {
      uncertainty.ends = (notAnnealed[0] * notAnnealed[0] + notAnnealed[1] * notAnnealed[1])
        .squareRoot()
    }
    if !isSameShape || from.horizon != to.horizon { uncertainty.addRest() }
    return uncertainty
  }

  private func diagnostics(
    of carried: TunableSchedule.Optimum, from ends: TunedEnds
  ) throws -> [Diagnostic] {
    var diagnostics = try from.diagnostics(baseLearningRate: ends.sourceGamma)
    diagnostics += try to.diagnostics(baseLearningRate: carried.baseLearningRate)
      .filter { !diagnostics.contains($0) }
    diagnostics += rule.horizonCaveats(from: from.horizon, to: to.horizon)
    if carried.isAtFloor {
      diagnostics.append(
        Diagnostic(
          code: "floor-too-high",
          message: "the tuned base learning rate of \(to.name) is its floor; lower min-lr"))
    }
    return diagnostics
  }
}

extension TransferQuestion.Source {
  var baseLearningRate: Double? {
    switch self {
    case .unknown: return nil
    case .given(let rate), .tuned(let rate, _): return rate
    case .swept(let optimum): return optimum.baseLearningRate
    }
  }

  var logDeviation: (below: Double, above: Double) {
    switch self {
    case .unknown: return (0, 0)
    case .given: return (TransferUncertainty.bareLearningRate, TransferUncertainty.bareLearningRate)
    case .tuned(_, let deviation): return (deviation, deviation)
    case .swept(let optimum): return optimum.logDeviation
    }
  }
}

/// Source and target tuned at one scale.
///
/// The source's learning rate sets the scale D at which it is tuned; the target is tuned at that scale
/// times the rule's factor. Without an absolute floor this equals multiplying γ*; with one, the floor
/// stays in place.
private struct TunedEnds {
  /// γ of the source: the trainer's, or γ* in the bound's units if unknown.
  let sourceGamma: Double

  let source: RunTerms
  let plain: TunableSchedule.Optimum
  private let target: TunableSchedule
  private let targetHorizon: Horizon
  private let scale: Double
  private let isSameRun: Bool

  /// The most fixed-point iterations for an absolute floor; a few usually suffice.
  private static let mostRefinements = 60

  init(of question: TransferQuestion, from tunable: TunableSchedule, to target: TunableSchedule)
    throws
  {
    let rate = question.source.baseLearningRate
    for run in [question.from, question.to] where run.spec?.hasAbsoluteFloor == true && rate == nil
    {
      throw InputError(
        .value, "schedule '\(printable(run.name))'",
        problem: "min-lr= is a learning rate, and the source's base learning rate is unknown",
        hint: "give the source's base learning rate, or write min= as a ratio")
    }
    self.target = target
    scale = try rate.map { try tunable.distance(tunedAt: $0) } ?? 1
    sourceGamma = try rate ?? tunable.optimum(distance: scale).baseLearningRate
    plain = try target.optimum(distance: scale)
    source = RunTerms(try tunable.terms(at: sourceGamma), at: question.from.horizon)
    targetHorizon = question.to.horizon
    isSameRun =
      question.from == question.to && question.gradientNorms.from == question.gradientNorms.to
  }

  func carry(by rule: TransferRule) throws -> TunableSchedule.Optimum {
    var optimum = plain
    var last = 1.0
    // The factor depends on the target's S and V, which with an absolute floor depend on γ.
    for _ in 0..<Self.mostRefinements {
      let factor = rule.factor(from: source, to: RunTerms(optimum.terms, at: targetHorizon))
      if abs(factor - last) <= 1e-10 * last { break }
      optimum = try target.optimum(distance: scale * factor)
      last = factor
    }
    return optimum
  }

  /// The target's base learning rate; exactly the source's for the same run, without rounding through D.
  func rate(_ optimum: TunableSchedule.Optimum) -> Double {
    isSameRun ? sourceGamma : optimum.baseLearningRate
  }
}
