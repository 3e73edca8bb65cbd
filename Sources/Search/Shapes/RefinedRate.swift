import Glibc
import Numerics

/// A shape whose base learning rate is being refined on fresh seeds: first over the grid, from the best of the
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

  /// Runs all to their end, in rounds that take one call of `evaluate` for all of them.
  static func settle(
    _ starts: [RefinedRate], plan: SearchPlan, tally: inout ShapeSearch.Tally,
    evaluate: ShapeSearch.Evaluation
  ) throws -> [RefinedRate] {
    var all = starts
    let seeds = plan.seeds..<plan.seeds + plan.freshSeeds
    while true {
      var trials: [Trial] = []
      for one in all {
        one.candidate.addTrials(rates: one.wanted, seeds: seeds, to: &trials)
      }
      if trials.isEmpty { return all }
      let outcomes = try evaluate(trials)
      tally.add(outcomes)
      var position = 0
      for index in all.indices {
        let count = all[index].wanted.count * seeds.count
        all[index].take(outcomes[position..<position + count], refinements: plan.refinements)
        position += count
      }
    }
  }

  /// The best of what was tried; nil where all of it failed or diverged.
  var scored: ScoredShape? {
    guard let best, best.losses.value < .infinity else { return nil }
    return ScoredShape(
      candidate: candidate, baseLearningRate: best.rate * candidate.peak, losses: best.losses,
      isAtGridEdge: best.rate <= grid[0] || best.rate >= grid[grid.count - 1])
  }

  private var best: (rate: Double, losses: SampleMedian)? {
    tried.min { $0.losses.value < $1.losses.value }
  }

  /// Takes the outcomes of the wanted rates, and says what to try next.
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
