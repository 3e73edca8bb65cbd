import Bound
import Glibc
import Numerics
import Schedules

/// The schedule that makes the bound least over all η_t ≥ 0.
///
/// Written in the learning rates λ_t = γη_t, Ω = D²/(2Σλ) + V(λ)/2 is convex, so that there is one
/// optimum; it is positive everywhere, since ∂Ω/∂λ_t < 0 at λ_t = 0. The search is a quasi-Newton method
/// in ln λ, where caps are bounds and a prefix is left out; its start comes from shorter runs.
public struct FreeFormSchedule: Sendable {
  /// What is fixed beforehand.
  public struct Constraints: Sendable {
    /// The learning rates λ = γη of the steps that have been made; they are kept to the bit.
    public var prefix: [Double] = []

    /// The highest learning rate of the steps to come, in the bound's units; nil for no cap.
    public var cap: Double?

    /// No constraints.
    public init() {}
  }

  /// The learning rates λ_1 … λ_T in the bound's units.
  public let learningRates: [Double]

  /// Ω of these learning rates.
  public let bound: Double

  /// A number below which no schedule under the same constraints can bring Ω: convexity gives it from
  /// the gradient.
  ///
  /// Without constraints Ω ≥ D·√(min_t ∂V/∂λ_t); with a cap, what a step to any corner of the box can
  /// gain. Nil with a prefix and no cap.
  public let lowerBound: Double?

  /// The largest |∂ ln Ω/∂ ln λ_t| over the steps that are free to move.
  public let projectedGradient: Double

  /// How many iterations the search took.
  public let iterations: Int

  /// Whether a search over more than 200,000 steps ended because iterations gained next to nothing.
  private var hasSettled = false

  /// Whether the search ended at the optimum.
  ///
  /// That is within 10⁻⁴ of the lower bound where there is one, else with a projected gradient of at
  /// most 10⁻⁶/T. Above 200,000 steps it is enough that an iteration
  /// gained less than 10⁻⁷, which leaves Ω within 10⁻⁶ of the optimum.
  public var isConverged: Bool {
    guard bound.isFinite else { return false }
    if hasSettled { return true }
    if let lowerBound { return lowerBound >= bound * (1 - 1e-4) }
    return projectedGradient <= 1e-6 / Double(learningRates.count)
  }

  /// γ = max λ_t, the base learning rate of the schedule.
  public var baseLearningRate: Double { learningRates.max() ?? 0 }

  /// Searches the optimum.
  ///
  /// - Parameters:
  ///   - steps: T, more than the prefix has.
  ///   - constraints: prefix and cap.
  ///   - gradientNorms: G, or G_1 … G_T.
  ///   - distance: D.
  ///   - start: learning rates from which the search shall not end higher; nil for none.
  ///   - leastGain: above 200,000 steps, the relative gain of an iteration below which the search ends.
  ///   - progress: called after each iteration with its number and Ω; false stops the search.
  /// - Throws: ``FreeFormError`` and `BoundError`.
  /// - Complexity: O(T) an iteration; some hundred iterations.
  public init(
    steps: Int, constraints: Constraints = .init(), gradientNorms: GradientNorms = .one,
    distance: Double = 1, start: [Double]? = nil, leastGain: Double = 1e-7,
    progress: (Int, Double) -> Bool = { _, _ in true }
  ) throws {
    try FreeFormError.check(steps: steps, constraints: constraints)
    if let norms = gradientNorms.steps, norms != steps {
      throw BoundError.normCount(norms: norms, steps: steps)
    }
    guard let constant = gradientNorms.constant else {
      let first =
        try start ?? Self.start(norms: gradientNorms, constraints: constraints, distance: distance)
      try self.init(
        from: first, constraints: constraints, gradientNorms: gradientNorms, distance: distance,
        progress: progress)
      return
    }
    // The optimum of a quarter of the run, stretched, is near that of the whole.
    let free = steps - constraints.prefix.count
    var divisors = [1]
    while free / divisors[divisors.count - 1] > 200 {
      divisors.append(divisors[divisors.count - 1] * 4)
    }
    var current: [Double]?
    for divisor in divisors.reversed() {
      let level = Self.coarsened(constraints, by: divisor)
      let length = level.prefix.count + max(1, free / divisor)
      let isLast = divisor == 1
      let first =
        current.map { Self.stretched($0, to: length - level.prefix.count) }
        ?? Self.start(steps: length, constraints: level, distance: distance, norm: constant)
        .suffix(length - level.prefix.count)
      var previous = Double.infinity
      var hasSettled = false
      func goOn(_ iteration: Int, _ bound: Double) -> Bool {
        let gain = previous / bound - 1
        previous = bound
        let isWanted = isLast ? progress(iteration, bound) : true
        hasSettled = length > Self.longRun && gain <= leastGain
        return isWanted && !hasSettled
      }
      var solution = try FreeFormSchedule(
        from: level.prefix + first, constraints: level, gradientNorms: gradientNorms,
        distance: distance, progress: goOn)
      solution.hasSettled = hasSettled
      guard isLast else {
        current = Array(solution.learningRates[level.prefix.count...])
        continue
      }
      if let start, solution.bound > Self.bound(of: start, gradientNorms, distance) {
        try self.init(
          from: start, constraints: constraints, gradientNorms: gradientNorms, distance: distance,
          progress: progress)
      } else {
        self = solution
      }
      return
    }
    preconditionFailure("the last length is that of the run")
  }

  private init(
    from start: [Double], constraints: Constraints, gradientNorms: GradientNorms, distance: Double,
    progress: (Int, Double) -> Bool
  ) throws {
    let steps = start.count
    let fixed = constraints.prefix.count
    var rates = constraints.prefix + start[fixed...]
    var slopes = [Double](repeating: 0, count: steps)
    let bounds = [Double](
      repeating: constraints.cap.map { log($0) } ?? .infinity, count: steps - fixed)
    // Ω, and the part −∂(D²/2S)/∂λ of its slope that all steps share.
    func evaluate() -> (bound: Double, bias: Double) {
      let sums = BoundGradient.evaluate(rates, gradientNorms: gradientNorms, slopes: &slopes)
      let ratio = distance / sums.steps
      return (ratio * distance / 2 + sums.noise / 2, ratio * ratio / 2)
    }
    // Entries have gradients of the order of 1/T.
    var method = BoundedQuasiNewton()
    method.tolerance = 1e-9 / Double(steps)
    func logarithmOfBound(_ point: [Double], _ gradient: inout [Double]) -> Double {
      for (index, logarithm) in point.enumerated() { rates[fixed + index] = exp(logarithm) }
      let (bound, bias) = evaluate()
      for index in point.indices {
        gradient[index] = rates[fixed + index] * (slopes[fixed + index] / 2 - bias) / bound
      }
      return log(bound)
    }
    let result = method.minimise(
      logarithmOfBound, from: rates[fixed...].map { log($0) }, upperBounds: bounds,
      progress: { progress($0, exp($1)) })
    for (index, logarithm) in result.point.enumerated() {
      let isCapped = constraints.cap != nil && logarithm >= bounds[index]
      rates[fixed + index] = isCapped ? constraints.cap ?? 0 : exp(logarithm)
    }
    let (least, bias) = evaluate()
    learningRates = rates
    bound = least
    projectedGradient = result.projectedGradient
    iterations = result.iterations
    lowerBound = Self.lowerBound(
      rates: rates, noiseSlopes: slopes, bound: least, bias: bias, constraints: constraints,
      distance: distance)
  }

  private static func lowerBound(
    rates: [Double], noiseSlopes: [Double], bound: Double, bias: Double,
    constraints: Constraints, distance: Double
  ) -> Double? {
    let fixed = constraints.prefix.count
    guard let cap = constraints.cap else {
      guard fixed == 0 else { return nil }
      return distance * max(0, noiseSlopes.min() ?? 0).squareRoot()
    }
    // Ω(λ′) ≥ Ω(λ) + g·(λ′ − λ) for every λ′ in the box.
    var gain = CompensatedSum()
    for index in fixed..<rates.count {
      let slope = noiseSlopes[index] / 2 - bias
      gain.add(slope > 0 ? slope * rates[index] : -slope * (cap - rates[index]))
    }
    return max(0, bound - gain.value)
  }

  /// Linear decay over the steps to come, from the tuned rate or the cap.
  private static func start(
    steps: Int, constraints: Constraints, distance: Double, norm: Double
  ) -> [Double] {
    let fixed = constraints.prefix.count
    let free = steps - fixed
    let tuned = distance / (norm * Double(steps).squareRoot())
    let peak = min(tuned, constraints.cap ?? .infinity)
    return constraints.prefix + (0..<free).map { peak * Double(free - $0) / Double(free) }
  }

  /// The schedule refined with the norms, from its own tuned rate or the cap.
  private static func start(norms: GradientNorms, constraints: Constraints, distance: Double) throws
    -> [Double]
  {
    let each = norms.perStep
    for (index, norm) in each.enumerated() where norm == 0 {
      throw FreeFormError.zeroNorm(step: index + 1)
    }
    guard each.count > 1 else {
      return start(steps: 1, constraints: constraints, distance: distance, norm: each[0])
    }
    let refined = try RefinedSchedule(norms: each).schedule
    let tuned = try BoundTerms.lastIterate(of: refined, gradientNorms: norms)
      .optimalBaseLearningRate(distance: distance)
    let peak = min(tuned, constraints.cap ?? .infinity)
    var rates = refined.multipliers.map { peak * $0 }
    // A refined schedule ends on 0, whose logarithm is no start.
    rates = rates.map { max($0, peak * 1e-9) }
    rates[each.count - 1] = rates[each.count - 2] / 2
    return constraints.prefix + rates[constraints.prefix.count...]
  }

  /// Above this length the stretched optimum of a quarter of the run is within 10⁻⁵ of the optimum, so
  /// that a few iterations bring Ω within 10⁻⁶ of it.
  private static let longRun = 200_000

  /// Ω of learning rates.
  private static func bound(
    of rates: [Double], _ gradientNorms: GradientNorms, _ distance: Double
  ) -> Double {
    var slopes = [Double](repeating: 0, count: rates.count)
    let sums = BoundGradient.evaluate(rates, gradientNorms: gradientNorms, slopes: &slopes)
    return distance / sums.steps * distance / 2 + sums.noise / 2
  }

  /// The same constraints for a run of which every `divisor` steps are one: learning rates grow by
  /// √divisor, which keeps the sums of λ²/Σλ and D²/Σλ in proportion.
  private static func coarsened(_ constraints: Constraints, by divisor: Int) -> Constraints {
    guard divisor > 1 else { return constraints }
    let scale = Double(divisor).squareRoot()
    var coarse = Constraints()
    coarse.cap = constraints.cap.map { $0 * scale }
    let fixed = constraints.prefix
    guard !fixed.isEmpty else { return coarse }
    let count = max(1, fixed.count / divisor)
    coarse.prefix = (0..<count).map { index in
      let block = fixed[index * fixed.count / count..<(index + 1) * fixed.count / count]
      return scale * block.reduce(0, +) / Double(block.count)
    }
    return coarse
  }

  /// Learning rates of the steps to come, stretched to more of them: by fraction in the bulk, by steps
  /// to the end in the tail; the level falls like 1/√T.
  private static func stretched(_ rates: [Double], to steps: Int) -> [Double] {
    let ratio = Double(rates.count) / Double(steps)
    let scale = ratio.squareRoot()
    return (0..<steps).map { index in
      let toEnd = Double(steps - index)
      let position = Double(rates.count) - toEnd * ratio
      let lower = min(max(Int(position), 0), rates.count - 1)
      let upper = min(lower + 1, rates.count - 1)
      let part = min(max(position - Double(lower), 0), 1)
      let between = rates[lower] * (1 - part) + rates[upper] * part
      // Within the coarse run's last step the rates go on falling in proportion.
      return scale * (toEnd * ratio < 1 ? rates[rates.count - 1] * toEnd * ratio : between)
    }
  }
}

/// An error searching a free-form schedule, with a suggested fix.
public enum FreeFormError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There are no steps to choose.
  case noFreeSteps(steps: Int, prefix: Int)

  /// A step of the prefix is not positive.
  case prefix(step: Int, value: Double)

  /// The cap is not a positive number.
  case cap(Double)

  /// The cap lies below what the run has used.
  case capBelowPrefix(cap: Double, highest: Double)

  /// A step whose gradient norm is zero could move without end.
  case zeroNorm(step: Int)

  /// The run is too long.
  case tooLong(steps: Int, most: Int)

  /// The longest run that is searched.
  public static let mostSteps = 2_000_000

  static func check(steps: Int, constraints: FreeFormSchedule.Constraints) throws(FreeFormError) {
    guard steps > constraints.prefix.count else {
      throw .noFreeSteps(steps: steps, prefix: constraints.prefix.count)
    }
    guard steps <= mostSteps else { throw .tooLong(steps: steps, most: mostSteps) }
    for (index, value) in constraints.prefix.enumerated() {
      guard value >= 0, value <= 1e50 else { throw .prefix(step: index + 1, value: value) }
    }
    if let cap = constraints.cap {
      guard cap > 0, cap <= 1e50 else { throw .cap(cap) }
      let highest = constraints.prefix.max() ?? 0
      guard cap >= highest else { throw .capBelowPrefix(cap: cap, highest: highest) }
    }
  }

  /// The error as one line.
  public var description: String {
    switch self {
    case .noFreeSteps(let steps, let prefix):
      return "\(prefix) of \(steps) steps are kept, so none is left to choose; keep fewer"
    case .prefix(let step, let value):
      return
        "step \(step) of the part that is kept has the learning rate \(value); keep steps with learning rates of 0 to 1e50"
    case .cap(let cap): return "the cap \(cap) is not a learning rate; give a positive number"
    case .capBelowPrefix(let cap, let highest):
      return "the cap \(cap) lies below \(highest), which the kept steps have used; raise the cap"
    case .zeroNorm(let step):
      return "the gradient norm of step \(step) is zero; give positive norms"
    case .tooLong(let steps, let most):
      return "a free-form schedule of \(steps) steps is too long; give at most \(most)"
    }
  }
}
