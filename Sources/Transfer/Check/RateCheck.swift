import Bound
import Glibc
import Runs
import Schedules
import Support

/// Whether a base learning rate is sane for a schedule and horizon, given what is known.
///
/// The tuned one is measured where the sweep has this cell, else the geometric mean of what every source
/// predicts, and so are the ends of its interval. Inside the interval the verdict is ok; outside it fails
/// where even the nearest end would cost ``failingFraction`` of the steps, or where runs diverged.
public struct RateCheck: Sendable {
  /// The schedule and horizon.
  public let run: TrainingRun

  /// γ, the base learning rate that is checked.
  public let baseLearningRate: Double

  /// The base learning rate to try instead.
  public let suggestion: Double

  /// The interval of the suggestion, 1.5 standard deviations of ln γ to either side.
  public let interval: ClosedRange<Double>

  /// Whether the suggestion was measured on this very schedule and horizon.
  public let isMeasured: Bool

  /// What γ is expected to cost, the suggestion being uncertain.
  public let expectedRegret: RegretCurve.Regret

  /// What γ costs if the tuned one is the point of the interval nearest to it.
  public let leastRegret: RegretCurve.Regret

  /// Where the regrets come from.
  public let regretBasis: RegretCurve.Basis

  /// The verdict.
  public let verdict: Verdict

  /// Why, the weightiest first.
  public let reasons: [Diagnostic]

  /// What users should know about the evidence, and where the theory is known to fail on the question.
  public let diagnostics: [Diagnostic]

  /// The fraction of the steps whose waste fails a base learning rate.
  public static let failingFraction = 0.05

  /// Ends of intervals are exponentials of logarithms: a learning rate this close to one is inside.
  private static let endTolerance = 1e-9

  /// Checks a base learning rate.
  ///
  /// - Parameters:
  ///   - baseLearningRate: γ, 1e-50 to 1e50.
  ///   - run: the schedule and horizon.
  ///   - evidence: what is known.
  /// - Throws: `ScheduleError`, `InputError`.
  /// - Complexity: O(sources·T).
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

/// What the evidence says about a base learning rate, from which the verdict follows.
private struct Findings {
  /// γ over the suggestion.
  let ratio: Double

  /// Whether γ lies inside the suggestion's interval.
  let isInside: Bool

  /// Whether no run of the same cell is better.
  let isBestTested: Bool

  /// The fraction of the steps that γ wastes at least.
  let wastedFraction: Double

  /// Whether that fraction fails γ.
  let isCostly: Bool

  /// The lowest base learning rate up to γ at which every run of a cell diverged.
  let divergence: Double?

  /// Whether a run at γ or above did not diverge.
  let hasSurvivor: Bool

  /// Whether the evidence was tuned.
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
      add("best-tested", "none of your runs of this schedule and number of steps is better")
    }
    if isCostly {
      add(
        "costly",
        "even at the end of the interval that is nearest it costs as much as \(rounded(100 * wastedFraction)) % of the steps"
      )
    }
    if !isTuned {
      add(
        "not-tuned",
        "no schedule at any number of steps shows an optimum: the best run stands in for it, which says little"
      )
    }
    return reasons
  }

  /// Three significant digits.
  private func rounded(_ value: Double) -> String {
    guard value > 0, value.isFinite else { return "\(value)" }
    let scale = pow(10, 2 - floor(log10(value)))
    let digits = (value * scale).rounded() / scale
    return decimalText(digits.isFinite ? digits : value)
  }
}

/// The base learning rate that the evidence has for a run, with its interval.
private struct TunedRate {
  var rate: Double
  var interval: ClosedRange<Double>
  var isMeasured: Bool
  var diagnostics: [Diagnostic]

  init(for run: TrainingRun, given evidence: RateEvidence) throws {
    if let cell = evidence.cell(of: run) {
      rate = cell.optimum.baseLearningRate
      interval = cell.optimum.interval
      isMeasured = true
      diagnostics = try run.diagnostics(baseLearningRate: rate)
      if cell.optimum.position != .inside {
        diagnostics.append(
          Diagnostic(
            code: "optimum-outside-sweep",
            message: "the optimum lies outside the swept learning rates: sweep further"))
      }
      return
    }
    // The geometric means of the answers and of the ends, as multiples of the first answer.
    var first: Double?
    var (centre, lower, upper) = (0.0, 0.0, 0.0)
    var all: [Diagnostic] = []
    for source in evidence.sources {
      let answer = try TransferQuestion(
        from: source.run, to: run, source: source.rate, rule: evidence.rule
      ).answer()
      guard let rate = answer.to.baseLearningRate, let interval = answer.interval else {
        preconditionFailure("a source with a learning rate gives one")
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
