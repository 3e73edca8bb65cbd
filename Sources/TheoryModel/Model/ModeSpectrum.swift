import Glibc
import Numerics

/// The modes of the model: all features, or a few modes that represent them.
///
/// A mode has its eigenvalue λ, its initial excess loss Σ λ_k·c_k = Σ k^−a over the features it represents,
/// and the gain of gradient noise, Σ λ_k². The state of a run is each mode's excess loss, so that
/// multiplicities enter only here.
struct ModeSpectrum: Sendable {
  /// λ of each mode, eight per vector, padded with zeros.
  let eigenvalues: [SIMD8<Double>]

  let excess: [SIMD8<Double>]

  /// Σ λ_k² over the mode's features.
  let noiseGains: [SIMD8<Double>]

  let count: Int

  /// One mode per feature.
  static func direct(_ task: ModelTask, features: Int) -> ModeSpectrum {
    ModeSpectrum(task, points: (1...features).map { (Double($0), 1) })
  }

  /// The first features individually, the rest by ten Gauss points per geometrically growing bin.
  ///
  /// The summand k^−a·Φ(k^−b) is smooth in ln k, less so for large exponents, for which the bins shrink;
  /// there are O(max(a, b)·log N) modes. The loss is within 10⁻⁹ of that of all features at every step,
  /// also without noise, as long as more than 10⁻¹⁶ of the initial excess is left (measured: 10⁻¹³ over 10⁴
  /// steps for exponents up to 8; derived here).
  static func compressed(_ task: ModelTask, features: Int) -> ModeSpectrum {
    let exponent = max(2, task.taskExponent, task.spectrumExponent)
    let growth = pow(2, 2 / exponent)
    var points: [(Double, Double)] = []
    var first = 1
    while first <= features {
      // Beyond 10¹⁵ a Double could not tell features apart; N stays below that.
      var last = min(features, max(first, Int((Double(first) * growth).rounded(.up)) - 1))
      if features - last < (last - first) / 2 { last = features }
      let length = last - first + 1
      if first <= Self.separateFeatures || length <= Self.pointsPerBin {
        let end = min(max(last, Self.separateFeatures), features)
        points += (first...end).map { (Double($0), 1) }
        first = end + 1
      } else {
        let rule = GaussRule(over: first...last, count: Self.pointsPerBin)
        points += zip(rule.nodes, rule.weights)
        first = last + 1
      }
    }
    return ModeSpectrum(task, points: points)
  }

  /// The first eight features individually, the rest by three points per doubling of the index: on a
  /// cross-check's tasks the tuned learning rate is within 0.3 % of that for all features (measured).
  static func coarse(_ task: ModelTask, features: Int) -> ModeSpectrum {
    let separate = 8
    var points = (1...min(separate, features)).map { (Double($0), 1.0) }
    var first = separate + 1
    while first <= features {
      let last = min(features, 2 * first - 1)
      if last - first < 3 {
        points += (first...last).map { (Double($0), 1.0) }
      } else {
        let rule = GaussRule(over: first...last, count: 3)
        points += zip(rule.nodes, rule.weights)
      }
      first = last + 1
    }
    return ModeSpectrum(task, points: points)
  }

  /// The fastest features, which may oscillate, are modes of their own.
  private static let separateFeatures = 16

  private static let pointsPerBin = 10

  /// Creates modes at indices k, not necessarily whole, each representing a number of features.
  init(_ task: ModelTask, points: [(index: Double, features: Double)]) {
    let padded = (points.count + 7) / 8
    var eigenvalues = [SIMD8<Double>](repeating: .zero, count: padded)
    var excess = eigenvalues
    var noiseGains = eigenvalues
    for (mode, point) in points.enumerated() {
      let eigenvalue = pow(point.index, -task.spectrumExponent)
      eigenvalues[mode / 8][mode % 8] = eigenvalue
      excess[mode / 8][mode % 8] = point.features * pow(point.index, -task.taskExponent)
      noiseGains[mode / 8][mode % 8] = point.features * eigenvalue * eigenvalue
    }
    self.eigenvalues = eigenvalues
    self.excess = excess
    self.noiseGains = noiseGains
    count = points.count
  }

  var initialExcess: Double { excess.reduce(SIMD8<Double>.zero, +).sum() }

  /// Visits each mode's λ, initial excess and Σ λ².
  func forEachMode(_ body: (_ eigenvalue: Double, _ excess: Double, _ noiseGain: Double) -> Void) {
    for mode in 0..<count {
      let (vector, lane) = (mode / 8, mode % 8)
      body(eigenvalues[vector][lane], excess[vector][lane], noiseGains[vector][lane])
    }
  }
}
