import Glibc
import Numerics

/// The tuned base learning rate of one cell of a sweep, read off by several forms.
///
/// The optimum depends on the fitted form more than on noise, so three are fitted, C + A/γ + Bγ,
/// C + A·γ^−½ + B·γ² and a parabola in ln γ through the three points around the best, and their spread,
/// with what the noise of a single run adds, is the interval.
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

  /// Fits a cell.
  ///
  /// - Parameter cell: at least three base learning rates that did not diverge.
  /// - Throws: ``SweepFitError``.
  /// - Complexity: O(points²).
  public init(of cell: SweepCell) throws(SweepFitError) {
    let points = cell.points
    guard !points.isEmpty else { throw SweepFitError.allDiverged }
    guard points.count >= 3 else { throw SweepFitError.tooFewRates(points.count) }
    let logs = points.map { log($0.baseLearningRate) }
    let losses = points.map(\.loss)
    let weights = points.map { Double($0.runs) }
    let lowest = logs[0]
    let highest = logs[logs.count - 1]

    let estimates = Form.allCases.map { form in
      Self.estimate(form, logs: logs, losses: losses, weights: weights)
    }
    let found = estimates.compactMap { estimate in estimate.baseLearningRate.map { log($0) } }
    self.estimates = estimates
    let best = losses.indices.min { losses[$0] < losses[$1] } ?? 0
    guard !found.isEmpty else {
      // No form turns: the best run is at an end, and the optimum at it or beyond.
      let isLow = logs[best] - lowest < highest - logs[best]
      position = isLow ? .below : .above
      let end = isLow ? points[0].baseLearningRate : points[points.count - 1].baseLearningRate
      baseLearningRate = end
      interval = isLow ? end / 2...end * 1.5 : end / 1.5...end * 2
      return
    }
    let mean = found.reduce(0, +) / Double(found.count)
    let noise = estimates.map(\.noise).filter(\.isFinite).max() ?? 0
    let lower = (found.min() ?? mean) - noise
    let upper = (found.max() ?? mean) + noise
    let kept = min(max(mean, lowest), highest)
    if mean < lowest {
      (position, baseLearningRate) = (.below, points[0].baseLearningRate)
    } else if mean > highest {
      (position, baseLearningRate) = (.above, points[points.count - 1].baseLearningRate)
    } else {
      (position, baseLearningRate) = (.inside, exp(mean))
    }
    // Beyond twice the swept range nothing was seen that could support a number.
    let bottom = max(min(lower, kept), lowest - log(2))
    let top = min(max(upper, kept), highest + log(2))
    interval = exp(bottom)...exp(top)
  }

  private static func estimate(
    _ form: Form, logs: [Double], losses: [Double], weights: [Double]
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
    func optimum(_ losses: [Double]) -> Double? {
      leastSquares(rows: rows, values: losses, weights: Array(weights[range]))
        .flatMap { form.minimum($0) }
    }
    let values = Array(losses[range])
    guard let found = optimum(values), found.isFinite, abs(found) < 50 else {
      return Estimate(form: form, baseLearningRate: nil, noise: .nan)
    }
    var variance = 0.0
    for index in values.indices {
      var shifted = values
      let noise = lossNoise / weights[range.lowerBound + index].squareRoot()
      shifted[index] += noise
      guard let moved = optimum(shifted) else { continue }
      variance += (moved - found) * (moved - found)
    }
    return Estimate(
      form: form, baseLearningRate: exp(found + centre), noise: min(variance.squareRoot(), 1))
  }
}

/// Why no optimum can be read off a cell of a sweep.
public enum SweepFitError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Every run diverged.
  case allDiverged

  /// Fewer than three base learning rates are left.
  case tooFewRates(Int)

  /// What is wrong.
  public var description: String {
    switch self {
    case .allDiverged: return "every run diverged"
    case .tooFewRates(let count):
      let rates = count == 1 ? "1 base learning rate" : "\(count) base learning rates"
      return "\(rates) cannot show an optimum"
    }
  }
}
