import Bound
import Glibc
import Runs
import Schedules
import Support

/// A check whether a base learning rate is sane for a schedule and horizon.
///
/// The tuned rate is measured if the sweep has this cell; otherwise it and its interval's ends are
/// geometric means of the predictions from every source. Inside the interval the verdict is ok. Outside
/// it warns, or fails if even the nearest end would cost ``failingFraction`` of the steps, or if runs
/// diverged.
public struct RateCheck: Sendable {
  /// The schedule and horizon.
  public let run: TrainingRun

  /// γ, the base learning rate being checked.
  public let baseLearningRate: Double

  /// The tuned base learning rate.
  public let suggestion: Double

  /// The suggestion's interval, two standard deviations of ln γ to either side.
  public let interval: ClosedRange<Double>

  /// Whether the suggestion was measured on this schedule and horizon.
  public let isMeasured: Bool

  /// The expected cost of γ, given the suggestion's uncertainty.
  public let expectedRegret: RegretCurve.Regret

  /// The cost of γ if the tuned rate is the nearest point of the interval.
  public let leastRegret: RegretCurve.Regret

  /// The origin of the regrets.
  public let regretBasis: RegretCurve.Basis

  /// The verdict.
  public let verdict: Verdict

  /// The reasons, most important first.
  public let reasons: [Diagnostic]

  /// Caveats about the evidence and the theory.
  public let diagnostics: [Diagnostic]

  /// The fraction of wasted steps at which a base learning rate fails.
  public static let failingFraction = 0.05

  /// Interval ends are exponentials of logarithms and carry rounding errors.
  private static let endTolerance = 1e-9

  /// Checks a base learning rate γ from 1e-50 to 1e50.
  ///
  /// Throws `InputError`. Takes O(sources·T).
  public init(_ baseLearningRate: Double, for run: TrainingRun, given evidence: RateEvidence)
    throws
  {
    self.run = run
    self.baseLearningRate = baseLearningRate
    let tuned = try TunedRate(for: run, given: evidence)
    suggestion = tuned.rate
    interval = tuned.interval
    isMeasured = tuned.isMeasured
    diagnostics = evidence.diagnostics + tuned.diagnostics
    let curve = try evidence.regretCurve(of: run, at: tuned.rate)
    regretBasis = curve.basis
    expectedRegret = curve.expectedRegret(
      of: baseLearningRate, centre: suggestion, interval: interval)
    let nearest = min(max(baseLearningRate, interval.lowerBound), interval.upperBound)
    leastRegret = curve.regret(at: baseLearningRate / nearest)
    let isBestTested = evidence.cell(of: run)?.cell.isBest(baseLearningRate) ?? false
    let findings = Findings(
      ratio: baseLearningRate / suggestion,
      isInside: abs(log(baseLearningRate / nearest)) <= Self.endTolerance,
      isBestTested: isBestTested,
      wastedFraction: leastRegret.stepsFraction,
      isCostly: leastRegret.stepsFraction >= Self.failingFraction && !isBestTested,
      divergence: evidence.diverged.filter { $0 <= baseLearningRate * (1 + 1e-6) }.min(),
      hasSurvivor: evidence.highestSurvivor ?? 0 >= baseLearningRate * (1 - 1e-6),
      isTuned: evidence.isTuned)
    verdict = findings.verdict
    reasons = findings.reasons
  }
}

private struct Findings {
  let ratio: Double
  let isInside: Bool
  let isBestTested: Bool

  /// The least fraction of the steps that γ wastes.
  let wastedFraction: Double

  let isCostly: Bool

  /// The lowest base learning rate up to γ at which every run of a cell diverged.
  let divergence: Double?

  /// Whether a run at γ or above did not diverge.
  let hasSurvivor: Bool

  let isTuned: Bool

  var verdict: Verdict {
    if divergence != nil && !hasSurvivor || isCostly {
      return isTuned || divergence != nil ? .fail : .warn
    }
    return (isInside || isBestTested) && isTuned && divergence == nil ? .ok : .warn
  }

  var reasons: [Diagnostic] {
    var reasons: [Diagnostic] = []
    func add(_ code: String, _ message: String) {
      reasons.append(Diagnostic(code: code, message: message))
    }
    if let divergence {
      add(
        "runs-diverged",
        hasSurvivor
          ? "a run diverged at \(rounded(divergence)), though others did not at higher ones"
          : "every run at \(rounded(divergence)) or above diverged")
    }
    let side = ratio > 1 ? "above" : "below"
    add(
      isInside ? "inside-interval" : "\(side)-interval",
      "it is \(rounded(ratio))x the suggestion, \(isInside ? "inside" : side) its interval")
    if isBestTested {
      add("best-tested", "no run with this schedule and number of steps has a lower loss")
    }
    if isCostly {
      add(
        "costly",
        "even if the nearest end of the interval is right, it wastes \(rounded(100 * wastedFraction)) % of the steps"
      )
    }
    if !isTuned {
      add(
        "not-tuned",
        "no schedule at any number of steps shows an optimum; the best run is used instead, which is weak evidence"
      )
    }
    return reasons
  }

  private func rounded(_ value: Double) -> String {
    guard value > 0, value.isFinite else { return "\(value)" }
    return decimalText(Support.rounded(value, digits: 3))
  }
}

private struct TunedRate {
  var rate: Double
  var interval: ClosedRange<Double>
  var isMeasured: Bool
  var diagnostics: [Diagnostic]

  init(for run: TrainingRun, given evidence: RateEvidence) throws {
    if run.batchTokens == nil, Set(evidence.sources.compactMap(\.run.batchTokens)).count > 1 {
      throw InputError(
        .unanswerable,
        problem: "the runs have several batches, and that of the planned run is unknown",
        hint: "give its batch in tokens")
    }
    if let cell = evidence.cell(of: run) {
      rate = cell.optimum.baseLearningRate
      interval = cell.optimum.interval
      isMeasured = true
      diagnostics = try run.diagnostics(baseLearningRate: rate)
      if cell.optimum.position != .inside {
        diagnostics.append(
          Diagnostic(
            code: "optimum-outside-sweep",
            message: "the optimum lies outside the swept learning rates; extend the sweep"))
      }
      return
    }
    // Geometric means of the answers and interval ends, as multiples of the first answer.
    var first: Double?
    var (centre, lower, upper) = (0.0, 0.0, 0.0)
    var all: [Diagnostic] = []
    for source in evidence.sources {
      let answer = try TransferQuestion(
        from: source.run, to: run, source: source.rate, rule: evidence.rule
      ).answer()
      guard let rate = answer.to.baseLearningRate, let interval = answer.interval else {
        preconditionFailure("a source with a learning rate yields a target with one")
      }
      let unit = first ?? rate
      first = unit
      centre += log(rate / unit)
      lower += log(interval.lowerBound / unit)
      upper += log(interval.upperBound / unit)
      all += answer.diagnostics.filter { !all.contains($0) }
    }
    guard let unit = first else { preconditionFailure("evidence has a source") }
    let count = Double(evidence.sources.count)
    rate = unit * exp(centre / count)
    interval = unit * exp(lower / count)...unit * exp(upper / count)
    isMeasured = false
    diagnostics = all
  }
}
