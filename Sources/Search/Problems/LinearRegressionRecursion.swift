import Glibc
import Numerics

/// The expected loss of SGD on ``LinearRegression``, to leading order in the number of data points.
///
/// m_i ← (1 − ηλ_i)²m_i + η²(1/B − 1/D)·λ_i²·Σm for m_i = E(v_i·z)², L = Σm/(2D), as in the authors' code
/// (arXiv:2603.10301). At the large learning rates that are best here, the true mean can be a third higher;
/// families still rank the same.
public struct LinearRegressionRecursion: Workload {
  /// The problem.
  public let problem: LinearRegression

  /// T.
  public let steps: Int

  private let whole: Directions

  /// Weighted directions that stand for many; nil with weight decay, or if the start is no polynomial of λ.
  private let compressed: Directions?

  /// Creates the recursion over T steps.
  public init(_ problem: LinearRegression, steps: Int) {
    self.problem = problem
    self.steps = steps
    whole = Directions(
      eigenvalues: problem.eigenvalues,
      weights: [Double](repeating: 1, count: problem.dimension), start: problem.start)
    compressed = problem.weightDecay == 0 ? Directions(compressing: problem) : nil
  }

  /// The problem with its number of steps.
  public var identity: String { "linear-recursion \(problem.identity) steps=\(steps)" }

  /// Returns the expected final loss, in O(T·D); diverged if it ever exceeds 10⁶ times the first.
  public func outcome(of trial: Trial) -> TrialOutcome {
    TrialOutcome(loss(of: trial.learningRates))
  }

  /// Returns the expected loss after the steps η_1, η_2, …, in O(D) per step, or O(1) if compressed.
  ///
  /// Infinite as soon as it exceeds 10⁶ times the first. Compression changes it by about 10⁻¹³.
  public func loss(of rates: [Double]) -> Double {
    let total: Double? =
      problem.weightDecay != 0
      ? sumWithDecay(after: rates)
      : compressed.flatMap { sum(after: rates, of: $0) } ?? sum(after: rates, of: whole)
    return (total ?? .infinity) / (2 * Double(problem.dimension))
  }

  /// Nil if the learning rates leave the directions' range before the sum exceeds its limit.
  private func sum(after rates: [Double], of directions: Directions) -> Double? {
    let (usable, mostProgress) = (directions.rates, directions.mostProgress)
    let count = directions.start.count
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
            guard usable.contains(rate), progress <= mostProgress else {
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
            // NaN counts as above the limit.
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

  /// With weight decay the correlation r_i = E(v_i·z)(v_i·z₀) enters (derived here).
  ///
  /// r ← (1 − η(λ + ω))r + ηω·m₀, and m ← (1 − η(λ + ω))²m + 2(1 − η(λ + ω))ηω·r + η²ω²m₀ + noise.
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

/// Directions of the recursion in zero-padded groups of eight; the fixed order makes results bit-identical
/// everywhere.
private struct Directions: Sendable {
  let eigenvalues: [SIMD8<Double>]

  /// wλ², where a direction stands for w eigenvalues.
  let squares: [SIMD8<Double>]

  /// wm₀.
  let start: [SIMD8<Double>]

  /// The range of learning rates in which the directions are accurate.
  var rates = -Double.infinity...Double.infinity

  /// The largest Ση for which they are accurate.
  var mostProgress = Double.infinity

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

  private static let kept = 8
  private static let nodes = 16

  /// Replaces many directions by a few weighted ones.
  ///
  /// Nil if that gains little, the smaller eigenvalues are not distinct, or the start is not a polynomial of λ.
  /// The recursion only needs sums over eigenvalues of Π(1 − η_tλ)² times 1 or λ², which are polynomials of λ.
  /// The largest eigenvalues are kept; a Gauss rule stands for the others. Its error on [a, b] with middle c
  /// and half-width r is at most (64/15)·M·ρ^(−2n)/(1 − ρ^(−2)) for any ρ > 1, where M bounds the polynomial on
  /// Bernstein's ellipse (Trefethen, Approximation Theory, theorem 19.3). If no η_t exceeds 1/b, the maximum is
  /// at the ellipse's left end x = c − r(ρ + 1/ρ)/2, and M ≤ exp(−2x·Ση_t) (derived here). The rule is used
  /// where this bound is below 10⁻¹⁵ times the number of eigenvalues.
  init?(compressing problem: LinearRegression) {
    guard let power = Self.startPower(of: problem),
      problem.dimension > 2 * (Self.kept + Self.nodes)
    else { return nil }
    let sorted = problem.eigenvalues.sorted(by: >)
    let rest = Array(sorted.dropFirst(Self.kept))
    guard let top = rest.first, let bottom = rest.last,
      zip(rest, rest.dropFirst()).allSatisfy({ $0 > $1 })
    else { return nil }
    let rule = GaussRule(points: rest, count: Self.nodes)
    let eigenvalues = Array(sorted.prefix(Self.kept)) + rule.nodes
    self.init(
      eigenvalues: eigenvalues,
      weights: [Double](repeating: 1, count: Self.kept) + rule.weights,
      start: eigenvalues.map { power.factor * (power.isSquare ? $0 * $0 : 1) })
    rates = 0...1 / top
    mostProgress = Self.mostProgress(from: bottom, to: top)
  }

  /// The start as a polynomial of λ: constant or a multiple of λ².
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

  private static func mostProgress(from bottom: Double, to top: Double) -> Double {
    let (middle, half) = ((top + bottom) / 2, (top - bottom) / 2)
    func isAccurate(_ progress: Double) -> Bool {
      let found = minimum(in: 0.01...5, tolerance: 1e-6) { logarithm in
        let left = middle - half * cosh(logarithm)
        return -2 * progress * left - 2 * Double(nodes) * logarithm - log1p(-exp(-2 * logarithm))
      }
      return found.value + log(64.0 / 15) < log(1e-15)
    }
    // The bound rises with Ση until the polynomial vanishes on the whole interval.
    var (lower, upper) = (0.0, 1 / half)
    while isAccurate(upper), upper < 1e12 { (lower, upper) = (upper, upper * 2) }
    for _ in 0..<40 {
      let between = (lower + upper) / 2
      if isAccurate(between) { lower = between } else { upper = between }
    }
    return lower
  }
}
