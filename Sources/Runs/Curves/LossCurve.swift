import Bound
import Schedules

/// The loss of one run over its steps, with the learning rates that led there.
///
/// Learning rates between rows lie on straight lines. Before the first row they rise linearly over the
/// warmup and then stay at the first row's.
public struct LossCurve: Sendable {
  /// The step of each row, rising, from 1 on.
  public let steps: [Int]

  /// The loss of each row in nats, positive.
  public let losses: [Double]

  /// The learning rate of each row, not negative.
  public let learningRates: [Double]

  /// Σ of the learning rates up to each row, in steps times learning rate (S_t).
  package let stepSums: [Double]

  /// V_t of the last-iterate bound at each row, in units of the learning rate.
  package let noiseSums: [Double]

  /// The learning rate of every step from 1 to the last row's.
  package let rates: [Double]

  /// The longest run: a fit passes over its steps many times.
  public static let mostSteps = 2_000_000

  /// The most rows that are fitted; of more, as many are taken, evenly spread.
  public static let mostRows = 500

  /// The fewest rows.
  public static let fewestRows = 10

  /// A curve from its rows.
  ///
  /// - Parameters:
  ///   - steps: rising, 1 to ``mostSteps``.
  ///   - learningRates: one a row, finite and not negative, the first one positive.
  ///   - losses: one a row, positive and finite.
  ///   - warmup: over how many steps the learning rate rose linearly; nil for all before the first row.
  /// - Throws: ``LossCurveError``.
  /// - Complexity: O(T).
  public init(steps: [Int], learningRates: [Double], losses: [Double], warmup: Int? = nil)
    throws(LossCurveError)
  {
    precondition(
      steps.count == learningRates.count && steps.count == losses.count, "one value a row")
    guard steps.count >= Self.fewestRows else { throw LossCurveError.tooFewRows(steps.count) }
    for (index, step) in steps.enumerated() {
      guard step >= 1, step <= Self.mostSteps, index == 0 || step > steps[index - 1] else {
        throw LossCurveError.step(row: index, value: step)
      }
      let rate = learningRates[index]
      guard rate >= 0, rate <= usableMagnitudes.upperBound,
        index > 0 || rate >= usableMagnitudes.lowerBound
      else { throw LossCurveError.learningRate(row: index, value: rate) }
      guard losses[index] > 0, losses[index] <= 1e6 else {
        throw LossCurveError.loss(row: index, value: losses[index])
      }
    }
    self.steps = steps
    self.learningRates = learningRates
    self.losses = losses

    let rising = min(warmup ?? steps[0], steps[0])
    var rates: [Double] = []
    rates.reserveCapacity(steps[steps.count - 1])
    for step in 1...steps[0] {
      rates.append(
        step < rising ? learningRates[0] * Double(step) / Double(rising) : learningRates[0])
    }
    for row in 1..<steps.count {
      let (first, last) = (learningRates[row - 1], learningRates[row])
      let length = Double(steps[row] - steps[row - 1])
      for step in (steps[row - 1] + 1)...steps[row] {
        let part = Double(step - steps[row - 1]) / length
        // Equal rates stay equal to the bit.
        rates.append(first == last ? last : first + part * (last - first))
      }
    }
    self.rates = rates

    let terms: BoundCurve
    do {
      terms = try BoundCurve(of: Schedule(values: rates))
    } catch {
      throw LossCurveError.learningRate(row: 0, value: learningRates[0])
    }
    let peak = rates.max() ?? 1
    let rows = steps.map { terms.terms(at: $0) }
    stepSums = rows.map { $0.stepSum * peak }
    noiseSums = rows.map { $0.noiseSum * peak }
  }

  /// The rows that none of the other curves can have shown: the same row is not among theirs, and up to
  /// there the learning rates differ from theirs somewhere.
  ///
  /// - Parameter others: the curves that were seen.
  /// - Returns: indices of rows, rising.
  /// - Complexity: O(T) a curve.
  public func rowsUnseen(in others: [LossCurve]) -> [Int] {
    let known = others.map { (rows: $0.rowKeys, parting: parting(from: $0)) }
    return steps.indices.filter { row in
      known.allSatisfy { steps[row] >= $0.parting && !$0.rows.contains(key(row)) }
    }
  }

  /// The rows that are not among those of other curves: data sets repeat the rows of a common stem.
  package func rowsNotRepeated(from others: [LossCurve]) -> [Int] {
    let known = others.reduce(into: Set<RowKey>()) { $0.formUnion($1.rowKeys) }
    return steps.indices.filter { !known.contains(key($0)) }
  }

  private struct RowKey: Hashable {
    let step: Int
    let loss: Double
  }

  private func key(_ row: Int) -> RowKey { RowKey(step: steps[row], loss: losses[row]) }

  private var rowKeys: Set<RowKey> { Set(steps.indices.map(key)) }

  /// The first step at which the learning rate differs from another run's, or which lies beyond it;
  /// steps before the first rows are left out, as nothing is known of them.
  private func parting(from other: LossCurve) -> Int {
    let tolerance = 1e-6 * max(rates.max() ?? 0, other.rates.max() ?? 0)
    let common = min(rates.count, other.rates.count)
    let first = max(steps[0], other.steps[0])
    guard first <= common else { return steps[0] }
    for step in first...common where abs(rates[step - 1] - other.rates[step - 1]) > tolerance {
      return step
    }
    return common + 1
  }
}

/// Why rows make no loss curve.
public enum LossCurveError: Error, Equatable, Sendable {
  /// Fewer than ``LossCurve/fewestRows``.
  case tooFewRows(Int)

  /// A step that is out of range or not above the one before; the row is 0-based.
  case step(row: Int, value: Int)

  /// A learning rate that is negative, not finite, or zero in the first row.
  case learningRate(row: Int, value: Double)

  /// A loss that is not a positive finite number.
  case loss(row: Int, value: Double)

  /// What is wrong.
  public var problem: String {
    switch self {
    case .tooFewRows(let count):
      return "\(count) usable row\(count == 1 ? "" : "s") make no loss curve"
    case .step(_, let value): return "step \(value) is out of place"
    case .learningRate(_, let value):
      return "\(value) is not a learning rate to begin or go on with"
    case .loss(_, let value): return "\(value) is not a loss"
    }
  }

  /// What to do about it.
  public var hint: String {
    switch self {
    case .tooFewRows: return "give \(LossCurve.fewestRows) rows of step, lr and loss, or more"
    case .step: return "give rising steps from 1 to \(LossCurve.mostSteps)"
    case .learningRate: return "give learning rates of at least 0, the first one positive"
    case .loss: return "give positive losses"
    }
  }
}
