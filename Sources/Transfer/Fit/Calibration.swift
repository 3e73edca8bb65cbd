import Bound
import Glibc
import Support

/// The dependence of γ* on schedule, horizon and batch, fitted to the user's runs.
///
/// γ* = K · (S/T)^−a · V^−b · law(B, D) · T^−δ, with the law of ``HorizonBatchLaw``. The default rule has
/// a = b = 1/2, δ = 0 and the law's usual constant.
public struct Calibration: Equatable, Sendable {
  /// The exponents that the runs determine.
  ///
  /// Runs at several batches determine the law's constant as well.
  public enum Scope: String, CaseIterable, Equatable, Sendable {
    /// Several shapes and enough horizons: a, b and δ.
    case full

    /// One shape, enough horizons: δ only.
    case horizon

    /// Several shapes, few horizons: a and b only; p is the law's.
    case shape

    /// One shape, few horizons, several batches: the law's constant only.
    case batch

    /// The places of the fitted exponents among a, b and δ.
    var free: [Int] {
      switch self {
      case .full: return [0, 1, 2]
      case .horizon: return [2]
      case .shape: return [0, 1]
      case .batch: return []
      }
    }
  }

  /// A cell behind the calibration.
  public struct Source: Equatable, Sendable {
    /// Its schedule in canonical form.
    public let spec: String

    /// Its number of steps.
    public let steps: Int

    /// Its batch in tokens, if known.
    public let batchTokens: Int?

    /// Its tuned base learning rate.
    public let baseLearningRate: Double

    /// Its length and batch.
    public var horizon: Horizon { Horizon(steps: steps, batchTokens: batchTokens) }
  }

  /// Values for a, b and δ: the exponents, or their deviations.
  public struct Exponents: Equatable, Sendable {
    /// a, of S/T.
    public var stepSum: Double

    /// b, of V.
    public var noiseSum: Double

    /// δ, of T beside the law: p = p_law + δ.
    public var horizonOffset: Double
  }

  /// The exponents that the runs determine.
  public let scope: Scope

  /// a, b and δ.
  public let exponents: Exponents

  /// The law of horizon and batch, with the constant fitted if the cells have several batches.
  public let law: HorizonBatchLaw

  /// The 4×4 covariance of (a, b, δ, ln c); 0 for fixed ones.
  public let covariance: [[Double]]

  /// The standard deviation of ln γ* due to a change of shape, beyond that of the exponents.
  public let shapeDeviation: Double

  /// ln K.
  public let logScale: Double

  /// The cells behind the calibration.
  public let sources: [Source]

  /// The fewest horizons at one batch that teach more than the law knows.
  public static let fewestHorizons = 3

  /// The least ratio of the longest of those horizons to the shortest.
  public static let leastSpan = 16

  /// Whether horizons include enough at one batch to fit δ.
  static func teachesHorizon(_ horizons: [Horizon]) -> Bool {
    Dictionary(grouping: horizons, by: \.batchTokens).values.contains { group in
      let steps = Set(group.map(\.steps))
      guard let least = steps.min(), let most = steps.max() else { return false }
      return steps.count >= fewestHorizons && most / leastSpan >= least
    }
  }

  /// The standard deviations of a, b and δ; 0 for fixed exponents.
  public var deviations: Exponents { Exponents((0..<3).map { covariance[$0][$0].squareRoot() }) }

  /// The standard deviation of ln c; 0 if the law's constant is not fitted.
  public var lawConstantLogDeviation: Double { covariance[3][3].squareRoot() }

  /// Whether the cells have several batches, so that the law's constant is fitted.
  public var isLawFitted: Bool { batches.count > 1 }

  /// Whether δ is fitted.
  public var isHorizonFitted: Bool { scope.free.contains(2) }

  /// The cells' known batches, in tokens.
  public var batches: Set<Int> { Set(sources.compactMap(\.batchTokens)) }

  /// The one batch of all cells, in tokens; nil if they have several or none.
  var sharedBatch: Int? { batches.count == 1 ? batches.first : nil }

  /// What the runs could not determine.
  public var diagnostics: [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    if !scope.free.contains(0) {
      diagnostics.append(
        Diagnostic(
          code: "one-shape", message: "the sweep has one shape; other shapes follow the bound"))
    }
    if !isHorizonFitted {
      diagnostics.append(
        Diagnostic(
          code: "few-horizons",
          message:
            "the sweep has fewer than \(Self.fewestHorizons) horizons at one batch, or less than a factor of \(Self.leastSpan) between them; the horizon exponent p stays the law's"
        ))
    }
    return diagnostics
  }
}

// MARK: - Predictions

extension Calibration {
  func logBaseLearningRate(for run: RunTerms) -> Double {
    logScale + dot(Self.features(run), exponents.array) + law.logRate(at: run.horizon)
  }

  /// Returns γ*_to/γ*_from.
  public func ratio(from: RunTerms, to: RunTerms) -> Double {
    let shape = zip(Self.change(from: from, to: to), exponents.array).prefix(2)
    return exp(shape.reduce(0) { $0 + $1.0 * $1.1 })
      * horizonRatio(from: from.horizon, to: to.horizon)
  }

  /// p at a horizon.
  public func horizonExponent(at horizon: Horizon) -> Double {
    law.horizonExponent(at: comparable(horizon)) + exponents.horizonOffset
  }

  /// The standard deviation of p at a horizon; the law's own if δ is not fitted.
  public func horizonDeviation(at horizon: Horizon) -> Double {
    let horizon = comparable(horizon)
    // p + 1/6 = 1/(2(1 + (B/B_c)²)) = −(d ln γ*/d ln c)/2.
    let small = -law.sensitivity(at: horizon)
    let slope = small * (1 - small)
    let own =
      isHorizonFitted ? covariance[2][2] : TransferUncertainty.horizonVariance(at: horizon)
    let variance = own + slope * (2 * covariance[2][3] + slope * covariance[3][3])
    return max(0, variance).squareRoot()
  }

  /// p at a horizon ± 1.96 standard deviations.
  public func horizonInterval(at horizon: Horizon) -> ClosedRange<Double> {
    let (centre, half) = (horizonExponent(at: horizon), 1.96 * horizonDeviation(at: horizon))
    return centre - half...centre + half
  }

  /// Returns γ*_to/γ*_from at one shape.
  func horizonRatio(from: Horizon, to: Horizon) -> Double {
    let (first, second) = (comparable(from), comparable(to))
    return law.ratio(from: first, to: second)
      * pow(Double(to.steps) / Double(from.steps), -exponents.horizonOffset)
      * (first.batchTokens == nil ? law.batchRatio(from: from, to: to) : 1)
  }

  /// Returns the standard deviations of the parts of ln ``ratio(from:to:)``.
  ///
  /// The horizon's part is that of a, b and δ, or of the law where δ is not fitted; the batch's is what
  /// ln c adds to it, at least the law's own.
  public func deviation(from: RunTerms, to: RunTerms) -> (horizon: Double, batch: Double) {
    let (first, second) = (comparable(from.horizon), comparable(to.horizon))
    var usual = TransferUncertainty()
    usual.setHorizon(
      from: first.batchTokens == nil ? from.horizon : first,
      to: second.batchTokens == nil ? to.horizon : second, isBatchFitted: isLawFitted)
    let change =
      Self.change(from: from, to: to) + [law.sensitivity(at: second) - law.sensitivity(at: first)]
    func variance(_ count: Int) -> Double {
      (0..<count).reduce(0) { sum, row in
        sum + change[row] * dot(Array(covariance[row].prefix(count)), Array(change.prefix(count)))
      }
    }
    let exponents = variance(3) + (isHorizonFitted ? 0 : usual.horizon * usual.horizon)
    let batch = max(usual.batch * usual.batch, variance(4) - variance(3))
    return (max(0, exponents).squareRoot(), batch.squareRoot())
  }

  /// A horizon as the cells have theirs: with their batch if it has none, and without a batch if δ was
  /// fitted to cells without, whose exponent then is that of their unknown batch.
  private func comparable(_ horizon: Horizon) -> Horizon {
    Horizon(
      steps: horizon.steps,
      batchTokens: batches.isEmpty && isHorizonFitted ? nil : horizon.batchTokens ?? sharedBatch)
  }

  private static func change(from: RunTerms, to: RunTerms) -> [Double] {
    zip(features(to), features(from)).map { $0 - $1 }
  }

  /// The factors of a, b and δ: −ln(S/T), −ln V and −ln T.
  static func features(_ run: RunTerms) -> [Double] {
    [
      -log(run.terms.stepSum / Double(run.horizon.steps)), -log(run.terms.noiseSum),
      -log(Double(run.horizon.steps)),
    ]
  }
}

extension Calibration.Exponents {
  init(_ array: [Double]) {
    self.init(stepSum: array[0], noiseSum: array[1], horizonOffset: array[2])
  }

  var array: [Double] { [stepSum, noiseSum, horizonOffset] }
}

func dot(_ first: [Double], _ second: [Double]) -> Double {
  zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
}
