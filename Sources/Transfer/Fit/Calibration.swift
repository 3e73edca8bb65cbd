import Bound
import Glibc
import Support

/// S and V of a schedule, and its number of steps T.
public typealias RunTerms = (terms: BoundTerms, steps: Int)

/// What is taken for granted about γ* ∝ S^−a · V^−b · T^c before any run is seen.
///
/// It is the default rule, with deviations that real sweeps show.
public enum CalibrationPrior {
  /// a, as in the bound γ* = D/√(SV).
  public static let stepSumExponent = 0.5

  /// b, as in the bound.
  public static let noiseSumExponent = 0.5

  /// p = a − c: at one shape γ* ∝ T^−p.
  ///
  /// The bound has 1/2; real sweeps show 0.2 to 0.4.
  public static let horizonExponent = 1.0 / 3

  /// The standard deviation of each exponent.
  public static let exponentDeviation = 0.1

  /// The standard deviation of ln γ* between two shapes at one horizon (10 to 25 %).
  public static let shapeDeviation = 0.2

  /// That of a schedule that does not anneal to about zero, where the bound is off by up to 2×:
  /// ln 2/1.5.
  public static let notAnnealedDeviation = 0.46
}

/// How the tuned base learning rate moves with schedule and horizon in the user's own runs.
///
/// γ* = K · S^−a · V^−b · T^c, which with p = a − c is K · (S/T)^−a · V^−b · T^−p. The bound itself is
/// a = b = p = 1/2, the default rule a = b = 1/2, p = 1/3.
public struct Calibration: Equatable, Sendable {
  /// What the runs could show.
  public enum Scope: String, CaseIterable, Equatable, Sendable {
    /// Several shapes and several horizons: a, b and p.
    case full

    /// One shape: p alone.
    case horizon

    /// One horizon: a and b alone; p is the prior's.
    case shape
  }

  /// A cell behind the calibration.
  public struct Source: Equatable, Sendable {
    /// Its schedule, in canonical form.
    public let spec: String

    /// Its length in steps.
    public let steps: Int

    /// Its tuned base learning rate.
    public let baseLearningRate: Double
  }

  /// One number for each of a, b and p: the exponents, or their deviations.
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

  /// What the runs could show.
  public let scope: Scope

  /// a, b and p.
  public let exponents: Exponents

  /// The covariance of (a, b, p): three rows of three; 0 for what was held fixed.
  public let covariance: [[Double]]

  /// The standard deviation of ln γ* that a change of shape adds to that of the exponents.
  public let shapeDeviation: Double

  /// ln K.
  public let logScale: Double

  /// The cells behind the calibration.
  public let sources: [Source]

  /// The standard deviations of a, b and p; 0 for what was held fixed.
  public var deviations: Exponents { Exponents((0..<3).map { covariance[$0][$0].squareRoot() }) }

  /// p with 1.96 standard deviations to either side.
  public var horizonInterval: ClosedRange<Double> {
    let half = 1.96 * deviations.horizon
    return exponents.horizon - half...exponents.horizon + half
  }

  /// What users should know about what the runs could not show.
  public var diagnostics: [Diagnostic] {
    switch scope {
    case .full: return []
    case .horizon:
      let message =
        "the sweep has one shape: the horizon exponent alone is fitted, shapes follow the bound"
      return [Diagnostic(code: "one-shape", message: message)]
    case .shape:
      let message =
        "the sweep has one horizon: it shows no horizon exponent, and that of the default, 1/3, is used"
      return [Diagnostic(code: "one-horizon", message: message)]
    }
  }

  /// ln γ* by all cells together.
  func logBaseLearningRate(for run: RunTerms) -> Double {
    logScale + dot(Self.features(run), exponents.array)
  }

  /// Returns γ*_to/γ*_from.
  public func ratio(from: RunTerms, to: RunTerms) -> Double {
    exp(dot(Self.change(from: from, to: to), exponents.array))
  }

  /// Returns the standard deviation of ln ``ratio(from:to:)``: √(dᵀΣd), d being the change of −ln(S/T),
  /// −ln V and −ln T, and Σ the covariance of the exponents.
  public func deviation(from: RunTerms, to: RunTerms) -> Double {
    let change = Self.change(from: from, to: to)
    var variance = 0.0
    for row in 0..<3 {
      for column in 0..<3 { variance += change[row] * covariance[row][column] * change[column] }
    }
    return max(0, variance).squareRoot()
  }

  private static func change(from: RunTerms, to: RunTerms) -> [Double] {
    zip(features(to), features(from)).map { $0 - $1 }
  }

  /// What a, b and p multiply: −ln(S/T), −ln V and −ln T.
  static func features(_ run: RunTerms) -> [Double] {
    [
      -log(run.terms.stepSum / Double(run.steps)), -log(run.terms.noiseSum),
      -log(Double(run.steps)),
    ]
  }
}

extension Calibration.Exponents {
  /// a, b and p from three numbers.
  init(_ array: [Double]) {
    self.init(stepSum: array[0], noiseSum: array[1], horizon: array[2])
  }

  /// a, b and p in this order.
  var array: [Double] { [stepSum, noiseSum, horizon] }
}

/// Σ xᵢyᵢ.
func dot(_ first: [Double], _ second: [Double]) -> Double {
  zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
}
