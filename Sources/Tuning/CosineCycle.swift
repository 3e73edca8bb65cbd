import Bound
import Glibc
import Numerics
import Schedules

/// The best cycle length of a cosine schedule.
///
/// A cycle longer than the run is cut off at its end; after a shorter one the run stays at the floor
/// (2501.18965, section 4).
public struct CosineCycle: Sendable {
  /// The cycle with the lowest bound.
  public let best: LengthChoice

  /// The cycle as long as the run.
  public let asLongAsRun: LengthChoice

  /// Whether the best cycle is the longest or shortest searched, rather than a minimum of Ω.
  public let isAtEdge: Bool

  private let search: LengthSearch

  /// Searches cycles from half to four times the run, at a fixed γ or with γ tuned for each cycle if it is nil.
  ///
  /// If the best lies at an end, the search continues: up to a thousand times the run, in effect a constant
  /// learning rate, and down to one step. Keeps power, warmup and floor; nil for anything but a `cosine` spec.
  /// Takes about 70 passes over the schedule.
  public init?(
    of run: TrainingRun, baseLearningRate: Double? = nil, gradientNorms: GradientNorms = .one,
    distance: Double = 1
  ) throws {
    guard let spec = run.spec, spec.family is CosineFamily else { return nil }
    let steps = run.steps
    let search = LengthSearch(
      spec: spec, steps: steps, baseLearningRate: baseLearningRate, gradientNorms: gradientNorms,
      distance: distance)
    guard let whole = try search.cycle(of: steps), var range = search.firstCycles else {
      return nil
    }
    let all = search.warmup + 1...min(1000 * steps, ScheduleSpec.mostSteps)
    var found = minimum(in: range) { (try? search.cycle(of: $0)?.bound) ?? .infinity }
    while found.argument == range.upperBound && found.argument < all.upperBound
      || found.argument == range.lowerBound && found.argument > all.lowerBound
    {
      range =
        found.argument == range.upperBound
        ? range.lowerBound...min(all.upperBound, 4 * range.upperBound)
        : max(all.lowerBound, range.lowerBound / 4)...range.upperBound
      found = minimum(in: range) { (try? search.cycle(of: $0)?.bound) ?? .infinity }
    }
    asLongAsRun = whole
    best = try search.cycle(of: found.argument) ?? whole
    isAtEdge = steps > 1 && (found.argument == all.lowerBound || found.argument == all.upperBound)
    self.search = search
  }

  /// Samples Ω at up to `count` ≥ 2 cycle lengths at equal ratios, shortest first, with one pass over the
  /// schedule each.
  public func choices(count: Int) throws -> [LengthChoice] {
    guard let range = search.firstCycles else { return [] }
    let ratio = Double(range.upperBound) / Double(range.lowerBound)
    return try LengthSearch.samples(of: range, count: count) {
      Double(range.lowerBound) * pow(ratio, $0)
    }.compactMap(search.cycle)
  }
}

extension LengthSearch {
  /// The first range to search: half to four times the run, longer than the warmup.
  fileprivate var firstCycles: ClosedRange<Int>? {
    let shortest = max(steps / 2, warmup + 1)
    let longest = min(4 * steps, ScheduleSpec.mostSteps)
    return shortest <= longest ? shortest...longest : nil
  }

  fileprivate func cycle(of length: Int) throws -> LengthChoice? {
    try spec.replacingPeriod(steps: length).map { try choice(length, $0) }
  }
}
