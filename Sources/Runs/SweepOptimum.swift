import Glibc
import Numerics

/// The tuned base learning rate of one cell of a sweep, read off by several forms.
///
/// The optimum depends on the fitted form more than on noise, so three are fitted, C + A/γ + Bγ,
/// C + A·γ^−½ + B·γ² and a parabola in ln γ through the three points around the best, and their spread,
/// with what the noise of a single run adds, is the interval. No form holds far from the optimum: a run
/// counts with the standard deviation √(noise² + (excess/4)²), excess being its loss above the best;
/// a form that misses the runs by more than twice that, and three times the best form, is left out.
public struct SweepOptimum: Sendable {
  /// A fitted form.
  public enum Form: String, CaseIterable, Sendable {
    /// C + A/γ + Bγ, the bound's own.
    case bound = "C + A/γ + Bγ"

    /// C + A·γ^−½ + B·γ².
    case steep = "C + A·γ^-1/2 + B·γ²"

    /// A parabola in ln γ.
    case parabola = "parabola in ln γ"

    /// The columns of the design matrix at γ = e^x.
    fileprivate func basis(_ x: Double) -> [Double] {
      switch self {
      case .bound: return [1, exp(-x), exp(x)]
      case .steep: return [1, exp(-x / 2), exp(2 * x)]
      case .parabola: return [1, x, x * x]
      }
    }

    /// Where the fitted curve is least, as ln γ; nil where it has no minimum.
    fileprivate func minimum(_ c: [Double]) -> Double? {
      switch self {
      case .bound: return c[1] > 0 && c[2] > 0 ? log(c[1] / c[2]) / 2 : nil
      case .steep: return c[1] > 0 && c[2] > 0 ? log(c[1] / (4 * c[2])) / 2.5 : nil
      case .parabola: return c[2] > 0 ? -c[1] / (2 * c[2]) : nil
      }
    }
  }

  /// What one form says.
  public struct Estimate: Sendable {
    /// The form.
    public let form: Form

    /// Its optimum, also outside the swept learning rates; nil where the form has no minimum.
    public let baseLearningRate: Double?

    /// The standard deviation of ln γ that the noise of the runs causes.
    public let noise: Double

    /// The root mean square of (fit − loss)/deviation over the degrees of freedom; 0 where there are
    /// none.
    public let misfit: Double

    /// The fitted curve: the form's coefficients at ln γ relative to the centre; nil where it has no
    /// minimum.
    fileprivate let curve: (coefficients: [Double], centre: Double)?

    /// The smooth regret of a base learning rate: the fitted curve there above its minimum.
    ///
    /// - Parameter baseLearningRate: γ, positive.
    /// - Returns: nats, at least 0; nil where the form has no minimum.
    /// - Complexity: O(1).
    public func regret(at baseLearningRate: Double) -> Double? {
      guard let curve, let optimum = self.baseLearningRate else { return nil }
      func value(_ rate: Double) -> Double {
        zip(form.basis(log(rate) - curve.centre), curve.coefficients)
          .reduce(0) { $0 + $1.0 * $1.1 }
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

  /// The geometric mean of the forms' optima, kept within the swept learning rates.
  public let baseLearningRate: Double

  /// The lowest and the highest base learning rate that the forms and the noise allow.
  public let interval: ClosedRange<Double>

  /// Whether the optimum lies within what was swept.
  public let position: Position

  /// The standard deviation of one run's final loss, in nats, measured on replicates of a 124M model.
  public static let lossNoise = 0.0011

  /// The least standard deviation of ln γ* that is believed: the choice of the fitted form makes as much.
  public static let leastDeviation = 0.1

  /// How many standard deviations an interval reaches to either side.
  public static let intervalWidths = 1.5

  /// The standard deviation of ln γ* downwards and upwards, ``leastDeviation`` at least.
  public var logDeviation: (below: Double, above: Double) {
    func deviation(_ factor: Double) -> Double {
      max(Self.leastDeviation, log(factor) / Self.intervalWidths)
    }
    return (
      deviation(baseLearningRate / interval.lowerBound),
      deviation(interval.upperBound / baseLearningRate)
    )
  }

  /// Fits a cell.
  ///
  /// - Parameters:
  ///   - cell: at least three base learning rates that did not diverge.
  ///   - runNoise: the standard deviation of one run's final loss, in nats; positive.
  /// - Throws: ``SweepFitError``.
  /// - Complexity: O(points²).
  public init(of cell: SweepCell, noise runNoise: Double = lossNoise) throws(SweepFitError) {
    let points = cell.points
    guard !points.isEmpty else { throw SweepFitError.allDiverged }
    guard points.count >= 3 else {
      throw SweepFitError.tooFewRates(points.count, diverged: cell.diverged.count)
    }
    let logs = points.map { log($0.baseLearningRate) }
    let losses = points.map(\.loss)
    let best = losses.indices.min { losses[$0] < losses[$1] } ?? 0
    let weights = points.map { point in
      let noise = runNoise / Double(point.runs).squareRoot()
      let excess = (point.loss - losses[best]) / 4
      return 1 / (noise * noise + excess * excess)
    }
    let lowest = logs[0]
    let highest = logs[logs.count - 1]

    estimates = Form.allCases.map { form in
      Self.estimate(form, logs: logs, losses: losses, weights: weights, runNoise: runNoise)
    }
    let turning = estimates.filter { $0.baseLearningRate != nil }
    let leastMisfit = turning.map(\.misfit).min() ?? 0
    let kept = turning.filter { $0.misfit <= max(2, 3 * leastMisfit) }
    let found = kept.compactMap { $0.baseLearningRate.map { log($0) } }
    guard !found.isEmpty else {
      // No form turns: the losses fall, or rise, all the way, and the optimum is at that end or beyond.
      let isFalling = zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 }
      let isRising = zip(losses, losses.dropFirst()).allSatisfy { $0 < $1 }
      guard isFalling || isRising else { throw SweepFitError.noMinimum }
      position = isRising ? .below : .above
      let end = points[isRising ? 0 : points.count - 1].baseLearningRate
      baseLearningRate = end
      interval = isRising ? end / 2...end : end...end * 2
      return
    }
    let mean = found.reduce(0, +) / Double(found.count)
    let noise = kept.map(\.noise).max() ?? 0
    if mean < lowest {
      (position, baseLearningRate) = (.below, points[0].baseLearningRate)
    } else if mean > highest {
      (position, baseLearningRate) = (.above, points[points.count - 1].baseLearningRate)
    } else {
      (position, baseLearningRate) = (.inside, exp(mean))
    }
    // The interval holds the answer and the best run, and goes no further than twice what was swept.
    let held = [log(baseLearningRate), logs[best]]
    let lower = min((found.min() ?? mean) - noise, held[0], held[1])
    let upper = max((found.max() ?? mean) + noise, held[0], held[1])
    interval = exp(max(lower, lowest - log(2)))...exp(min(upper, highest + log(2)))
  }

  private static func estimate(
    _ form: Form, logs: [Double], losses: [Double], weights: [Double], runNoise: Double
  ) -> Estimate {
    var range = 0..<logs.count
    if form == .parabola {
      // Far from the optimum the loss is no parabola: only the neighbours of the best run count.
      let best = losses.indices.min { losses[$0] < losses[$1] } ?? 0
      let first = min(max(best - 1, 0), logs.count - 3)
      range = first..<first + 3
    }
    // Learning rates relative to the middle one keep the columns of comparable size.
    let centre = logs[(range.lowerBound + range.upperBound) / 2]
    let rows = range.map { form.basis(logs[$0] - centre) }
    let values = Array(losses[range])
    let weights = Array(weights[range])
    func optimum(_ losses: [Double]) -> Double? {
      guard let solution = leastSquares(rows: rows, values: losses, weights: weights),
        let found = form.minimum(solution), found.isFinite, abs(found) < 50
      else { return nil }
      return found
    }
    guard let found = optimum(values),
      let solution = leastSquares(rows: rows, values: values, weights: weights)
    else { return Estimate(form: form, baseLearningRate: nil, noise: 1, misfit: 0, curve: nil) }
    var squares = 0.0
    for (row, (value, weight)) in zip(rows, zip(values, weights)) {
      let fit = zip(row, solution).reduce(0) { $0 + $1.0 * $1.1 }
      squares += weight * (fit - value) * (fit - value)
    }
    let freedom = values.count - 3
    var variance = 0.0
    for index in values.indices {
      // What one run's noise moves the optimum by, upwards or downwards; no optimum is as far as it goes.
      let moves = [runNoise, -runNoise].map { noise in
        var shifted = values
        shifted[index] += noise
        return optimum(shifted).map { abs($0 - found) } ?? 1
      }
      let move = moves.max() ?? 1
      variance += move * move
    }
    return Estimate(
      form: form, baseLearningRate: exp(found + centre), noise: min(variance.squareRoot(), 1),
      misfit: freedom > 0 ? (squares / Double(freedom)).squareRoot() : 0,
      curve: (solution, centre))
  }
}

/// Why no optimum can be read off a cell of a sweep.
public enum SweepFitError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Every run diverged.
  case allDiverged

  /// Fewer than three base learning rates are left.
  case tooFewRates(Int, diverged: Int)

  /// The losses neither turn nor fall or rise all the way: flat, or noise.
  case noMinimum

  /// What is wrong.
  public var description: String {
    switch self {
    case .allDiverged: return "every run diverged"
    case .tooFewRates(let count, let diverged):
      let rates = count == 1 ? "1 base learning rate" : "\(count) base learning rates"
      return "\(rates) cannot show an optimum" + (diverged > 0 ? " (\(diverged) diverged)" : "")
    case .noMinimum: return "no fitted form has a minimum"
    }
  }
}
