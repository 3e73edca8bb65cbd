import Bound
import Glibc
import Runs

/// How the tuned base learning rate moves with schedule and horizon in the user's own runs:
/// γ* = K · S^−a · V^−b · T^c, which with p = a − c is K · (S/T)^−a · V^−b · T^−p.
///
/// The bound itself is a = b = p = 1/2, the default rule a = b = 1/2, p = 1/3.
public struct Calibration: Equatable, Sendable {
  /// What the runs could say something about.
  public enum Scope: String, Equatable, Sendable {
    /// Several shapes and several horizons: a, b and p.
    case full

    /// One shape: p alone.
    case horizon

    /// One horizon: a and b alone; p is the prior's.
    case shape
  }

  /// A cell that the calibration rests on.
  public struct Source: Equatable, Sendable {
    /// Its schedule, in canonical form.
    public let spec: String

    /// Its length in steps.
    public let steps: Int

    /// Its tuned base learning rate.
    public let baseLearningRate: Double
  }

  /// The exponents, or what is known of them: one number each.
  public struct Exponents: Equatable, Sendable {
    /// a, of S.
    public var stepSum: Double

    /// b, of V.
    public var noiseSum: Double

    /// p, of T at one shape.
    public var horizon: Double

    /// c = a − p, of T beside S.
    public var length: Double { stepSum - horizon }
  }

  /// What the runs could say something about.
  public let scope: Scope

  /// a, b and p.
  public let exponents: Exponents

  /// The covariance of (a, b, p): three rows of three; 0 for what was held fixed.
  public let covariance: [[Double]]

  /// The standard deviation of ln γ* that a change of shape adds to that of the exponents.
  public let shapeDeviation: Double

  /// ln K.
  public let logScale: Double

  /// The cells that it rests on.
  public let sources: [Source]

  init(
    scope: Scope, exponents: Exponents, covariance: [[Double]], shapeDeviation: Double,
    logScale: Double, sources: [Source]
  ) {
    self.scope = scope
    self.exponents = exponents
    self.covariance = covariance
    self.shapeDeviation = shapeDeviation
    self.logScale = logScale
    self.sources = sources
  }

  /// The standard deviations of a, b and p; 0 for what was held fixed.
  public var deviations: Exponents {
    Exponents(
      stepSum: covariance[0][0].squareRoot(), noiseSum: covariance[1][1].squareRoot(),
      horizon: covariance[2][2].squareRoot())
  }

  /// p with 1.96 standard deviations to either side.
  public var horizonInterval: ClosedRange<Double> {
    let half = 1.96 * deviations.horizon
    return exponents.horizon - half...exponents.horizon + half
  }

  /// γ* as all the cells together have it.
  ///
  /// - Parameters:
  ///   - terms: S and V of the schedule.
  ///   - steps: T.
  /// - Returns: the base learning rate, as the runs' trainer takes it.
  /// - Complexity: O(1).
  public func baseLearningRate(for terms: BoundTerms, steps: Int) -> Double {
    exp(logBaseLearningRate(for: terms, steps: steps))
  }

  /// ln γ* as all the cells together have it.
  func logBaseLearningRate(for terms: BoundTerms, steps: Int) -> Double {
    logScale + Self.features(terms, steps: steps).times(exponents)
  }

  /// γ*_to/γ*_from.
  ///
  /// - Parameters:
  ///   - from: S and V of the source, and its T.
  ///   - to: those of the target.
  /// - Returns: the ratio.
  /// - Complexity: O(1).
  public func ratio(
    from: (terms: BoundTerms, steps: Int), to: (terms: BoundTerms, steps: Int)
  ) -> Double {
    exp(Self.change(from: from, to: to).times(exponents))
  }

  /// The standard deviation of ln ``ratio(from:to:)`` that the exponents' covariance makes.
  ///
  /// - Parameters:
  ///   - from: S and V of the source, and its T.
  ///   - to: those of the target.
  /// - Returns: √(dᵀΣd), d being the change of −ln(S/T), −ln V and −ln T.
  /// - Complexity: O(1).
  public func deviation(
    from: (terms: BoundTerms, steps: Int), to: (terms: BoundTerms, steps: Int)
  ) -> Double {
    let change = Self.change(from: from, to: to).array
    var variance = 0.0
    for row in 0..<3 {
      for column in 0..<3 { variance += change[row] * covariance[row][column] * change[column] }
    }
    return max(0, variance).squareRoot()
  }

  private static func change(
    from: (terms: BoundTerms, steps: Int), to: (terms: BoundTerms, steps: Int)
  ) -> Exponents {
    let first = features(from.terms, steps: from.steps)
    let second = features(to.terms, steps: to.steps)
    return Exponents(
      stepSum: second.stepSum - first.stepSum, noiseSum: second.noiseSum - first.noiseSum,
      horizon: second.horizon - first.horizon)
  }

  /// What a, b and p multiply: −ln(S/T), −ln V and −ln T.
  static func features(_ terms: BoundTerms, steps: Int) -> Exponents {
    Exponents(
      stepSum: -log(terms.stepSum / Double(steps)), noiseSum: -log(terms.noiseSum),
      horizon: -log(Double(steps)))
  }
}

extension Calibration.Exponents {
  /// a, b and p in this order.
  var array: [Double] { [stepSum, noiseSum, horizon] }

  /// Σ over the three.
  func times(_ other: Calibration.Exponents) -> Double {
    stepSum * other.stepSum + noiseSum * other.noiseSum + horizon * other.horizon
  }
}
