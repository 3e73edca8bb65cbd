import Glibc
import Numerics
import Schedules

/// The search over shapes (2603.10301): a first look at every shape over a grid of base learning rates,
/// and a second look at the best of each family on fresh seeds.
///
/// It is a function of outcomes alone: the trials may run anywhere and be kept, and the same outcomes
/// give the same result.
public struct ShapeSearch: Sendable {
  /// Runs trials and returns one outcome each, in their order, or nil to stop the search for now.
  public typealias Evaluation = ([Trial]) throws -> [TrialOutcome]?

  /// The result of one family.
  public struct FamilyResult: Sendable {
    /// The family.
    public let family: ShapeFamily

    /// Its finalists on fresh seeds, the best first; empty where no trial of the family ended with a loss.
    public let finalists: [ScoredShape]

    /// The scores of all its shapes in the first look, infinite where every trial of one diverged.
    public let screened: [(index: Int, score: Double)]

    /// The best shape.
    public var best: ScoredShape? { finalists.first }
  }

  /// One result a family, in the order of the plan.
  public let families: [FamilyResult]

  /// How the trials ended.
  public let tally: TrialTally

  /// The best shape of all.
  public var best: ScoredShape? {
    families.compactMap(\.best).min { $0.score < $1.score }
  }

  /// Searches over T steps; nil where `evaluate` stops the search.
  ///
  /// A shape's score is the least median loss over seeds. `evaluate` is called once for the first look at
  /// all families, and then once a round of refinements.
  ///
  /// - Throws: whatever `evaluate` throws.
  /// - Complexity: families · shapes · rates · seeds trials, and some ten per finalist and fresh seed.
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

  /// The median of the runs that ended, those that diverged as infinite; nil where all failed.
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

/// A shape whose base learning rate is refined on fresh seeds: first over the grid, from the best of the
/// first look to where both neighbours are worse, then at ever closer spacings around the best.
struct RefinedRate {
  private let candidate: ShapeCandidate
  private let grid: [Double]

  /// The base learning rates tried, as the plan counts them, with their losses.
  private var tried: [(rate: Double, losses: SampleMedian)] = []

  /// The rates to try next.
  private var wanted: [Double]

  /// How often the spacing has been halved; nil while still on the grid.
  private var halvings: Int?

  init(_ candidate: ShapeCandidate, plan: SearchPlan, start: Int) {
    self.candidate = candidate
    grid = plan.rates
    wanted = Array(plan.rates[max(0, start - 1)...min(plan.rates.count - 1, start + 1)])
  }

  /// Refines all to their end, in rounds that take one call of `evaluate` for all of them; nil where that
  /// stops.
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

  /// The best rate tried; nil where all trials failed or diverged.
  var scored: ScoredShape? {
    guard let best, best.losses.value < .infinity else { return nil }
    return ScoredShape(
      candidate: candidate, baseLearningRate: best.rate * candidate.peak, losses: best.losses,
      isAtGridEdge: best.rate <= grid[0] || best.rate >= grid[grid.count - 1])
  }

  private var best: (rate: Double, losses: SampleMedian)? {
    tried.min { $0.losses.value < $1.losses.value }
  }

  /// Takes the outcomes of the wanted rates, and decides what to try next.
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
