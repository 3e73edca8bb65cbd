import Glibc
import Numerics
import Runs
import Support

/// The tuned base learning rate of one sweep cell, combined from several fitted forms.
///
/// Three forms are fitted to the runs within a factor ``window`` of the best one. Each is weighted by its
/// evidence, e^(−χ²/2), against the hypothesis that no form holds; that one places the optimum anywhere
/// between the nearest clearly worse runs, with the weight of a form that misses by 3 deviations. The
/// optimum is the weighted mean in ln γ; its variance adds the spread of the hypotheses and the effect of
/// noise on each form. Since no form holds exactly, a mean of n runs has the standard deviation
/// √(noise²/n + (excess/4)²) in the fit, where excess is its loss above the best.
public struct SweepOptimum: Sendable {
  /// The optimum by one form.
  public struct Estimate: Sendable {
    /// The form.
    public let form: FittedForm

    /// Its optimum, possibly outside the swept learning rates; nil if the form has no minimum.
    public let baseLearningRate: Double?

    /// Its weight; the weights' remainder to 1 is that of the hypothesis that no form holds.
    public let weight: Double

    /// The form's coefficients at ln γ relative to the centre.
    fileprivate let curve: (coefficients: [Double], centre: Double)

    /// Returns the excess loss, in nats, over the fitted curve's minimum; nil if it has none.
    public func regret(at baseLearningRate: Double) -> Double? {
      guard let optimum = self.baseLearningRate else { return nil }
      func value(_ rate: Double) -> Double {
        form.value(curve.coefficients, at: log(rate) - curve.centre)
      }
      return max(0, value(baseLearningRate) - value(optimum))
    }
  }

  /// The optimum's position relative to the swept learning rates.
  public enum Position: Sendable {
    /// Between the lowest and the highest.
    case inside

    /// Below the lowest, which is returned.
    case below

    /// Above the highest, which is returned.
    case above
  }

  /// The estimates of all forms.
  public let estimates: [Estimate]

  /// The combined optimum, kept within the swept learning rates.
  public let baseLearningRate: Double

  /// The optimum's position relative to the swept learning rates.
  public let position: Position

  /// The standard deviation of ln γ* downwards and upwards, at least ``leastDeviation``.
  public let logDeviation: (below: Double, above: Double)

  /// The standard deviation of ln γ* due to the runs' noise; replicates reduce it.
  public let noiseDeviation: Double

  /// The standard deviation of ln γ* between hypotheses; replicates do not reduce it.
  public let formDeviation: Double

  /// The interval of the base learning rate: ``intervalWidths`` standard deviations to either side.
  public var interval: ClosedRange<Double> {
    let widths = Self.intervalWidths
    return baseLearningRate * exp(-widths * logDeviation.below)...baseLearningRate
      * exp(widths * logDeviation.above)
  }

  /// d²L/d(ln γ)² at the optimum, in nats; nil if no form has a minimum.
  public var curvature: Double? {
    let step = 0.3
    var (sum, weight) = (0.0, 0.0)
    for estimate in estimates {
      guard let optimum = estimate.baseLearningRate,
        let below = estimate.regret(at: optimum * exp(-step)),
        let above = estimate.regret(at: optimum * exp(step))
      else { continue }
      sum += estimate.weight * (below + above) / (step * step)
      weight += estimate.weight
    }
    return weight > 0 ? sum / weight : nil
  }

  /// The factor around the best run within which runs are fitted: two steps of a grid of twos.
  public static let window = 4.5

  /// The smallest credible standard deviation of ln γ*.
  public static let leastDeviation = 0.06

  /// The half-width of an interval in standard deviations.
  public static let intervalWidths = 2.0

  /// The misfit, in deviations, at which a form weighs no more than no form.
  static let doubt = 3.0

  /// The credible distance of an optimum beyond the swept learning rates: a factor of two.
  private static let reach: Double = log(2)

  /// Fits a cell with at least three base learning rates that did not diverge.
  ///
  /// Throws `InputError`, of kind `unanswerable` if the losses show no minimum. Takes O(points²).
  public init(of cell: SweepCell) throws(InputError) {
    guard cell.points.count >= 3 else { throw Self.tooFewRates(cell) }
    let runs = FittedRuns(near: cell, reach: Self.reach)
    let fits = FittedForm.allCases.compactMap { FormFit($0, to: runs) }
    guard fits.contains(where: { $0.location != nil }) else {
      throw InputError(
        .unanswerable, cell.name, problem: "no fitted form has a minimum",
        hint: "extend the sweep to both sides")
    }
    let least = fits.map(\.misfit).min() ?? 0
    let evidence = fits.map { exp((least - $0.misfit) / 2) }
    let total = evidence.reduce(exp((least - Self.doubt * Self.doubt) / 2), +)
    estimates = zip(fits, evidence).map { fit, evidence in
      Estimate(
        form: fit.form, baseLearningRate: fit.minimum.map { exp($0 + runs.centre) },
        weight: fit.location == nil ? 0 : evidence / total, curve: (fit.coefficients, runs.centre))
    }
    // A form without a minimum counts as no form: the optimum is within the bracket.
    let formless = 1 - estimates.reduce(0) { $0 + $1.weight }
    let bracket = runs.bracket
    let middle = (bracket.lowerBound + bracket.upperBound) / 2
    let width = bracket.upperBound - bracket.lowerBound
    let weighted = zip(estimates, fits).compactMap { estimate, fit in
      fit.location.map { (weight: estimate.weight, log: $0, variance: fit.noiseVariance) }
    }
    let centre = weighted.reduce(formless * middle) { $0 + $1.weight * $1.log }
    let spread = weighted.reduce(
      formless * ((middle - centre) * (middle - centre) + width * width / 12)
    ) {
      $0 + $1.weight * ($1.log - centre) * ($1.log - centre)
    }
    let noise = weighted.reduce(0) { $0 + $1.weight * $1.variance }
    (noiseDeviation, formDeviation) = (noise.squareRoot(), spread.squareRoot())
    position = runs.position(of: centre)
    switch position {
    case .inside: baseLearningRate = exp(centre + runs.centre)
    case .below: baseLearningRate = cell.points[0].baseLearningRate
    case .above: baseLearningRate = cell.points[cell.points.count - 1].baseLearningRate
    }
    logDeviation = Self.deviations(
      of: max(Self.leastDeviation, (noise + spread).squareRoot()), at: position)
  }

  private static func tooFewRates(_ cell: SweepCell) -> InputError {
    let count = cell.points.count
    let rates = count == 1 ? "1 base learning rate" : "\(count) base learning rates"
    let diverged = cell.diverged.isEmpty ? "" : " (\(cell.diverged.count) diverged)"
    return InputError(
      .value, cell.name,
      problem: count == 0 ? "every run diverged" : "\(rates) cannot show an optimum\(diverged)",
      hint: "sweep at least three base learning rates around the best")
  }

  /// The deviations to both sides; at an end of the sweep, to a factor of two beyond it.
  private static func deviations(of deviation: Double, at position: Position)
    -> (below: Double, above: Double)
  {
    let beyond = max(deviation, reach / intervalWidths)
    return (position == .below ? beyond : deviation, position == .above ? beyond : deviation)
  }
}

/// The runs of a cell near its best one, to which the forms are fitted.
private struct FittedRuns {
  /// ln γ of the best run, the origin of all others.
  let centre: Double

  let logs: [Double]
  let losses: [Double]

  /// The standard deviation of each loss due to noise.
  let noises: [Double]

  /// The standard deviation of each loss in the fit.
  let deviations: [Double]

  /// The optimum's range, between the nearest clearly worse or diverged runs.
  let bracket: ClosedRange<Double>

  private let swept: ClosedRange<Double>

  init(near cell: SweepCell, reach: Double) {
    let all = cell.points.map { log($0.baseLearningRate) }
    let best = cell.points.indices.min { cell.points[$0].loss < cell.points[$1].loss } ?? 0
    let centre = all[best]
    let byDistance = all.indices.sorted { abs(all[$0] - centre) < abs(all[$1] - centre) }
    let within = all.indices.filter {
      abs(all[$0] - centre) <= log(SweepOptimum.window) + 1e-6
    }
    let kept = within.count >= 3 ? within : byDistance.prefix(3).sorted()
    self.centre = centre
    logs = kept.map { all[$0] - centre }
    losses = kept.map { cell.points[$0].loss }
    noises = kept.map { cell.noise / Double(cell.points[$0].runs).squareRoot() }
    let least = cell.points[best].loss
    deviations = zip(losses, noises).map { loss, noise in
      let excess = (loss - least) / 4
      return (noise * noise + excess * excess).squareRoot()
    }
    swept = all[0] - centre...all[all.count - 1] - centre
    func isWorse(_ point: SweepCell.Point) -> Bool {
      let variance = 1 / Double(point.runs) + 1 / Double(cell.points[best].runs)
      return point.loss - least > 2 * cell.noise * variance.squareRoot()
    }
    let worse = all.indices.filter { isWorse(cell.points[$0]) }.map { all[$0] - centre }
    let walls = worse + cell.diverged.map { log($0) - centre }
    bracket =
      max(
        logs[0] - reach, walls.filter { $0 < 0 }.max() ?? -.infinity)...min(
        logs[logs.count - 1] + reach, walls.filter { $0 > 0 }.min() ?? .infinity)
  }

  func position(of log: Double) -> SweepOptimum.Position {
    log < swept.lowerBound ? .below : log > swept.upperBound ? .above : .inside
  }
}

private struct FormFit {
  let form: FittedForm
  let coefficients: [Double]

  /// ln γ of the curve's minimum; nil if it has none.
  let minimum: Double?

  let misfit: Double

  /// ln γ of the form's optimum, kept within the bracket; nil if the form shows none.
  let location: Double?

  let noiseVariance: Double

  init?(_ form: FittedForm, to runs: FittedRuns) {
    let rows = runs.logs.map(form.basis)
    let weights = runs.deviations.map { 1 / ($0 * $0) }
    let ends = runs.logs[0]...runs.logs[runs.logs.count - 1]
    func solve(_ losses: [Double]) -> [Double]? {
      leastSquares(rows: rows, values: losses, weights: weights)
    }
    func locate(_ minimum: FittedForm.Minimum) -> Double? {
      switch minimum {
      case .at(let log): return min(max(log, runs.bracket.lowerBound), runs.bracket.upperBound)
      case .below: return runs.bracket.lowerBound
      case .above: return runs.bracket.upperBound
      case .none: return nil
      }
    }
    guard let coefficients = solve(runs.losses) else { return nil }
    let found = form.minimum(coefficients, over: ends)
    let location = locate(found)
    self.form = form
    self.coefficients = coefficients
    self.location = location
    if case .at(let log) = found { minimum = log } else { minimum = nil }
    misfit = runs.losses.indices.reduce(0) { sum, index in
      let fit = form.value(coefficients, at: runs.logs[index])
      let residual = (fit - runs.losses[index]) / runs.deviations[index]
      return sum + residual * residual
    }
    let width = runs.bracket.upperBound - runs.bracket.lowerBound
    let moved = runs.losses.indices.reduce(0) { sum, index in
      // The larger shift from noise, up or down; half of the bracket if noise removes the minimum.
      let moves = [runs.noises[index], -runs.noises[index]].map { noise in
        var losses = runs.losses
        losses[index] += noise
        let moved = solve(losses).flatMap { locate(form.minimum($0, over: ends)) }
        return moved.flatMap { moved in location.map { abs(moved - $0) } } ?? width / 2
      }
      let move = moves.max() ?? 0
      return sum + move * move
    }
    // At most, the optimum could be anywhere in the bracket.
    noiseVariance = min(moved, width * width / 12)
  }
}
