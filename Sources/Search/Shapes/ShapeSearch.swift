import Glibc
import Numerics
import Schedules

/// The shape search of arXiv:2603.10301: all shapes on a grid of base learning rates, then finalists on fresh
/// seeds.
///
/// It is a function of outcomes alone: trials may run anywhere, and equal outcomes give equal results.
public struct ShapeSearch: Sendable {
  /// Runs trials and returns one outcome each, in order, or nil to pause the search.
  public typealias Evaluation = ([Trial]) throws -> [TrialOutcome]?

  /// The result of one family.
  public struct FamilyResult: Sendable {
    /// The family.
    public let family: ShapeFamily

    /// The finalists' scores on fresh seeds, best first; empty if no trial of the family has a loss.
    public let finalists: [ScoredShape]

    /// The first-round scores of all shapes, infinite if every trial diverged.
    public let screened: [(index: Int, score: Double)]

    /// The best shape.
    public var best: ScoredShape? { finalists.first }
  }

  /// One result per family, in the plan's order.
  public let families: [FamilyResult]

  /// How the trials ended.
  public let tally: TrialTally

  /// The best shape of all families.
  public var best: ScoredShape? {
    families.compactMap(\.best).min { $0.score < $1.score }
  }

  /// Searches over T steps; nil if `evaluate` pauses the search.
  ///
  /// A shape's score is its lowest median loss over seeds. `evaluate` is called once for the first round and
  /// once per refinement; its errors are rethrown. Takes families · shapes · rates · seeds trials, plus about
  /// ten per finalist and fresh seed.
  public init?(_ plan: SearchPlan, steps: Int, evaluate: Evaluation) throws {
    let drawn = plan.families.map { DrawnShapes(from: $0, plan: plan, steps: steps) }
    let seeds = 0..<plan.seeds
    var trials: [Trial] = []
    trials.reserveCapacity(plan.screeningTrials)
    for shapes in drawn {
      for candidate in shapes.distinct {
        trials += candidate.trials(rates: plan.rates, seeds: seeds)
      }
    }
    guard let outcomes = try evaluate(trials) else { return nil }
    var tally = TrialTally(outcomes)
    var position = 0
    var screened: [[(index: Int, score: Double)]] = []
    var starts: [RefinedRate] = []
    for shapes in drawn {
      var scores: [(candidate: ShapeCandidate, rate: Int, score: Double)] = []
      for candidate in shapes.distinct {
        var best = (rate: 0, score: Double.infinity)
        for rate in plan.rates.indices {
          let losses = Self.median(outcomes[position..<position + plan.seeds])
          position += plan.seeds
          if let losses, losses.value < best.score { best = (rate, losses.value) }
        }
        scores.append((candidate, best.rate, best.score))
      }
      screened.append(shapes.draws.map { ($0.index, scores[$0.place].score) })
      let ranked = scores.filter { $0.score < .infinity }.sorted { $0.score < $1.score }
      starts += ranked.prefix(plan.finalists).map {
        RefinedRate($0.candidate, plan: plan, start: $0.rate)
      }
    }
    guard
      let finalists = try RefinedRate.settle(starts, plan: plan, tally: &tally, evaluate: evaluate)
    else { return nil }
    families = zip(plan.families, screened).map { family, screened in
      let own = finalists.compactMap { $0.scored }.filter { $0.candidate.family == family }
      return FamilyResult(
        family: family, finalists: own.sorted { $0.score < $1.score }, screened: screened)
    }
    self.tally = tally
  }

  /// The median, with diverged runs as infinite and failed ones left out; nil if all failed.
  static func median(_ outcomes: some Sequence<TrialOutcome>) -> SampleMedian? {
    SampleMedian(
      outcomes.compactMap { outcome in
        switch outcome {
        case .loss(let loss): return loss
        case .diverged: return .infinity
        case .failed: return nil
        }
      })
  }
}

/// Refines a shape's base learning rate on fresh seeds.
///
/// It walks the grid from the first round's best until both neighbours are worse, then halves the spacing
/// around the best.
struct RefinedRate {
  private let candidate: ShapeCandidate
  private let grid: [Double]

  /// The base learning rates tried, in the plan's units.
  private var tried: [(rate: Double, losses: SampleMedian)] = []

  private var wanted: [Double]

  /// How often the spacing was halved; nil while on the grid.
  private var halvings: Int?

  init(_ candidate: ShapeCandidate, plan: SearchPlan, start: Int) {
    self.candidate = candidate
    grid = plan.rates
    wanted = Array(plan.rates[max(0, start - 1)...min(plan.rates.count - 1, start + 1)])
  }

  /// Refines all shapes with one call of `evaluate` per round; nil if that pauses.
  static func settle(
    _ starts: [RefinedRate], plan: SearchPlan, tally: inout TrialTally,
    evaluate: ShapeSearch.Evaluation
  ) throws -> [RefinedRate]? {
    var all = starts
    let seeds = plan.seeds..<plan.seeds + plan.freshSeeds
    while true {
      let trials = all.flatMap { $0.candidate.trials(rates: $0.wanted, seeds: seeds) }
      if trials.isEmpty { return all }
      guard let outcomes = try evaluate(trials) else { return nil }
      tally.add(outcomes)
      var position = 0
      for index in all.indices {
        let count = all[index].wanted.count * seeds.count
        all[index].take(outcomes[position..<position + count], refinements: plan.refinements)
        position += count
      }
    }
  }

  var scored: ScoredShape? {
    guard let best, best.losses.value < .infinity else { return nil }
    return ScoredShape(
      candidate: candidate, baseLearningRate: best.rate * candidate.peak, losses: best.losses,
      isAtGridEdge: best.rate <= grid[0] || best.rate >= grid[grid.count - 1])
  }

  private var best: (rate: Double, losses: SampleMedian)? {
    tried.min { $0.losses.value < $1.losses.value }
  }

  /// Takes the outcomes of the wanted rates and chooses the next ones.
  private mutating func take(_ outcomes: ArraySlice<TrialOutcome>, refinements: Int) {
    let perRate = outcomes.count / max(1, wanted.count)
    for (index, rate) in wanted.enumerated() {
      let first = outcomes.startIndex + index * perRate
      if let losses = ShapeSearch.median(outcomes[first..<first + perRate]) {
        tried.append((rate, losses))
      }
    }
    let asked = wanted
    wanted = []
    guard let best = best?.rate else { return }
    if halvings == nil {
      let position = grid.firstIndex(of: best) ?? 0
      let neighbours = [position - 1, position + 1].filter { grid.indices.contains($0) }
      wanted = neighbours.map { grid[$0] }.filter { rate in
        !asked.contains(rate) && !tried.contains { $0.rate == rate }
      }
      if !wanted.isEmpty { return }
    }
    let done = halvings ?? 0
    guard done < refinements, grid.count > 1 else { return }
    halvings = done + 1
    let spacing = log(grid[1] / grid[0]) / pow(2, Double(done + 1))
    wanted = [best * exp(-spacing), best * exp(spacing)]
  }
}
