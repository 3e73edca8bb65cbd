import Glibc
import Numerics
import Schedules

/// The search over shapes (2603.10301): every shape at every base learning rate of a grid, the score of a
/// shape the least median over seeds; the best shapes of each family again on fresh seeds, at base learning
/// rates refined around the best.
///
/// It is a function of outcomes alone: whoever runs the trials may run them anywhere, keep them, and begin
/// again; the same outcomes give the same result.
public struct ShapeSearch: Sendable {
  /// Runs trials and returns one outcome each, in their order.
  public typealias Evaluation = ([Trial]) throws -> [TrialOutcome]

  /// What a family reached.
  public struct FamilyResult: Sendable {
    /// The family.
    public let family: ShapeFamily

    /// Its finalists on fresh seeds, the best first; empty where no trial of the family ended with a loss.
    public let finalists: [ScoredShape]

    /// The scores of all its shapes in the first look, infinite where nothing but divergence came of one.
    public let screened: [(index: Int, score: Double)]

    /// The best shape.
    public var best: ScoredShape? { finalists.first }
  }

  /// How many trials ended how.
  public struct Tally: Equatable, Sendable {
    /// Trials that ended with a loss or diverged.
    public internal(set) var done = 0

    /// Trials that diverged.
    public internal(set) var diverged = 0

    /// Trials that failed.
    public internal(set) var failed = 0

    /// Why the first of them failed.
    public internal(set) var reason: String?
  }

  /// One result a family, in the order of the plan.
  public let families: [FamilyResult]

  /// How many trials ended how.
  public let tally: Tally

  /// The best shape of all.
  public var best: ScoredShape? {
    families.compactMap(\.best).min { $0.score < $1.score }
  }

  /// Searches.
  ///
  /// - Parameters:
  ///   - plan: what to try.
  ///   - steps: T.
  ///   - evaluate: runs trials; called once for the first look at all families, and then once a round.
  /// - Throws: whatever `evaluate` throws.
  /// - Complexity: families · shapes · rates · seeds trials, and some ten per finalist and fresh seed.
  public init(_ plan: SearchPlan, steps: Int, evaluate: Evaluation) throws {
    var tally = Tally()
    let drawn = plan.families.map { DrawnShapes(from: $0, plan: plan, steps: steps) }
    let seeds = 0..<plan.seeds
    var trials: [Trial] = []
    trials.reserveCapacity(plan.screeningTrials)
    for shapes in drawn {
      for candidate in shapes.distinct {
        candidate.addTrials(rates: plan.rates, seeds: seeds, to: &trials)
      }
    }
    let outcomes = try evaluate(trials)
    tally.add(outcomes)
    var position = 0
    var screened: [[(index: Int, score: Double)]] = []
    var starts: [[RefinedRate]] = []
    for shapes in drawn {
      var scores: [(candidate: ShapeCandidate, rate: Int, score: Double)] = []
      for candidate in shapes.distinct {
        let medians = plan.rates.indices.map { rate in
          let first = position + rate * plan.seeds
          return Self.median(outcomes[first..<first + plan.seeds])?.value ?? .infinity
        }
        position += plan.rates.count * plan.seeds
        let best = Self.leastIndex(medians)
        scores.append((candidate, best, medians[best]))
      }
      screened.append(shapes.draws.map { ($0.index, scores[$0.place].score) })
      let ranked = scores.filter { $0.score < .infinity }.sorted { $0.score < $1.score }
      starts.append(
        ranked.prefix(plan.finalists).map {
          RefinedRate($0.candidate, plan: plan, start: $0.rate)
        })
    }
    let finalists = try RefinedRate.settle(
      starts.flatMap { $0 }, plan: plan, tally: &tally, evaluate: evaluate)
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

  /// The first index of the least value.
  private static func leastIndex(_ values: [Double]) -> Int {
    var least = 0
    for index in values.indices where values[index] < values[least] { least = index }
    return least
  }
}

extension ShapeSearch.Tally {
  /// The tally of outcomes.
  ///
  /// - Parameter outcomes: of any trials.
  public init(_ outcomes: [TrialOutcome]) {
    self.init()
    add(outcomes)
  }

  mutating func add(_ outcomes: [TrialOutcome]) {
    for outcome in outcomes {
      switch outcome {
      case .loss: done += 1
      case .diverged:
        done += 1
        diverged += 1
      case .failed(let reason):
        failed += 1
        if self.reason == nil { self.reason = reason }
      }
    }
  }
}
