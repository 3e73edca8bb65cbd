import Glibc
import Numerics
import Schedules
import Support

/// The result of a search: the best shape of each family, and how good it is.
public struct SearchAnswer: Sendable {
  /// What was trained.
  public let workload: any Workload

  /// What was tried.
  public let plan: SearchPlan

  /// Each family's finalists, and how the trials ended.
  public let search: ShapeSearch

  /// The lowest loss of any schedule, if known.
  public let optimum: KnownOptimum?

  /// The families' best shapes, best first; not empty.
  public let ranked: [ScoredShape]

  /// A sweep of each parameter of the best shape, if requested.
  public let sweeps: [CoordinateSweep]

  /// Each family's member nearest to the optimum, if requested.
  public let projections: [FamilyProjection]

  /// Runs a search; nil if `evaluate` stops it.
  ///
  /// `isSwept` requests sweeps of the best shape's parameters, `isProjected` projections of a known optimum.
  /// Throws `InputError` of kind `unanswerable` if no trial has a loss, and rethrows errors of `evaluate`.
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
        hint: failure == nil ? "give lower base learning rates" : "fix the command")
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

  /// Returns the error of a shape's score; nil with too few seeds.
  public func error(of shape: ScoredShape) -> Double? { shape.losses.error(plan.errorEstimate) }

  /// Returns a shape's score relative to the lowest loss of any schedule, if known.
  public func ratio(of shape: ScoredShape) -> Double? { optimum.map { shape.score / $0.loss } }

  /// Returns the fraction by which a sweep lowers the best score; nil if no trial has a loss.
  public func gain(of sweep: CoordinateSweep) -> Double? {
    sweep.bestScore.map { 1 - $0 / ranked[0].score }
  }

  /// The parameter whose sweep lowers the best score most, if by more than 1 % and the score's error.
  public var betterNeighbour: (name: String, gain: Double)? {
    let gains = sweeps.compactMap { sweep in
      gain(of: sweep).map { (name: sweep.parameter.name, gain: $0) }
    }
    guard let most = gains.max(by: { $0.gain < $1.gain }) else { return nil }
    return most.gain > max(0.01, (error(of: ranked[0]) ?? 0) / ranked[0].score) ? most : nil
  }
}

/// A check of a shape: one parameter is varied and the base learning rate retuned at every point
/// (arXiv:2603.10301).
public struct CoordinateSweep: Sendable {
  /// The varied parameter.
  public let parameter: ShapeParameter

  /// Scores by rising parameter value; nil where no trial has a loss.
  public let points: [(value: Double, score: Double?)]

  /// The lowest score.
  public var bestScore: Double? { points.compactMap(\.score).min() }

  /// Returns a parameter's current value and four others, distinct and rising.
  ///
  /// They cover half the searched range evenly, or factors from ½ to 2 for logarithmic parameters, within the
  /// range.
  public static func values(of parameter: ShapeParameter, around value: Double) -> [Double] {
    let range = parameter.searched
    let reach = (range.upperBound - range.lowerBound) / 4
    let others = [-1.0, -1 / 3.0, 1 / 3.0, 1].map { part in
      parameter.isLogarithmic ? value * exp2(part) : value + part * reach
    }
    let inside = (others + [value]).map { min(max($0, range.lowerBound), range.upperBound) }
    return Array(Set(inside)).sorted()
  }

  /// Sweeps every parameter of a shape over T steps, with about 50 trials per parameter and fresh seed.
  ///
  /// Nil if `evaluate` stops the search; rethrows its errors.
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

/// The family member nearest to given learning rates in mean square.
public struct FamilyProjection: Sendable {
  /// The nearest shape found.
  public let shape: ShapeCandidate

  /// ⟨s*, s⟩/⟨s, s⟩, the base learning rate of the normalised schedule.
  public let baseLearningRate: Double

  /// ½·mean((s − s*)²), in squared learning rates.
  public let distance: Double

  /// Finds a nearby member by random draws and a simplex search; nil if no draw can be trained.
  ///
  /// `target` has one learning rate per step. Lengths round to whole steps, so the distance jumps and the
  /// result need not be the nearest member. O((draws + 4000)·T).
  public init?(of family: ShapeFamily, onto target: [Double], draws: Int = 1000) {
    var plan = SearchPlan(rates: [1])
    plan.shapes = draws
    let start = DrawnShapes(from: family, plan: plan, steps: target.count).distinct.min {
      Self.nearest($0, to: target).distance < Self.nearest($1, to: target).distance
    }
    guard let start else { return nil }
    let parameters = family.parameters
    // A unit box in which logarithmic parameters are straight.
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

  /// Returns the base learning rate that brings a shape nearest to a target, and ½·mean((s − s*)²).
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
