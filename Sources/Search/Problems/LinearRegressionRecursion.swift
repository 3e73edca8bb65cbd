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

  /// Eight directions at a time, padded with zeros, in a fixed order: the bits are the same everywhere.
  private struct Directions: Sendable {
    let eigenvalues: [SIMD8<Double>]

    /// wλ², with w the number of eigenvalues that a direction stands for.
    let squares: [SIMD8<Double>]

    /// wm₀.
    let start: [SIMD8<Double>]

    init(eigenvalues: [Double], weights: [Double], start: [Double]) {
      self.eigenvalues = Self.lanes(eigenvalues)
      squares = Self.lanes(zip(eigenvalues, weights).map { $0 * $0 * $1 })
      self.start = Self.lanes(zip(start, weights).map { $0 * $1 })
    }

    private static func lanes(_ values: [Double]) -> [SIMD8<Double>] {
      stride(from: 0, to: values.count, by: 8).map { first in
        var lane = SIMD8<Double>(repeating: 0)
        for index in first..<min(first + 8, values.count) { lane[index - first] = values[index] }
        return lane
      }
    }
  }

  private let whole: Directions
  private let compressed: (spectrum: CompressedSpectrum, directions: Directions)?

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
    whole = Directions(
      eigenvalues: problem.eigenvalues,
      weights: [Double](repeating: 1, count: problem.dimension), start: problem.start)
    if let power = Self.startPower(of: problem), problem.weightDecay == 0,
      let spectrum = CompressedSpectrum(of: problem.eigenvalues)
    {
      let directions = Directions(
        eigenvalues: spectrum.eigenvalues, weights: spectrum.weights,
        start: spectrum.eigenvalues.map { power.factor * (power.isSquare ? $0 * $0 : 1) })
      compressed = (spectrum, directions)
    } else {
      compressed = nil
    }
  }

  /// The start as a polynomial of λ, which compression needs: constant or a multiple of λ².
  private static func startPower(of problem: LinearRegression) -> (factor: Double, isSquare: Bool)?
  {
    guard let last = problem.start.last, let eigenvalue = problem.eigenvalues.last, eigenvalue > 0
    else { return nil }
    if problem.start.allSatisfy({ $0 == last }) { return (last, false) }
    let factor = last / (eigenvalue * eigenvalue)
    let isSquare = zip(problem.start, problem.eigenvalues).allSatisfy { start, eigenvalue in
      abs(start - factor * eigenvalue * eigenvalue) <= 1e-15 * start
    }
    return isSquare ? (factor, true) : nil
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
  /// - Returns: L; infinite as soon as it exceeds a million times the first. Where the spectrum can be compressed
  ///   without weight decay, within some 10⁻¹³ of what all eigenvalues give.
  /// - Complexity: O(rates · D), or with compression O(rates).
  public func loss(of rates: [Double]) -> Double {
    sum(after: rates) / (2 * Double(problem.dimension))
  }

  private func sum(after rates: [Double]) -> Double {
    if problem.weightDecay != 0 { return sumWithDecay(after: rates) }
    if let compressed,
      let sum = sum(
        after: rates, directions: compressed.directions, within: compressed.spectrum.reach)
    {
      return sum
    }
    return sum(after: rates, directions: whole, within: nil) ?? .infinity
  }

  /// Nil where the learning rates leave the reach of the compression before the sum has left its limit.
  private func sum(
    after rates: [Double], directions: Directions, within reach: CompressedSpectrum.Reach?
  ) -> Double? {
    let count = directions.start.count
    let mostRate = reach?.rate ?? .infinity
    let mostProgress = reach?.progress ?? .infinity
    let leastRate = reach == nil ? -Double.infinity : 0
    return withUnsafeTemporaryAllocation(of: SIMD8<Double>.self, capacity: count) { moments in
      _ = moments.initialize(from: directions.start)
      var sum = Self.total(directions.start)
      var progress = 0.0
      var isWithin = true
      let limit = LinearRegression.divergenceFactor * sum
      let noise = problem.noiseStrength
      directions.eigenvalues.withUnsafeBufferPointer { eigenvalues in
        directions.squares.withUnsafeBufferPointer { squares in
          for rate in rates {
            progress += rate
            guard rate <= mostRate, rate >= leastRate, progress <= mostProgress else {
              isWithin = false
              break
            }
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
      return isWithin ? sum : nil
    }
  }

  /// With weight decay the correlation r_i = E(v_i·z)(v_i·z₀) takes part: r ← (1 − η(λ + ω))r + ηω·m₀, and
  /// m ← (1 − η(λ + ω))²m + 2(1 − η(λ + ω))ηω·r + η²ω²m₀ + the noise (derived here).
  private func sumWithDecay(after rates: [Double]) -> Double {
    let (eigenvalues, squares, start) = (whole.eigenvalues, whole.squares, whole.start)
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
