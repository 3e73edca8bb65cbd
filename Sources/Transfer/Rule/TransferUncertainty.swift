import Glibc
import Schedules

/// The parts of the interval around a transferred base learning rate.
///
/// Each is a standard deviation of ln γ, and they add in squares; the interval reaches
/// ``SweepOptimum/intervalWidths`` of the total to either side. The values are those at which four studies'
/// intervals cover nine tenths of the fifth's optima.
public struct TransferUncertainty: Sendable {
  /// The source's learning rate, downwards and upwards: 0.21 for a bare number, as the best of a grid of
  /// twos; from a sweep at least ``SweepOptimum/leastDeviation``.
  public var source: (below: Double, above: Double) = (0, 0)

  /// The ratio between two shapes: 0.08, or a calibration's estimate; 0 at one shape.
  public var shape = 0.0

  /// The horizon: 0.11·|ln(D_to/D_from)|, without a batch 0.25·|ln(T_to/T_from)|, or a calibration's.
  public var horizon = 0.0

  /// The batch: 0.12·|ln(B_to/B_from)|, 0.35·|ln(B_to/B_from)| below ``HorizonBatchLaw/leastTokens``, or a
  /// calibration's if that fits the critical batch and knows it less well.
  public var batch = 0.0

  /// The ends that do not anneal: 0.33 each for a floor above 5 % of the peak, 0.47 for a constant schedule.
  public var ends = 0.0

  /// Everything else: 0.05 between different runs.
  public var rest = 0.0

  static let bareLearningRate = 0.21
  static let otherShape = 0.08
  private static let perLogTokens = 0.11
  private static let perLogSteps = 0.25
  private static let perLogBatch = 0.12
  private static let perLogBatchOfFewTokens = 0.35
  private static let remainder = 0.05

  /// The uncertainty of one end that does not anneal, 0 for one that does.
  static func end(_ schedule: Schedule) -> Double {
    // A schedule that hardly falls is as noisy as a constant one.
    schedule.isAnnealed ? 0 : schedule.finalLevel > 0.5 ? 0.47 : 0.33
  }

  /// Sets the horizon's and the batch's parts by the law's evidence; a critical batch fitted to the user's
  /// runs is known at any number of tokens.
  mutating func setHorizon(from: Horizon, to: Horizon, isBatchFitted: Bool = false) {
    guard let first = from.batchTokens, let second = to.batchTokens, let tokens = from.tokens,
      let toTokens = to.tokens
    else {
      horizon = Self.perLogSteps * abs(log(Double(to.steps) / Double(from.steps)))
      return
    }
    horizon = Self.perLogTokens * abs(log(toTokens / tokens))
    batch = Self.batchPart(
      Double(second) / Double(first), tokens: isBatchFitted ? .infinity : min(tokens, toTokens))
  }

  /// The variance of p by the law's evidence.
  static func horizonVariance(at horizon: Horizon) -> Double {
    let deviation = horizon.batchTokens == nil ? perLogSteps : perLogTokens
    return deviation * deviation
  }

  private static func batchPart(_ ratio: Double, tokens: Double) -> Double {
    abs(log(ratio))
      * (tokens < HorizonBatchLaw.leastTokens ? perLogBatchOfFewTokens : perLogBatch)
  }

  /// Counts what no other part covers, for two different runs.
  mutating func addRest() { rest = Self.remainder }

  /// The standard deviation of ln γ downwards and upwards.
  public var total: (below: Double, above: Double) {
    (deviation(with: source.below), deviation(with: source.above))
  }

  /// Returns the interval around a positive value.
  public func interval(around centre: Double) -> ClosedRange<Double> {
    let widths = SweepOptimum.intervalWidths
    return centre * exp(-widths * total.below)...centre * exp(widths * total.above)
  }

  func ratioInterval(around ratio: Double) -> ClosedRange<Double> {
    let half = SweepOptimum.intervalWidths * deviation(with: 0)
    return ratio * exp(-half)...ratio * exp(half)
  }

  private func deviation(with source: Double) -> Double {
    [source, shape, horizon, batch, ends, rest].reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
