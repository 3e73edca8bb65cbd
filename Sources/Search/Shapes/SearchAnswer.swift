import Glibc
import Numerics
import Schedules
import Support

/// The answer of a search on a workload: the best shape of each family, and how good it is.
public struct SearchAnswer: Sendable {
  /// What was trained.
  public let workload: any Workload

  /// What was tried.
  public let plan: SearchPlan

  /// The families with their finalists, and how the trials ended.
  public let search: ShapeSearch

  /// The least loss of any schedule, where known.
  public let optimum: KnownOptimum?

  /// The families' best shapes, the best first; at least one.
  public let ranked: [ScoredShape]

  /// One sweep for each parameter of the best shape, where asked for.
  public let sweeps: [CoordinateSweep]

  /// Each family's member nearest to the optimum, where asked for.
  public let projections: [FamilyProjection]

  /// Searches; nil where `evaluate` stops the search.
  ///
  /// - Parameters:
  ///   - plan: what to try.
  ///   - workload: what is trained.
  ///   - optimum: the least loss of any schedule, where known.
  ///   - isSwept: whether each parameter of the best shape is moved.
  ///   - isProjected: whether each family's member nearest to the optimum is wanted.
  ///   - evaluate: runs trials.
  /// - Throws: `InputError` of kind `unanswerable` where no trial ended with a loss, and whatever
  ///   `evaluate` throws.
  public init?(
    _ plan: SearchPlan, on workload: any Workload, optimum: KnownOptimum?, isSwept: Bool = false,
    isProjected: Bool = false, evaluate: ShapeSearch.Evaluation
  ) throws {
    guard let search = try ShapeSearch(plan, steps: workload.steps, evaluate: evaluate) else {
      return nil
    }
    let ranked = search.families.compactMap(\.best).sorted { $0.score < $1.score }
    guard let best = ranked.first else {
      let failure = search.tally.reason.map { "the first failed with: \($0)" }
      throw InputError(
        .unanswerable, problem: "no trial ended with a loss: \(failure ?? "all diverged")",
        hint: failure == nil ? "give lower base learning rates" : "correct the command")
    }
    if isSwept {
      guard
        let sweeps = try CoordinateSweep.sweeps(
          around: best, plan: plan, steps: workload.steps, evaluate: evaluate)
      else { return nil }
      self.sweeps = sweeps
    } else {
      sweeps = []
    }
    self.workload = workload
    self.plan = plan
    self.search = search
    self.optimum = optimum
    self.ranked = ranked
    projections =
      isProjected
      ? plan.families.compactMap { FamilyProjection(of: $0, onto: optimum?.learningRates ?? []) }
      : []
  }

  /// The error of a shape's score; nil where the seeds are too few for one.
  public func error(of shape: ScoredShape) -> Double? { shape.losses.error(plan.errorEstimate) }

  /// A shape's score relative to the least loss of any schedule, where that is known.
  public func ratio(of shape: ScoredShape) -> Double? { optimum.map { shape.score / $0.loss } }

  /// The fraction by which moving one parameter lowers the best score; nil where nothing came out of it.
  public func gain(of sweep: CoordinateSweep) -> Double? {
    sweep.bestScore.map { 1 - $0 / ranked[0].score }
  }

  /// The parameter whose move lowers the best score most, where that is more than the score's error and
  /// 1 %.
  public var betterNeighbour: (name: String, gain: Double)? {
    let gains = sweeps.compactMap { sweep in
      gain(of: sweep).map { (name: sweep.parameter.name, gain: $0) }
    }
    guard let most = gains.max(by: { $0.gain < $1.gain }) else { return nil }
    return most.gain > max(0.01, (error(of: ranked[0]) ?? 0) / ranked[0].score) ? most : nil
  }
}

/// A check that a shape is about the best of its family: one parameter moved away, the base learning rate
/// re-tuned at every point (2603.10301).
public struct CoordinateSweep: Sendable {
  /// The parameter.
  public let parameter: ShapeParameter

  /// The score at each value of the parameter, in rising order; nil where no trial ended with a loss.
  public let points: [(value: Double, score: Double?)]

  /// The least score among them.
  public var bestScore: Double? { points.compactMap(\.score).min() }

  /// The present value and four others, distinct and rising: evenly over half the searched range, or for a
  /// logarithmic parameter over factors from ½ to 2, cut off at the range.
  public static func values(of parameter: ShapeParameter, around value: Double) -> [Double] {
    let range = parameter.searched
    let reach = (range.upperBound - range.lowerBound) / 4
    let others = [-1.0, -1 / 3.0, 1 / 3.0, 1].map { part in
      parameter.isLogarithmic ? value * exp2(part) : value + part * reach
    }
    let inside = (others + [value]).map { min(max($0, range.lowerBound), range.upperBound) }
    return Array(Set(inside)).sorted()
  }

  /// Sweeps every parameter of a shape over T steps; nil where `evaluate` stops the search.
  ///
  /// - Throws: whatever `evaluate` throws.
  /// - Complexity: some 50 trials a parameter and fresh seed.
  public static func sweeps(
    around shape: ScoredShape, plan: SearchPlan, steps: Int, evaluate: ShapeSearch.Evaluation
  ) throws -> [CoordinateSweep]? {
    let family = shape.candidate.family
    var starts: [RefinedRate] = []
    var places: [(parameter: Int, value: Double, start: Int?)] = []
    for (index, parameter) in family.parameters.enumerated() {
      for value in values(of: parameter, around: shape.candidate.coordinates[index]) {
        var coordinates = shape.candidate.coordinates
        coordinates[index] = value
        let candidate = ShapeCandidate(
          family, index: shape.candidate.index, coordinates: coordinates, steps: steps)
        places.append((index, value, candidate.map { _ in starts.count }))
        guard let candidate else { continue }
        let raw = shape.baseLearningRate / candidate.peak
        let nearest = plan.rates.indices.min {
          abs(log(plan.rates[$0] / raw)) < abs(log(plan.rates[$1] / raw))
        }
        starts.append(RefinedRate(candidate, plan: plan, start: nearest ?? 0))
      }
    }
    var tally = TrialTally()
    guard
      let settled = try RefinedRate.settle(starts, plan: plan, tally: &tally, evaluate: evaluate)
    else { return nil }
    return family.parameters.enumerated().map { index, parameter in
      CoordinateSweep(
        parameter: parameter,
        points: places.filter { $0.parameter == index }.map { place in
          (place.value, place.start.flatMap { settled[$0].scored?.score })
        })
    }
  }
}

/// The member of a family that is nearest to given learning rates in the mean square.
public struct FamilyProjection: Sendable {
  /// The nearest shape that was found.
  public let shape: ShapeCandidate

  /// ⟨s*, s⟩/⟨s, s⟩, the base learning rate for a schedule whose largest multiplier is 1.
  public let baseLearningRate: Double

  /// ½·mean((s − s*)²) in the learning rates' units.
  public let distance: Double

  /// Searches for the nearest member: the best of random draws, then a simplex search from it; nil where
  /// no draw can be trained.
  ///
  /// Lengths are rounded to whole steps, so that the distance jumps along them: the result is a good member
  /// and need not be the nearest.
  ///
  /// - Parameters:
  ///   - family: the family.
  ///   - target: s*, one learning rate a step.
  ///   - draws: random members to begin with.
  /// - Complexity: O((draws + 4000)·T).
  public init?(of family: ShapeFamily, onto target: [Double], draws: Int = 1000) {
    var plan = SearchPlan(rates: [1])
    plan.shapes = draws
    let start = DrawnShapes(from: family, plan: plan, steps: target.count).distinct.min {
      Self.nearest($0, to: target).distance < Self.nearest($1, to: target).distance
    }
    guard let start else { return nil }
    let parameters = family.parameters
    // A unit box, in which logarithmic parameters are straight.
    func candidate(_ point: [Double]) -> ShapeCandidate? {
      let coordinates = zip(parameters, point).map { $0.value(at: $1) }
      return ShapeCandidate(
        family, index: start.index, coordinates: coordinates, steps: target.count)
    }
    let unit = zip(parameters, start.coordinates).map { $0.fraction(of: $1) }
    let found = minimum(
      near: unit, in: parameters.map { _ in 0...1 }, evaluations: 4000,
      of: { point in candidate(point).map { Self.nearest($0, to: target).distance } ?? .infinity })
    shape = candidate(found.point) ?? start
    (baseLearningRate, distance) = Self.nearest(shape, to: target)
  }

  /// The multiple of a shape that is nearest to a target of one learning rate a step, and ½·mean((s − s*)²).
  ///
  /// - Complexity: O(T).
  public static func nearest(_ candidate: ShapeCandidate, to target: [Double])
    -> (baseLearningRate: Double, distance: Double)
  {
    let multipliers = candidate.schedule.multipliers
    var overlap = 0.0
    var square = 0.0
    for (multiplier, wanted) in zip(multipliers, target) {
      overlap += multiplier * wanted
      square += multiplier * multiplier
    }
    let rate = overlap / square
    let error = zip(multipliers, target).reduce(0) { sum, pair in
      let difference = rate * pair.0 - pair.1
      return sum + difference * difference
    }
    return (rate, error / (2 * Double(target.count)))
  }
}
