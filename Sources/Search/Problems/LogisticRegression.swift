import Glibc
import Numerics
import Support

/// SGD on the mean logistic loss ln(1 + exp(−y x·θ)), from θ = 0.
///
/// Batches are slices of a random order of the points, redrawn every epoch. Weight decay is decoupled: θ ← (1 −
/// ηω)θ − ηg. A trial's loss is that of the last iterate on all points, without the decay.
public struct LogisticRegression: Workload {
  /// The points.
  public let data: LabelledData

  /// T.
  public let steps: Int

  /// B, the batch size.
  public let batch: Int

  /// ω, the decoupled weight decay.
  public let weightDecay: Double

  /// The radius of the ball around zero onto which every step projects; nil for none.
  public let radius: Double?

  /// Creates SGD over T ≥ 1 steps.
  ///
  /// B is 1 to the number of points, ω is 0 to 10³ and the radius is 10⁻⁶ to 10⁶. Throws `InputError` for a
  /// number out of range.
  public init(
    _ data: LabelledData, steps: Int, batch: Int = 8, weightDecay: Double = 0,
    radius: Double? = nil
  ) throws(InputError) {
    try InputError.check(Double(batch), in: 1...Double(data.count), "the batch of")
    try InputError.check(weightDecay, in: 0...1e3, "the weight decay")
    if let radius { try InputError.check(radius, in: 1e-6...1e6, "the radius") }
    self.data = data
    self.steps = steps
    self.batch = batch
    self.weightDecay = weightDecay
    self.radius = radius
  }

  /// The data and every setting.
  public var identity: String {
    let decay = weightDecay == 0 ? "" : " weight-decay=\(decimalText(weightDecay))"
    let ball = radius.map { " radius=\(decimalText($0))" } ?? ""
    return "logistic data=\(data.name) batch=\(batch)\(decay)\(ball) steps=\(steps)"
  }

  /// True: the seed draws the order of the points.
  public var isRandom: Bool { true }

  /// Returns the final loss on all points; diverged if it is NaN.
  public func outcome(of trial: Trial) -> TrialOutcome {
    var generator = SplitMix64(seed: UInt64(bitPattern: Int64(trial.seed)))
    var order = Array(0..<data.count)
    var position = data.count
    var weights = [Double](repeating: 0, count: data.features)
    var gradient = weights
    let share = 1 / Double(batch)
    for rate in trial.learningRates {
      for feature in gradient.indices { gradient[feature] = 0 }
      for _ in 0..<batch {
        if position == data.count {
          for index in stride(from: data.count - 1, to: 0, by: -1) {
            order.swapAt(index, generator.nextIndex(below: index + 1))
          }
          position = 0
        }
        let point = order[position]
        position += 1
        let label = data.labels[point]
        // −y·σ(−y x·θ), the slope of the point's loss along x.
        let slope = -label / (1 + exp(label * product(point, weights)))
        let first = point * data.features
        for feature in gradient.indices {
          gradient[feature] += slope * data.values[first + feature]
        }
      }
      let kept = 1 - rate * weightDecay
      for feature in weights.indices {
        weights[feature] = kept * weights[feature] - rate * share * gradient[feature]
      }
      if let radius {
        let length = weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
        if length > radius {
          for feature in weights.indices { weights[feature] *= radius / length }
        }
      }
    }
    return TrialOutcome(loss(at: weights))
  }

  /// Returns the mean loss on all points for the weights θ, one per feature.
  public func loss(at weights: [Double]) -> Double {
    var sum = CompensatedSum()
    for point in 0..<data.count {
      let margin = data.labels[point] * product(point, weights)
      // ln(1 + e^−m) without overflow.
      sum.add(log1p(exp(-abs(margin))) + max(0, -margin))
    }
    return sum.value / Double(data.count)
  }

  /// The workload with every step projected onto the smallest ball that holds the optimum; nil if a plane
  /// separates the points.
  public var inSmallestBall: LogisticRegression? {
    guard let best = optimum else { return nil }
    return try? LogisticRegression(
      data, steps: steps, batch: batch, weightDecay: weightDecay,
      radius: best.weights.reduce(0) { $0 + $1 * $1 }.squareRoot())
  }

  /// The lowest mean loss of any weights, ignoring the ball; nil if a plane separates the points.
  public var leastLoss: Double? { optimum?.loss }

  /// The optimal weights and their loss, by Newton's method; nil if a plane separates the points.
  ///
  /// About ten iterations of O(points · features²).
  public var optimum: (weights: [Double], loss: Double)? {
    var weights = [Double](repeating: 0, count: data.features)
    let rows = (0..<data.count).map { point in
      Array(data.values[point * data.features..<(point + 1) * data.features])
    }
    var last = loss(at: weights)
    for _ in 0..<50 {
      let margins = (0..<data.count).map { product($0, weights) }
      let odds = margins.map { 1 / (1 + exp(-$0)) }
      let curvatures = odds.map { $0 * (1 - $0) }
      guard curvatures.allSatisfy({ $0 > 0 }) else { return nil }
      // The Newton step is a weighted least-squares fit of the remaining error.
      let targets = zip(data.labels, zip(odds, curvatures)).map { label, point in
        ((label > 0 ? 1 : 0) - point.0) / point.1
      }
      guard let step = leastSquares(rows: rows, values: targets, weights: curvatures) else {
        return nil
      }
      var length = 1.0
      var trial = weights
      var value = Double.infinity
      while length > 1e-6, !(value <= last) {
        trial = zip(weights, step).map { $0 + length * $1 }
        value = loss(at: trial)
        length /= 2
      }
      guard value <= last else { return (weights, last) }
      weights = trial
      if last - value <= 1e-15 * last { return (weights, value) }
      last = value
    }
    return nil
  }

  private func product(_ point: Int, _ weights: [Double]) -> Double {
    let first = point * data.features
    var sum = 0.0
    for feature in weights.indices { sum += data.values[first + feature] * weights[feature] }
    return sum
  }
}
