import Glibc
import Numerics
import Support

/// A run at a constant learning rate and growing batch, equivalent to one with a falling learning rate on
/// the same samples.
///
/// In the limit of small learning rates the loss depends only on η/m along the intrinsic time, so that (η,
/// m) may be traded freely (derived here); the fewest steps are those at the highest constant η. The
/// optimum of the easy phase has the batches m_0·(1 − t/T)^(1/(2b) − 1).
public struct BatchRamp: Sendable {
  /// The constant η.
  public let learningRate: Double

  /// m_1 … m_T, examples per step, with the same sum as the original run.
  public let batches: [Double]

  /// L_T − σ² of this run.
  public let excess: Double

  /// Turns a run at the model's own batch into one at a constant learning rate.
  ///
  /// The run's learning rates are positive. The constant one is raised slightly for a whole number of
  /// steps. Fails if a step would have less than one example. Takes O(T) time.
  public init(
    from learningRates: [Double], of model: FeatureModel, learningRate: Double,
    recursion: Recursion = .exact
  ) throws(InputError) {
    try FeatureModel.check(learningRates: learningRates)
    guard learningRate > 0, learningRate <= 1e12 else { throw .unusableCap(learningRate) }
    var sums = [0.0]
    var total = CompensatedSum()
    for (index, rate) in learningRates.enumerated() {
      guard rate > 0 else { throw .learningRate(rate, at: index) }
      total.add(rate)
      sums.append(total.value)
    }
    let ratio = (total.value / learningRate).rounded(.down)
    let steps = Int(min(max(1, ratio), 1e18))
    try InputError.check(steps: steps, most: FeatureModel.mostSteps)
    let constant = total.value / Double(steps)
    // The samples seen by the original run at the same intrinsic time.
    var index = 0
    func samples(at time: Double) -> Double {
      while index < learningRates.count - 1, sums[index + 1] < time { index += 1 }
      let part = min(max((time - sums[index]) / learningRates[index], 0), 1)
      return model.task.batch * (Double(index) + part)
    }
    var batches: [Double] = []
    var seen = 0.0
    for step in 1...steps {
      let next =
        step == steps
        ? model.task.batch * Double(learningRates.count) : samples(at: constant * Double(step))
      batches.append(next - seen)
      seen = next
    }
    // Rounding must not push a batch of one below one.
    batches = batches.map { $0 < 1 && $0 > 1 - 1e-9 ? 1 : $0 }
    for (index, batch) in batches.enumerated() where batch < 1 {
      throw .step(index, "batch", batch, hint: "give 1 or more, up to 1e50")
    }
    self.learningRate = constant
    self.batches = batches
    excess = model.finalExcess(
      [Double](repeating: constant, count: steps), batches: batches, recursion: recursion)
  }

  /// The exponent of (1 − t/T) in the batches over the middle of the run; nil for short runs.
  ///
  /// For long runs it tends to 1/(2b) − 1 at the optimum of the easy phase.
  public var exponent: Double? {
    let count = batches.count
    let middle = count / 10..<count * 9 / 10
    guard middle.count >= 3 else { return nil }
    let rows = middle.map { [1, log(1 - (Double($0) + 0.5) / Double(count))] }
    let weights = [Double](repeating: 1, count: rows.count)
    return leastSquares(rows: rows, values: middle.map { log(batches[$0]) }, weights: weights)?[1]
  }
}

extension BatchRamp {
  /// Trades the optimum's falling learning rate for growing batches, at several constant learning rates.
  ///
  /// These default to 1, 2, 4, … times the optimum's highest, up to its cap. Fails for one at which steps
  /// would have less than one example.
  public static func ramps(
    from best: OptimalModelSchedule, of model: FeatureModel, learningRates: [Double]?
  ) throws -> [BatchRamp] {
    let highest = best.learningRates.max() ?? best.cap
    let rates =
      learningRates ?? (0..<6).map { highest * Double(1 << $0) }.filter { $0 <= best.cap }
    let least = highest / model.task.batch
    for rate in rates where rate < least * (1 - 1e-9) {
      throw InputError(
        problem: "at the learning rate \(decimalText(rate)) steps would have less than one example",
        hint: "give \(significant(least, 6)) or more")
    }
    return try rates.map {
      try BatchRamp(from: best.learningRates, of: model, learningRate: $0)
    }
  }
}
