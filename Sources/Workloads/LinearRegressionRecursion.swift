import Schedules

/// The expected loss of SGD on ``LinearRegression``, to leading order in the number of data points.
///
/// m_i ← (1 − ηλ_i)²m_i + η²(1/B − 1/D)·λ_i²·Σm for m_i = E(v_i·z)², L = Σm/(2D) (2603.10301). It is the recursion
/// of the authors' code, and not exact: at the large learning rates that are best here the true mean can be a
/// third higher, while families rank the same way.
public struct LinearRegressionRecursion: Workload {
  /// The problem.
  public let problem: LinearRegression

  /// T.
  public let steps: Int

  // Eight directions at a time, padded with λ = m = 0, in a fixed order: the bits are the same everywhere.
  private let eigenvalues: [SIMD8<Double>]
  private let squares: [SIMD8<Double>]
  private let start: [SIMD8<Double>]

  /// The recursion over a number of steps.
  ///
  /// - Parameters:
  ///   - problem: the problem.
  ///   - steps: T, at least 1.
  /// - Complexity: O(D).
  public init(_ problem: LinearRegression, steps: Int) {
    precondition(steps > 0, "a run has at least one step")
    self.problem = problem
    self.steps = steps
    eigenvalues = Self.lanes(problem.eigenvalues)
    squares = eigenvalues.map { $0 * $0 }
    start = Self.lanes(problem.start)
  }

  private static func lanes(_ values: [Double]) -> [SIMD8<Double>] {
    stride(from: 0, to: values.count, by: 8).map { first in
      var lane = SIMD8<Double>(repeating: 0)
      for index in first..<min(first + 8, values.count) { lane[index - first] = values[index] }
      return lane
    }
  }

  /// What is trained.
  public var identity: String { "linear-recursion \(problem.identity) steps=\(steps)" }

  /// It is an expectation.
  public let isRandom = false

  /// The expected loss after the last step.
  ///
  /// - Parameter trial: of ``steps`` steps.
  /// - Returns: the loss; diverged where it once exceeds a million times the first.
  /// - Complexity: O(T·D).
  public func outcome(of trial: Trial) -> TrialOutcome {
    precondition(trial.schedule.steps == steps, "the schedule has the workload's steps")
    return TrialOutcome(loss(of: trial.learningRates))
  }

  /// The expected loss after the last of the steps.
  ///
  /// - Parameter rates: η_1, η_2, …, any number.
  /// - Returns: L; infinite as soon as it exceeds a million times the first.
  /// - Complexity: O(rates · D).
  public func loss(of rates: [Double]) -> Double {
    let sum = problem.weightDecay == 0 ? sum(after: rates) : sumWithDecay(after: rates)
    return sum / (2 * Double(problem.dimension))
  }

  private func sum(after rates: [Double]) -> Double {
    withUnsafeTemporaryAllocation(of: SIMD8<Double>.self, capacity: start.count) { moments in
      _ = moments.initialize(from: start)
      var sum = Self.total(start)
      let limit = LinearRegression.divergenceFactor * sum
      let noise = problem.noiseStrength
      eigenvalues.withUnsafeBufferPointer { eigenvalues in
        squares.withUnsafeBufferPointer { squares in
          for rate in rates {
            let kick = rate * rate * noise * sum
            var lanes = SIMD8<Double>(repeating: 0)
            for index in 0..<moments.count {
              let factor = 1 - rate * eigenvalues[index]
              let moment = factor * factor * moments[index] + kick * squares[index]
              moments[index] = moment
              lanes += moment
            }
            sum = Self.total(lanes)
            // A sum that is no number is not below the limit either.
            if !(sum <= limit) {
              sum = .infinity
              break
            }
          }
        }
      }
      return sum
    }
  }

  /// With weight decay the correlation r_i = E(v_i·z)(v_i·z₀) takes part: r ← (1 − η(λ + ω))r + ηω·m₀, and
  /// m ← (1 − η(λ + ω))²m + 2(1 − η(λ + ω))ηω·r + η²ω²m₀ + the noise (derived here).
  private func sumWithDecay(after rates: [Double]) -> Double {
    var moments = start
    var correlations = start
    var sum = Self.total(start)
    let limit = LinearRegression.divergenceFactor * sum
    for rate in rates {
      let pull = rate * problem.weightDecay
      let kick = rate * rate * problem.noiseStrength * sum
      var lanes = SIMD8<Double>(repeating: 0)
      for index in moments.indices {
        let factor = (1 - pull) - rate * eigenvalues[index]
        let carried = factor * correlations[index]
        let moment =
          factor * factor * moments[index] + 2 * pull * carried + pull * pull * start[index]
          + kick * squares[index]
        correlations[index] = carried + pull * start[index]
        moments[index] = moment
        lanes += moment
      }
      sum = Self.total(lanes)
      if !(sum <= limit) { return .infinity }
    }
    return sum
  }

  private static func total(_ lanes: [SIMD8<Double>]) -> Double {
    total(lanes.reduce(SIMD8<Double>(repeating: 0)) { $0 + $1 })
  }

  private static func total(_ lanes: SIMD8<Double>) -> Double {
    let four = lanes.lowHalf + lanes.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }
}
