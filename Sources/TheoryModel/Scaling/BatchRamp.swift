import Glibc
import Numerics
import Support

/// A run at one constant learning rate with a growing batch that does what another run does with a
/// falling learning rate, on the same samples.
///
/// In the limit of small learning rates the loss depends on η/m along the intrinsic time alone, so that
/// (η, m) may be traded freely (derived here); the fewest steps are those at the highest constant η. For
/// the optimum of the easy phase this is m_0·(1 − t/T)^(1/(2b) − 1).
public struct BatchRamp: Sendable {
  /// η, the same at every step.
  public let learningRate: Double

  /// m_1 … m_T, examples a step; their sum is that of the run they come from.
  public let batches: [Double]

  /// L_T − σ² of this run.
  public let excess: Double

  /// Turns a run at the model's own batch into one at a constant learning rate.
  ///
  /// The run's learning rates η_1 … η_T are positive. The constant learning rate is raised slightly so that
  /// the number of steps is whole.
  ///
  /// - Throws: `InputError`, also where a step would have fewer examples than one.
  /// - Complexity: O(T).
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
    // The samples that the run has seen when it has gone as far.
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
    // Rounding must not make a batch of one too small.
    batches = batches.map { $0 < 1 && $0 > 1 - 1e-9 ? 1 : $0 }
    for (index, batch) in batches.enumerated() where batch < 1 {
      throw .step(index, "batch", batch, hint: "give 1 or more, up to 1e50")
    }
    self.learningRate = constant
    self.batches = batches
    excess = model.finalExcess(
      [Double](repeating: constant, count: steps), batches: batches, recursion: recursion)
  }

  /// The exponent of (1 − t/T) that the batches follow over the middle of the run; nil for short runs.
  ///
  /// 1/(2b) − 1 for the optimum of the easy phase in the limit of long runs.
  public var exponent: Double? {
    let count = batches.count
    let middle = count / 10..<count * 9 / 10
    guard middle.count >= 3 else { return nil }
    let rows = middle.map { [1, log(1 - (Double($0) + 0.5) / Double(count))] }
    let weights = [Double](repeating: 1, count: rows.count)
    return leastSquares(rows: rows, values: middle.map { log(batches[$0]) }, weights: weights)?[1]
  }
}
