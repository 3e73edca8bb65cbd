import Numerics
import Schedules
import Search
import Support
import TestSupport
import Testing

@Suite struct LinearRegressionTests {
  static let reference = ShapeSearchReference.shared

  /// Four points, spectrum 0.4, 0.3, 0.2, 0.1, batches of two.
  static func tiny(
    batch: Int = 2, start: [Double] = [1, 1, 1, 1], weightDecay: Double = 0
  ) throws -> LinearRegression {
    try LinearRegression(
      eigenvalues: [0.4, 0.3, 0.2, 0.1], start: start, batch: batch, weightDecay: weightDecay)
  }

  static let rates = [0.5, 2, 1.25, 0.75]

  @Test func fourSteps() throws {
    let recursion = LinearRegressionRecursion(try Self.tiny(), steps: 4)
    for (count, expected) in zip(1...4, Self.reference.numbers("B.lead_traj")) {
      #expect(relativeError(recursion.loss(of: Array(Self.rates.prefix(count))), expected) < 1e-15)
    }
    let full = LinearRegressionRecursion(try Self.tiny(batch: 4), steps: 4)
    let expected = Self.reference.number("B.fullbatch_loss")
    #expect(relativeError(full.loss(of: Self.rates), expected) < 1e-15)
  }

  /// Where m₀ ∝ λ² the order of the learning rates can be reversed.
  @Test func timeReversal() throws {
    let squares = [0.16, 0.09, 0.04, 0.01]
    let recursion = LinearRegressionRecursion(try Self.tiny(start: squares), steps: 4)
    let reversed = recursion.loss(of: Self.rates.reversed())
    for expected in Self.reference.numbers("B.timereversal_m0=lambda^2") {
      #expect(relativeError(recursion.loss(of: Self.rates), expected) < 1e-14)
      #expect(relativeError(reversed, expected) < 1e-14)
    }
    let aligned = LinearRegressionRecursion(try .harmonic(start: .aligned), steps: 50)
    var generator = SplitMix64(seed: 8)
    let rates = (0..<50).map { _ in 6 * generator.nextUnit() }
    #expect(relativeError(aligned.loss(of: rates.reversed()), aligned.loss(of: rates)) < 1e-13)
  }

  @Test func constantLearningRates() throws {
    let recursion = LinearRegressionRecursion(try .harmonic(), steps: 100)
    for (rate, expected) in [(1.0, 0.2231672641615963), (4, 0.07884025373606049)] {
      let loss = recursion.loss(of: [Double](repeating: rate, count: 100))
      #expect(relativeError(loss, expected) < 1e-13)
    }
    // The edge of stability: below it losses fall in the end, above it they grow.
    let edge = Self.reference.number("C.MAIN.const_lr_stability_edge")
    func late(_ rate: Double) -> Double {
      recursion.loss(of: [Double](repeating: rate, count: 400))
        / recursion.loss(of: [Double](repeating: rate, count: 200))
    }
    #expect(late(edge * 0.98) < 1 && late(edge * 1.02) > 1)
    let schedule = try ScheduleSpec("constant").schedule(steps: 100)
    let wild = Trial(shape: "constant", schedule: schedule, baseLearningRate: 50, seed: 0)
    #expect(recursion.outcome(of: wild) == .diverged)
  }

  /// The plain loop over directions, one at a time.
  @Test(arguments: [0, 0.05])
  func lanesAgreeWithTheLoop(_ decay: Double) throws {
    let problem = try LinearRegression.harmonic(
      dimension: 37, batch: 4, start: .aligned, weightDecay: decay)
    var generator = SplitMix64(seed: 9)
    let rates = (0..<60).map { _ in 4 * generator.nextUnit() }
    var moments = problem.start
    var correlations = problem.start
    for rate in rates {
      let sum = moments.reduce(0, +)
      for (index, eigenvalue) in problem.eigenvalues.enumerated() {
        let factor = 1 - rate * (eigenvalue + decay)
        let pull = rate * decay
        let noise = rate * rate * problem.noiseStrength * eigenvalue * eigenvalue * sum
        moments[index] =
          factor * factor * moments[index] + 2 * factor * pull * correlations[index]
          + pull * pull * problem.start[index] + noise
        correlations[index] = factor * correlations[index] + pull * problem.start[index]
      }
    }
    let expected = moments.reduce(0, +) / 74
    let recursion = LinearRegressionRecursion(problem, steps: 60)
    #expect(relativeError(recursion.loss(of: rates), expected) < 1e-13)
  }

  /// With many eigenvalues few stand for them: against the plain loop, from tame to beyond the reach, where
  /// all eigenvalues take part again.
  @Test(arguments: LinearRegression.Start.allCases)
  func compressionDoesNotShow(_ start: LinearRegression.Start) throws {
    let problem = try LinearRegression.harmonic(dimension: 300, batch: 20, start: start)
    var generator = SplitMix64(seed: 12)
    for scale in [0.01, 1, 4, 8, 12] {
      let rates = (0..<80).map { _ in scale * generator.nextUnit() }
      var moments = problem.start
      for rate in rates {
        let kick = rate * rate * problem.noiseStrength * moments.reduce(0, +)
        for (index, eigenvalue) in problem.eigenvalues.enumerated() {
          let factor = 1 - rate * eigenvalue
          moments[index] = factor * factor * moments[index] + kick * eigenvalue * eigenvalue
        }
      }
      let recursion = LinearRegressionRecursion(problem, steps: 80)
      let expected = moments.reduce(0, +) / 600
      #expect(relativeError(recursion.loss(of: rates), expected) < 2e-13, "\(scale)")
    }
  }

  /// The mean over all 1296 sequences of batches, each weight vector by the definition of the step.
  @Test(arguments: [0, 0.2])
  func exactRecursionIsTheMeanOverAllBatches(_ decay: Double) throws {
    let problem = try Self.tiny(start: [1, 0.5, 2, 0.25], weightDecay: decay)
    let hadamard = SquareMatrix(
      size: 4,
      entries: [1, 1, 1, 1, 1, -1, 1, -1, 1, 1, -1, -1, 1, -1, -1, 1].map { $0 / 2 })
    for basis in [hadamard, .orthogonal(size: 4, seed: 1), .orthogonal(size: 4, seed: 2)] {
      let exact = FixedKernelRecursion(problem, steps: 4, eigenvectors: basis)
      let expected = Self.meanOverAllBatches(problem, basis, Self.rates)
      #expect(relativeError(exact.losses(of: Self.rates)[3], expected) < 1e-14)
    }
    if decay == 0 {
      let exact = FixedKernelRecursion(try Self.tiny(), steps: 4, eigenvectors: hadamard)
      let listed = Self.reference.numbers("B.hadamard.exact_matrix_recursion")
      for (loss, expected) in zip(exact.losses(of: Self.rates), listed) {
        #expect(relativeError(loss, expected) < 1e-14)
      }
    }
  }

  private static func meanOverAllBatches(
    _ problem: LinearRegression, _ basis: SquareMatrix, _ rates: [Double]
  ) -> Double {
    let batches = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]
    func kernel(_ row: Int, _ column: Int) -> Double {
      (0..<4).reduce(0) { $0 + basis[row, $1] * problem.eigenvalues[$1] * basis[column, $1] }
    }
    let entries = (0..<16).map { kernel($0 / 4, $0 % 4) }
    func walk(_ residuals: [Double], _ first: [Double], _ step: Int) -> Double {
      guard step < rates.count else { return residuals.reduce(0) { $0 + $1 * $1 } / 8 }
      let pull = rates[step] * problem.weightDecay
      var mean = 0.0
      for batch in batches {
        var next = zip(residuals, first).map { (1 - pull) * $0 + pull * $1 }
        for point in batch {
          for row in 0..<4 {
            next[row] -= rates[step] * 2 * entries[4 * row + point] * residuals[point]
          }
        }
        mean += walk(next, first, step + 1) / 6
      }
      return mean
    }
    // The loss is quadratic in z₀, so that one direction at a time will do.
    return (0..<4).reduce(0) { sum, direction in
      let first = (0..<4).map { problem.start[direction].squareRoot() * basis[$0, direction] }
      return sum + walk(first, first, 0)
    }
  }

  /// SGD itself has the exact recursion's mean, with weight decay too.
  @Test(arguments: [0, 0.05])
  func sampledRunsHaveTheExactMean(_ decay: Double) throws {
    let problem = try LinearRegression.harmonic(dimension: 20, batch: 5, weightDecay: decay)
    let schedule = try ScheduleSpec("cosine").schedule(steps: 30)
    let sampled = try SampledLinearRegression(problem, steps: 30, kernelSeed: 3)
    let exact = sampled.mean
    func trial(_ seed: Int) -> Trial {
      Trial(shape: "cosine", schedule: schedule, baseLearningRate: 2, seed: seed)
    }
    var losses: [Double] = []
    for seed in 0..<400 {
      guard case .loss(let loss) = sampled.outcome(of: trial(seed)) else { continue }
      losses.append(loss)
    }
    let mean = losses.reduce(0, +) / Double(losses.count)
    let variance = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(losses.count - 1)
    guard case .loss(let expected) = exact.outcome(of: trial(0)) else {
      Issue.record("the expectation diverged")
      return
    }
    #expect(losses.count == 400)
    #expect(abs(mean - expected) < 4 * (variance / 400).squareRoot())
    #expect(sampled.outcome(of: trial(7)) == sampled.outcome(of: trial(7)))
    #expect(sampled.outcome(of: trial(7)) != sampled.outcome(of: trial(8)))
  }

  @Test func refusedProblems() {
    let batch = #expect(throws: InputError.self) { try LinearRegression.harmonic(batch: 101) }
    #expect(batch?.description == "the batch of 101 is out of range; give 1 to 100")
    let decay = #expect(throws: InputError.self) {
      try LinearRegression.harmonic(weightDecay: -1)
    }
    #expect(decay?.description.contains("weight decay -1") == true)
    #expect(throws: InputError.self) {
      try FixedKernelRecursion(.harmonic(dimension: 2000), steps: 1)
    }
  }
}
