import Bound
import Glibc
import Runs
import Schedules
import Support

/// The question of how a base learning rate that was tuned for one schedule and horizon carries over to
/// another.
public struct TransferQuestion: Sendable {
  /// Where the source's tuned base learning rate comes from.
  public enum Source: Sendable {
    /// Nowhere: only the ratio is wanted.
    case unknown

    /// The user tuned it.
    case given(Double)

    /// It was read off a sweep.
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

  /// A question.
  ///
  /// - Parameters:
  ///   - from: the schedule and horizon that were tuned.
  ///   - to: the schedule and horizon that are wanted.
  ///   - source: the source's tuned base learning rate.
  ///   - rule: how to carry it over.
  ///   - gradientNorms: the norms at either end; a constant cancels.
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

  /// The answer.
  ///
  /// - Returns: the ratio always; learning rates where the source's is known.
  /// - Throws: `ScheduleError` (an absolute floor needs the source's learning rate), `BoundError`.
  /// - Complexity: O(T_from + T_to).
  public func answer() throws -> TransferAnswer {
    let sourceRate: Double?
    switch source {
    case .unknown: sourceRate = nil
    case .given(let rate): sourceRate = rate
    case .swept(let optimum): sourceRate = optimum.baseLearningRate
    }
    for run in [from, to] where run.spec?.hasAbsoluteFloor == true && sourceRate == nil {
      throw ScheduleError(
        input: run.name,
        problem: "min-lr= is a learning rate, and that of the source is not known",
        hint: "add --lr, or write min= as a ratio")
    }
    let tunableFrom = try TunableSchedule(of: from, gradientNorms: gradientNorms.from)
    let tunableTo = try TunableSchedule(of: to, gradientNorms: gradientNorms.to)

    // The source's learning rate sets the scale D at which it is the tuned one; the target is tuned at
    // that scale. The horizon's factor multiplies the scale, which without an absolute floor is the
    // same as multiplying γ*, and with one keeps the floor where it is.
    let scale = try sourceRate.map { try tunableFrom.distance(tunedAt: $0) } ?? 1
    let gammaFrom: Double
    if let sourceRate {
      gammaFrom = sourceRate
    } else {
      gammaFrom = try tunableFrom.optimum(distance: scale).baseLearningRate
    }
    let plain = try tunableTo.optimum(distance: scale)
    let source = (terms: try tunableFrom.terms(at: gammaFrom), steps: from.steps)
    func carried(_ rule: TransferRule) throws -> TunableSchedule.Optimum {
      var optimum = plain
      var last = 1.0
      // The factor depends on the target's S and V, and with an absolute floor these on γ in turn.
      for _ in 0..<Self.mostRefinements {
        let factor = rule.factor(from: source, to: (optimum.terms, to.steps))
        if abs(factor - last) <= 1e-10 * last { break }
        optimum = try tunableTo.optimum(distance: scale * factor)
        last = factor
      }
      return optimum
    }
    let adjusted = try carried(rule)
    let standard = rule.calibration == nil ? nil : try carried(.standard())
    let lengthening = Double(to.steps) / Double(from.steps)
    // The same run has the same learning rate to the last bit, which the detour over D would not give.
    let isSameRun =
      from == to && gradientNorms.from == gradientNorms.to
    func rate(_ optimum: TunableSchedule.Optimum) -> Double {
      isSameRun ? gammaFrom : optimum.baseLearningRate
    }

    let fromDiagnostics = try from.diagnostics(baseLearningRate: gammaFrom)
    let toDiagnostics = try to.diagnostics(baseLearningRate: adjusted.baseLearningRate)
    let isSameShape = try from.hasSameShape(
      as: to, baseLearningRates: (gammaFrom, adjusted.baseLearningRate))
    let target = (terms: adjusted.terms, steps: to.steps)
    let uncertainty = TransferUncertainty(
      source: sourceDeviation,
      shape: isSameShape ? 0 : rule.calibration?.shapeDeviation ?? TransferUncertainty.changedShape,
      horizon: rule.calibration?.deviation(from: source, to: target)
        ?? TransferUncertainty.exponent * abs(log(lengthening)),
      notAnnealed: notAnnealed(
        [
          try from.schedule(baseLearningRate: gammaFrom),
          try to.schedule(baseLearningRate: adjusted.baseLearningRate),
        ], isSameShape: isSameShape))
    var diagnostics = fromDiagnostics + toDiagnostics.filter { !fromDiagnostics.contains($0) }
    diagnostics += horizonDiagnostics(lengthening: lengthening)
    if adjusted.isAtFloor {
      diagnostics.append(
        Diagnostic(
          code: "floor-too-high",
          message: "the tuned base learning rate of \(to.name) is its floor: lower min-lr"))
    }
    return TransferAnswer(
      from: .init(run: from, baseLearningRate: sourceRate),
      to: .init(run: to, baseLearningRate: sourceRate.map { _ in rate(adjusted) }),
      ratio: rate(adjusted) / gammaFrom, boundRatio: rate(plain) / gammaFrom,
      standardRatio: standard.map { rate($0) / gammaFrom }, rule: rule, uncertainty: uncertainty,
      diagnostics: diagnostics)
  }

  /// How often the factor of an absolute floor is improved; a few times are enough.
  private static let mostRefinements = 60

  private var sourceDeviation: (below: Double, above: Double) {
    switch source {
    case .unknown: return (0, 0)
    case .given: return (TransferUncertainty.bareLearningRate, TransferUncertainty.bareLearningRate)
    case .swept(let optimum): return optimum.logDeviation
    }
  }

  /// Ends that do not anneal are mispredicted each in its own way, unless both have the same shape.
  private func notAnnealed(_ ends: [Schedule], isSameShape: Bool) -> Double {
    let count = ends.count { !$0.isAnnealed }
    if count == 2, isSameShape { return 0 }
    return TransferUncertainty.perEndNotAnnealed * Double(count).squareRoot()
  }

  private func horizonDiagnostics(lengthening: Double) -> [Diagnostic] {
    guard abs(log(lengthening)) > log(8) else { return [] }
    return [
      Diagnostic(
        code: "far-horizon",
        message:
          "the horizons differ by more than a factor of 8: the exponent \(decimalText((rule.horizonExponent * 1000).rounded() / 1000)) was seen over less, so tune again on the way"
      )
    ]
  }
}
