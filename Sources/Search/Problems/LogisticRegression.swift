import Glibc
import Numerics
import Support

/// SGD on the mean logistic loss ln(1 + exp(−y x·θ)), from θ = 0.
///
/// Weight decay is decoupled: θ ← (1 − ηω)θ − ηg. The loss of a trial is that of the last iterate on all
/// points, without the decay.
///
/// Batches are consecutive slices of a new random order of the points in every epoch, drawn by the seed.
public struct LogisticRegression: Workload {
  /// The points.
  public let data: LabelledData

  /// T.
  public let steps: Int

  /// B, the points in a batch.
  public let batch: Int

  /// ω, the decoupled weight decay.
  public let weightDecay: Double

  /// The radius of the ball around zero that every step is projected onto; nil for none.
  public let radius: Double?

  /// SGD over T steps.
  ///
  /// - Parameters:
  ///   - data: the points.
  ///   - steps: T, at least 1.
  ///   - batch: B, 1 to the number of points.
  ///   - weightDecay: ω, 0 to 1e3.
  ///   - radius: of the ball that every step is projected onto, 1e-6 to 1e6; nil for none.
  /// - Throws: `InputError` for a number out of its range.
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

  /// What is trained.
  public var identity: String {
    let decay = weightDecay == 0 ? "" : " weight-decay=\(decimalText(weightDecay))"
    let ball = radius.map { " radius=\(decimalText($0))" } ?? ""
    return "logistic data=\(data.name) batch=\(batch)\(decay)\(ball) steps=\(steps)"
  }

  /// The seed draws the order of the points.
  public var isRandom: Bool { true }

  /// The loss after the last step, on all points; diverged where it is NaN.
  ///
  /// - Complexity: O((T·B + points)·features).
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

  /// The mean loss on all points for θ, one weight a feature.
  ///
  /// - Complexity: O(points · features).
  public func loss(at weights: [Double]) -> Double {
    var sum = CompensatedSum()
    for point in 0..<data.count {
      let margin = data.labels[point] * product(point, weights)
      // ln(1 + e^−m) without overflow.
      sum.add(log1p(exp(-abs(margin))) + max(0, -margin))
    }
    return sum.value / Double(data.count)
  }

  /// The same with every step projected onto the smallest ball around zero that holds the weights of the least
  /// loss; nil where a plane separates the points.
  ///
  /// - Complexity: that of ``optimum``.
  public var inSmallestBall: LogisticRegression? {
    guard let best = optimum else { return nil }
    return try? LogisticRegression(
      data, steps: steps, batch: batch, weightDecay: weightDecay,
      radius: best.weights.reduce(0) { $0 + $1 * $1 }.squareRoot())
  }

  /// The least mean loss of all weights, inside the ball or not; nil where a plane separates the points.
  ///
  /// - Complexity: that of ``optimum``.
  public var leastLoss: Double? { optimum?.loss }

  /// The weights of the least mean loss, by Newton's method, and that loss; nil where a plane separates the
  /// points.
  ///
  /// - Complexity: O(points · features²) an iteration, some ten iterations.
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
      // The step is a weighted least-squares fit of what is left to explain.
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
