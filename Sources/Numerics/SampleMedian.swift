import Glibc

/// The median of a sample and its error.
public struct SampleMedian: Equatable, Sendable {
  /// A way to estimate the error of a median.
  public enum ErrorEstimate: String, CaseIterable, Sendable {
    /// √(π/2)·s/√n, the standard error for a normal sample.
    case normal

    /// Half the 95 % bias-corrected and accelerated bootstrap interval (Efron 1987), from 1000 resamples.
    case bootstrap

    /// Half the 95 % interval of the Dvoretzky–Kiefer–Wolfowitz inequality, valid for any distribution.
    case dkw
  }

  /// The values in ascending order; infinity for a diverged run.
  public let values: [Double]

  /// The median, the mean of the two middle values for an even count.
  public let value: Double

  /// Creates the median of a sample in any order, infinity allowed; nil if it is empty or holds NaN or −∞.
  public init?(_ sample: [Double]) {
    guard !sample.isEmpty, sample.allSatisfy({ !$0.isNaN && $0 > -.infinity }) else { return nil }
    values = sample.sorted()
    value = Self.middle(of: values)
  }

  private static func middle(of sorted: [Double]) -> Double {
    let half = sorted.count / 2
    if sorted.count % 2 == 1 { return sorted[half] }
    return sorted[half - 1] == sorted[half]
      ? sorted[half] : sorted[half - 1] / 2 + sorted[half] / 2
  }

  /// Returns the median's error; nil if the sample is too small (below two values, eight for `dkw`) or the
  /// error is infinite.
  public func error(_ estimate: ErrorEstimate) -> Double? {
    guard values.count > 1 else { return nil }
    let error: Double?
    switch estimate {
    case .normal: error = normalError
    case .bootstrap: error = bootstrapError
    case .dkw: error = dkwInterval().map { ($0.upper - $0.lower) / 2 }
    }
    return error.flatMap { $0.isFinite ? $0 : nil }
  }

  private var normalError: Double {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (.pi / 2 * squares / (count - 1) / count).squareRoot()
  }

  /// Returns the interval that holds any distribution's median with the given confidence 1 − α: the sample
  /// quantiles at ½ ∓ √(ln(2/α)/2n); nil if the sample is too small.
  public func dkwInterval(confidence: Double = 0.95) -> (lower: Double, upper: Double)? {
    let count = Double(values.count)
    let reach = (log(2 / (1 - confidence)) / (2 * count)).squareRoot()
    let lower = Int(((0.5 - reach) * count).rounded(.down))
    let upper = Int(((0.5 + reach) * count).rounded(.down))
    guard lower >= 0, upper < values.count else { return nil }
    return (values[lower], values[upper])
  }

  private var bootstrapError: Double? {
    guard let first = values.first, let last = values.last, last.isFinite else { return nil }
    if first == last { return 0 }
    var generator = SplitMix64(seed: 0)
    let resamples = (0..<1000).map { _ in
      Self.middle(of: values.map { _ in values[generator.nextIndex(below: values.count)] }.sorted())
    }.sorted()
    let below = resamples.reduce(0) { $0 + ($1 < value ? 1 : $1 == value ? 0.5 : 0) } / 1000
    guard below > 0, below < 1 else { return (resamples[974] - resamples[25]) / 2 }
    let bias = normalQuantile(below)
    let acceleration = self.acceleration
    func end(_ probability: Double) -> Double {
      let shifted = bias + normalQuantile(probability)
      let adjusted = normalProbability(bias + shifted / (1 - acceleration * shifted))
      return resamples[min(999, max(0, Int(adjusted * 1000)))]
    }
    return (end(0.975) - end(0.025)) / 2
  }

  /// A sixth of the skewness of the leave-one-out medians.
  private var acceleration: Double {
    let medians = values.indices.map { left in
      Self.middle(of: Array(values[..<left] + values[(left + 1)...]))
    }
    let mean = medians.reduce(0, +) / Double(medians.count)
    let squares = medians.reduce(0) { $0 + (mean - $1) * (mean - $1) }
    let cubes = medians.reduce(0) { $0 + (mean - $1) * (mean - $1) * (mean - $1) }
    return squares > 0 ? cubes / (6 * squares * squares.squareRoot()) : 0
  }
}
