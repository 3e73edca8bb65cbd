import Bound
import Glibc
import Support

/// The prior for the exponents of γ* ∝ S^−a · V^−b · T^c: the default rule, with deviations seen in real
/// sweeps.
public enum CalibrationPrior {
  /// a, as in the bound γ* = D/√(SV).
  public static let stepSumExponent = 0.5

  /// b, as in the bound.
  public static let noiseSumExponent = 0.5

  /// p = a − c, where γ* ∝ T^−p at one shape; the bound has 1/2, real sweeps show 0.2 to 0.4.
  public static let horizonExponent = HorizonBatchLaw.smallBatchExponent

  /// The standard deviation of each exponent.
  public static let exponentDeviation = 0.1

  /// The standard deviation of ln γ* between two shapes at one horizon (10 to 25 %).
  public static let shapeDeviation = 0.2

  /// The same for a schedule that does not anneal to about zero: ln 2/1.5.
  public static let notAnnealedDeviation = 0.46
}

/// The dependence of γ* on schedule and horizon, fitted to the user's runs.
///
/// γ* = K · S^−a · V^−b · T^c = K · (S/T)^−a · V^−b · T^−p with p = a − c. The bound has a = b = p = 1/2,
/// the default rule a = b = 1/2 and p = 1/3.
public struct Calibration: Equatable, Sendable {
  /// The exponents that the runs determine.
  public enum Scope: String, CaseIterable, Equatable, Sendable {
    /// Several shapes and horizons: a, b and p.
    case full

    /// One shape: p only.
    case horizon

    /// One horizon: a and b only; p is the prior's.
    case shape
  }

  /// A cell behind the calibration.
  public struct Source: Equatable, Sendable {
    /// Its schedule in canonical form.
    public let spec: String

    /// Its number of steps.
    public let steps: Int

    /// Its tuned base learning rate.
    public let baseLearningRate: Double
  }

  /// Values for a, b and p: the exponents, or their deviations.
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

  /// The exponents that the runs determine.
  public let scope: Scope

  /// a, b and p.
  public let exponents: Exponents

  /// The 3×3 covariance of (a, b, p); 0 for fixed exponents.
  public let covariance: [[Double]]

  /// The standard deviation of ln γ* due to a change of shape, beyond that of the exponents.
  public let shapeDeviation: Double

  /// ln K.
  public let logScale: Double

  /// The cells behind the calibration.
  public let sources: [Source]

  /// The standard deviations of a, b and p; 0 for fixed exponents.
  public var deviations: Exponents { Exponents((0..<3).map { covariance[$0][$0].squareRoot() }) }

  /// p ± 1.96 standard deviations.
  public var horizonInterval: ClosedRange<Double> {
    let half = 1.96 * deviations.horizon
    return exponents.horizon - half...exponents.horizon + half
  }

  /// The exponents that the runs could not determine.
  public var diagnostics: [Diagnostic] {
    switch scope {
    case .full: return []
    case .horizon:
      let message =
        "the sweep has one shape; only the horizon exponent is fitted, and shapes follow the bound"
      return [Diagnostic(code: "one-shape", message: message)]
    case .shape:
      let message =
        "the sweep has one horizon and shows no horizon exponent; the default's, 1/3, is used"
      return [Diagnostic(code: "one-horizon", message: message)]
    }
  }

  func logBaseLearningRate(for run: RunTerms) -> Double {
    logScale + dot(Self.features(run), exponents.array)
  }

  /// Returns γ*_to/γ*_from.
  public func ratio(from: RunTerms, to: RunTerms) -> Double {
    exp(dot(Self.change(from: from, to: to), exponents.array))
  }

  /// p at a horizon.
  func horizonExponent(at horizon: Horizon) -> Double { exponents.horizon }

  /// Returns γ*_to/γ*_from at one shape.
  func horizonRatio(from: Horizon, to: Horizon) -> Double {
    pow(Double(to.steps) / Double(from.steps), -exponents.horizon)
  }

  /// Returns the standard deviation of the batch's part of ln ``ratio(from:to:)``.
  func batchDeviation(from: Horizon, to: Horizon) -> Double { 0 }

  /// Returns the standard deviation of ln ``ratio(from:to:)``, from the exponents' covariance.
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

  /// The factors of a, b and p: −ln(S/T), −ln V and −ln T.
  static func features(_ run: RunTerms) -> [Double] {
    [
      -log(run.terms.stepSum / Double(run.horizon.steps)), -log(run.terms.noiseSum),
      -log(Double(run.horizon.steps)),
    ]
  }
}

extension Calibration.Exponents {
  init(_ array: [Double]) {
    self.init(stepSum: array[0], noiseSum: array[1], horizon: array[2])
  }

  var array: [Double] { [stepSum, noiseSum, horizon] }
}

func dot(_ first: [Double], _ second: [Double]) -> Double {
  zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
}
