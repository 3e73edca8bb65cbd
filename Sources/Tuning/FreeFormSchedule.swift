import Bound
import Glibc
import Numerics
import Schedules
import Support

/// The schedule that minimises the bound over all η_t ≥ 0.
///
/// In the learning rates λ_t = γη_t, Ω = D²/(2Σλ) + V(λ)/2 is convex, so the optimum is unique; it is
/// positive, since ∂Ω/∂λ_t < 0 at λ_t = 0. A quasi-Newton search in ln λ, with caps as bounds and a fixed
/// prefix, starts from the optimum of shorter runs.
public struct FreeFormSchedule: Sendable {
  /// Constraints on the schedule.
  public struct Constraints: Sendable {
    /// The learning rates λ = γη of the steps already made, kept exactly.
    public var prefix: [Double] = []

    /// The maximum of the remaining learning rates, in the bound's units; nil for no cap.
    public var cap: Double?

    /// No constraints.
    public init() {}
  }

  /// The learning rates λ_1 … λ_T in the bound's units.
  public let learningRates: [Double]

  /// Their bound Ω.
  public let bound: Double

  /// A lower bound on Ω under the same constraints, from convexity.
  ///
  /// Without constraints it is D·√(min_t ∂V/∂λ_t); with a cap, Ω less the largest gain towards a corner of
  /// the box. Nil with a prefix and no cap.
  public let lowerBound: Double?

  /// The largest |∂ ln Ω/∂ ln λ_t| over the free steps.
  public let projectedGradient: Double

  /// The number of iterations of the search.
  public let iterations: Int

  /// Whether a search over more than 200,000 steps ended because iterations gained too little.
  private var hasSettled = false

  /// Whether the search found the optimum.
  ///
  /// Ω must be within 10⁻⁴ of the lower bound, or without one the projected gradient at most 10⁻⁶/T. Above
  /// 200,000 steps an iteration that gains less than 10⁻⁷ suffices, which leaves Ω within 10⁻⁶ of the optimum.
  public var isConverged: Bool {
    guard bound.isFinite else { return false }
    if hasSettled { return true }
    if let lowerBound { return lowerBound >= bound * (1 - 1e-4) }
    return projectedGradient <= 1e-6 / Double(learningRates.count)
  }

  /// γ = max λ_t, the base learning rate of the schedule.
  public var baseLearningRate: Double { learningRates.max() ?? 0 }

  /// The longest supported run, in steps.
  public static let mostSteps = 2_000_000

  /// Above this length the stretched optimum of a quarter of the run is within 10⁻⁵ of the optimum, and a
  /// few iterations bring Ω within 10⁻⁶.
  private static let longRun = 200_000

  /// Searches the optimum over T = `steps`, more than the prefix has, in some hundred O(T) iterations.
  ///
  /// The result's Ω does not exceed that of `start`. Above 200,000 steps the search ends when an iteration
  /// gains less than `leastGain`, relatively. `progress` gets each iteration's number and Ω, and stops the
  /// search by returning false.
  public init(
    steps: Int, constraints: Constraints = .init(), gradientNorms: GradientNorms = .one,
    distance: Double = 1, start: [Double]? = nil, leastGain: Double = 1e-7,
    progress: (Int, Double) -> Bool = { _, _ in true }
  ) throws {
    try constraints.check(steps: steps)
    try gradientNorms.check(steps: steps)
    func search(
      from start: [Double], _ constraints: Constraints, _ progress: (Int, Double) -> Bool
    ) -> FreeFormSchedule {
      FreeFormSchedule(
        from: start, constraints: constraints, gradientNorms: gradientNorms, distance: distance,
        progress: progress)
    }
    guard let norm = gradientNorms.constant else {
      let first =
        try start
        ?? Self.refinedStart(norms: gradientNorms, constraints: constraints, distance: distance)
      self = search(from: first, constraints, progress)
      return
    }
    // The stretched optimum of a quarter of the run is close to that of the whole.
    let free = steps - constraints.prefix.count
    var divisors = [1]
    while free / divisors[divisors.count - 1] > 200 {
      divisors.append(divisors[divisors.count - 1] * 4)
    }
    var found: (rates: ArraySlice<Double>, solution: FreeFormSchedule)?
    for divisor in divisors.reversed() {
      let level = constraints.coarsened(by: divisor)
      let fixed = level.prefix.count
      let length = fixed + max(1, free / divisor)
      let first =
        found.map { Self.stretched(Array($0.rates), to: length - fixed) }
        ?? Array(
          Self.linearStart(steps: length, constraints: level, distance: distance, norm: norm)[
            fixed...])
      var previous = Double.infinity
      var hasSettled = false
      var solution = search(from: level.prefix + first, level) { iteration, bound in
        let gain = previous / bound - 1
        previous = bound
        hasSettled = length > Self.longRun && gain <= leastGain
        return (divisor > 1 || progress(iteration, bound)) && !hasSettled
      }
      solution.hasSettled = hasSettled
      found = (solution.learningRates[fixed...], solution)
    }
    guard let solution = found?.solution else { preconditionFailure("the last divisor is one") }
    var slopes = [Double](repeating: 0, count: steps)
    if let start,
      solution.bound > Self.bound(of: start, gradientNorms, distance, slopes: &slopes).value
    {
      self = search(from: start, constraints, progress)
    } else {
      self = solution
    }
  }

  /// Returns the learning rates as multipliers of ``baseLearningRate``; fails if the search did not converge.
  public func schedule() throws -> Schedule {
    guard isConverged else {
      throw InputError(
        .unanswerable,
        problem:
          "the free-form search did not converge in \(iterations) iterations (gradient \(significant(projectedGradient, 2)))",
        hint: "smooth the gradient norms, or shorten the run")
    }
    return try Schedule(values: learningRates)
  }

  private init(
    from start: [Double], constraints: Constraints, gradientNorms: GradientNorms, distance: Double,
    progress: (Int, Double) -> Bool
  ) {
    let steps = start.count
    let fixed = constraints.prefix.count
    var rates = constraints.prefix + start[fixed...]
    var slopes = [Double](repeating: 0, count: steps)
    let bounds = [Double](
      repeating: constraints.cap.map { log($0) } ?? .infinity, count: steps - fixed)
    // Gradient entries are of order 1/T.
    var method = BoundedQuasiNewton()
    method.tolerance = 1e-9 / Double(steps)
    func logarithmOfBound(_ point: [Double], _ gradient: inout [Double]) -> Double {
      for (index, logarithm) in point.enumerated() { rates[fixed + index] = exp(logarithm) }
      let (bound, bias) = Self.bound(of: rates, gradientNorms, distance, slopes: &slopes)
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
    let (least, bias) = Self.bound(of: rates, gradientNorms, distance, slopes: &slopes)
    learningRates = rates
    bound = least
    projectedGradient = result.projectedGradient
    iterations = result.iterations
    if let cap = constraints.cap {
      // Ω(λ′) ≥ Ω(λ) + g·(λ′ − λ) for every λ′ in the box.
      var gain = CompensatedSum()
      for index in fixed..<steps {
        let slope = slopes[index] / 2 - bias
        gain.add(slope > 0 ? slope * rates[index] : -slope * (cap - rates[index]))
      }
      lowerBound = max(0, least - gain.value)
    } else {
      lowerBound = fixed > 0 ? nil : distance * max(0, slopes.min() ?? 0).squareRoot()
    }
  }

  /// Ω, and −∂(D²/2S)/∂λ, the term of its slope that all steps share; the other, ∂V/∂λ, goes to `slopes`.
  private static func bound(
    of rates: [Double], _ gradientNorms: GradientNorms, _ distance: Double, slopes: inout [Double]
  ) -> (value: Double, bias: Double) {
    let sums = BoundGradient.evaluate(rates, gradientNorms: gradientNorms, slopes: &slopes)
    let ratio = distance / sums.steps
    return (ratio * distance / 2 + sums.noise / 2, ratio * ratio / 2)
  }

  /// Linear decay over the remaining steps, from the tuned rate or the cap.
  private static func linearStart(
    steps: Int, constraints: Constraints, distance: Double, norm: Double
  ) -> [Double] {
    let free = steps - constraints.prefix.count
    let tuned = distance / (norm * Double(steps).squareRoot())
    let peak = min(tuned, constraints.cap ?? .infinity)
    return constraints.prefix + (0..<free).map { peak * Double(free - $0) / Double(free) }
  }

  /// The refined schedule, from its tuned rate or the cap.
  private static func refinedStart(
    norms: GradientNorms, constraints: Constraints, distance: Double
  ) throws -> [Double] {
    let each = norms.perStep
    if let step = each.firstIndex(of: 0) {
      throw InputError(
        problem: "the gradient norm of step \(step + 1) is zero", hint: "give positive norms")
    }
    guard each.count > 1 else {
      return linearStart(steps: 1, constraints: constraints, distance: distance, norm: each[0])
    }
    let refined = try RefinedSchedule(norms: each).schedule
    let tuned = try BoundTerms.lastIterate(of: refined, gradientNorms: norms)
      .optimalBaseLearningRate(distance: distance)
    let peak = min(tuned, constraints.cap ?? .infinity)
    // A refined schedule ends at 0, which has no logarithm.
    var rates = refined.multipliers.map { max(peak * $0, peak * 1e-9) }
    rates[each.count - 1] = rates[each.count - 2] / 2
    return constraints.prefix + rates[constraints.prefix.count...]
  }

  /// Stretches learning rates to more steps, at a level ∝ 1/√T: by fraction in the bulk, by steps to the
  /// end in the tail.
  private static func stretched(_ rates: [Double], to steps: Int) -> [Double] {
    let ratio = Double(rates.count) / Double(steps)
    let scale = ratio.squareRoot()
    return (0..<steps).map { index in
      let toEnd = Double(steps - index)
      let position = Double(rates.count) - toEnd * ratio
      let lower = min(max(Int(position), 0), rates.count - 1)
      let upper = min(lower + 1, rates.count - 1)
      let fraction = min(max(position - Double(lower), 0), 1)
      let between = rates[lower] * (1 - fraction) + rates[upper] * fraction
      // Within the coarse run's last step the rates keep falling in proportion.
      return scale * (toEnd * ratio < 1 ? rates[rates.count - 1] * toEnd * ratio : between)
    }
  }
}

extension FreeFormSchedule.Constraints {
  fileprivate func check(steps: Int) throws(InputError) {
    func refusal(_ problem: String, _ hint: String) -> InputError {
      InputError(problem: problem, hint: hint)
    }
    guard steps > prefix.count else {
      throw refusal(
        "\(prefix.count) of \(steps) steps are kept, which leaves none to optimise", "keep fewer")
    }
    guard steps <= FreeFormSchedule.mostSteps else {
      throw refusal(
        "a free-form schedule of \(steps) steps is too long",
        "give at most \(FreeFormSchedule.mostSteps)")
    }
    for (index, value) in prefix.enumerated() where !(0...1e50).contains(value) {
      throw refusal(
        "step \(index + 1) of the kept steps has the learning rate \(value)",
        "keep steps with learning rates of 0 to 1e50")
    }
    guard let cap else { return }
    guard cap > 0, cap <= 1e50 else {
      throw refusal("the cap \(cap) is not a learning rate", "give a positive number")
    }
    let highest = prefix.max() ?? 0
    guard cap >= highest else {
      throw refusal(
        "the cap \(cap) is below \(highest), the highest kept learning rate", "raise the cap")
    }
  }

  /// Returns the constraints of a run with every `divisor` steps merged.
  ///
  /// Learning rates grow by √divisor, which keeps Σλ²/Σλ and D²/Σλ in proportion.
  fileprivate func coarsened(by divisor: Int) -> FreeFormSchedule.Constraints {
    guard divisor > 1 else { return self }
    let scale = Double(divisor).squareRoot()
    var coarse = FreeFormSchedule.Constraints()
    coarse.cap = cap.map { $0 * scale }
    guard !prefix.isEmpty else { return coarse }
    let count = max(1, prefix.count / divisor)
    coarse.prefix = (0..<count).map { index in
      let block = prefix[index * prefix.count / count..<(index + 1) * prefix.count / count]
      return scale * block.reduce(0, +) / Double(block.count)
    }
    return coarse
  }
}
