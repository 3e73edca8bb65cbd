import Glibc
import Numerics
import Runs
import Support

/// The tuned base learning rate of one cell of a sweep, read off by several forms.
///
/// Three forms are fitted to the runs within a factor ``window`` of the best one; farther runs change
/// nothing. A form counts by its evidence, e^(−χ²/2), beside the hypothesis that no form holds, which
/// places the optimum anywhere between the nearest runs that are clearly worse than the best one and
/// counts like a form that misses by 3 deviations. The optimum is the weighted mean in ln γ; its variance
/// is that of the mixture: the spread of the hypotheses, and the effect of the runs' noise on each form.
/// No form holds exactly: a mean of n runs counts with the standard deviation √(noise²/n + (excess/4)²),
/// excess being its loss above the best, while noise alone moves it by noise/√n.
public struct SweepOptimum: Sendable {
  /// The optimum by one form.
  public struct Estimate: Sendable {
    /// The form.
    public let form: FittedForm

    /// Its optimum, which may lie outside the swept learning rates; nil where the form has no minimum.
    public let baseLearningRate: Double?

    /// Its weight; what the weights leave to 1 is the weight of the hypothesis that no form holds.
    public let weight: Double

    /// The fitted curve: the form's coefficients at ln γ relative to the centre.
    fileprivate let curve: (coefficients: [Double], centre: Double)

    /// Returns the regret of a base learning rate on the fitted curve: nats above its minimum, at least 0;
    /// nil where the form has no minimum.
    public func regret(at baseLearningRate: Double) -> Double? {
      guard let optimum = self.baseLearningRate else { return nil }
      func value(_ rate: Double) -> Double {
        form.value(curve.coefficients, at: log(rate) - curve.centre)
      }
      return max(0, value(baseLearningRate) - value(optimum))
    }
  }

  /// Where the optimum lies relative to the learning rates that were swept.
  public enum Position: Sendable {
    /// Between the lowest and the highest.
    case inside

    /// Below the lowest: the lowest is returned.
    case below

    /// Above the highest: the highest is returned.
    case above
  }

  /// The estimates of all forms.
  public let estimates: [Estimate]

  /// The forms' optimum, kept within the swept learning rates.
  public let baseLearningRate: Double

  /// Whether the optimum lies within what was swept.
  public let position: Position

  /// The standard deviation of ln γ* downwards and upwards, ``leastDeviation`` at least.
  public let logDeviation: (below: Double, above: Double)

  /// The standard deviation of ln γ* that the runs' noise makes: replicates narrow it.
  public let noiseDeviation: Double

  /// The standard deviation of ln γ* between the hypotheses: replicates do not narrow it.
  public let formDeviation: Double

  /// The interval of the base learning rate: ``intervalWidths`` standard deviations to either side.
  public var interval: ClosedRange<Double> {
    let widths = Self.intervalWidths
    return baseLearningRate * exp(-widths * logDeviation.below)...baseLearningRate
      * exp(widths * logDeviation.above)
  }

  /// The factor from the best run within which runs are fitted: two steps of a grid of twos.
  public static let window = 4.5

  /// The smallest credible standard deviation of ln γ*.
  public static let leastDeviation = 0.1

  /// The standard deviations that an interval reaches to either side.
  public static let intervalWidths = 1.5

  /// The deviations by which a form must miss the runs to count no more than no form at all.
  static let doubt = 3.0

  /// The credible distance of an optimum from the swept learning rates outside them: a factor of two.
  private static let reach: Double = log(2)

  /// Fits a cell.
  ///
  /// - Parameter cell: at least three base learning rates that did not diverge.
  /// - Throws: `InputError`, of kind `unanswerable` where the losses show no minimum.
  /// - Complexity: O(points²).
  public init(of cell: SweepCell) throws(InputError) {
    guard cell.points.count >= 3 else { throw Self.tooFewRates(cell) }
    let runs = FittedRuns(near: cell, reach: Self.reach)
    let fits = FittedForm.allCases.compactMap { FormFit($0, to: runs) }
    guard fits.contains(where: { $0.location != nil }) else {
      throw InputError(
        .unanswerable, cell.name, problem: "no fitted form has a minimum",
        hint: "sweep further to both sides")
    }
    let least = fits.map(\.misfit).min() ?? 0
    let evidence = fits.map { exp((least - $0.misfit) / 2) }
    let total = evidence.reduce(exp((least - Self.doubt * Self.doubt) / 2), +)
    estimates = zip(fits, evidence).map { fit, evidence in
      Estimate(
        form: fit.form, baseLearningRate: fit.minimum.map { exp($0 + runs.centre) },
        weight: fit.location == nil ? 0 : evidence / total, curve: (fit.coefficients, runs.centre))
    }
    // A form without a minimum shows no more than no form at all: the optimum is within the bracket.
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

  /// The deviations to both sides; at an end of the sweep the interval reaches a factor of two beyond it.
  private static func deviations(of deviation: Double, at position: Position)
    -> (below: Double, above: Double)
  {
    let beyond = max(deviation, reach / intervalWidths)
    return (position == .below ? beyond : deviation, position == .above ? beyond : deviation)
  }
}

/// The runs of a cell near its best one, to which the forms are fitted.
private struct FittedRuns {
  /// ln γ of the best run; all others are relative to it.
  let centre: Double

  /// ln γ, rising.
  let logs: [Double]

  /// Mean final losses, in nats.
  let losses: [Double]

  /// The standard deviation of each loss by noise alone.
  let noises: [Double]

  /// The standard deviation with which each loss counts.
  let deviations: [Double]

  /// Where the optimum lies: between the nearest runs to either side that are clearly worse than the best
  /// one, or diverged; without such runs, a little beyond the fitted ones.
  let bracket: ClosedRange<Double>

  /// The lowest and the highest swept ln γ.
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

/// One form fitted to the runs of a cell.
private struct FormFit {
  let form: FittedForm

  /// Its coefficients at ln γ relative to the best run.
  let coefficients: [Double]

  /// ln γ of the curve's own minimum; nil where it has none.
  let minimum: Double?

  /// χ²: the sum of ((fit − loss)/deviation)².
  let misfit: Double

  /// ln γ of the form's optimum, kept within the bracket; nil where the form shows none.
  let location: Double?

  /// The variance of the location that the noise of the runs makes.
  let noiseVariance: Double

  /// Fits a form; nil where its columns are linearly dependent on these runs.
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
      // The larger of the moves that the noise makes upwards and downwards; where it takes the minimum
      // away, half of the bracket.
      let moves = [runs.noises[index], -runs.noises[index]].map { noise in
        var losses = runs.losses
        losses[index] += noise
        let moved = solve(losses).flatMap { locate(form.minimum($0, over: ends)) }
        return moved.flatMap { moved in location.map { abs(moved - $0) } } ?? width / 2
      }
      let move = moves.max() ?? 0
      return sum + move * move
    }
    // At the most the optimum could be anywhere in the bracket.
    noiseVariance = min(moved, width * width / 12)
  }
}
