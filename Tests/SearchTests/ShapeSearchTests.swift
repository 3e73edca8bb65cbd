import Foundation
import Numerics
import Schedules
import Search
import TestSupport
import Testing
import Tuning

@Suite struct ShapeSearchTests {
  static let reference = ShapeSearchReference.shared

  /// A family and its name in the fixture.
  static let names: [(ShapeFamily, String)] = [
    (.constant, "con"), (.cosine, "cos-std"), (.generalisedCosine, "cos-gen"),
    (.squareRoot, "sqrt"), (.generalisedREX, "rex"), (.twoPointLinear, "tpl"),
    (.twoPointSpline, "tps"), (.smoothNonMonotonic, "snm"),
  ]

  static func problem(_ name: String) throws -> LinearRegressionRecursion {
    LinearRegressionRecursion(
      try .harmonic(start: name == "MAIN" ? .isotropic : .aligned), steps: 100)
  }

  static func plan(shapes: Int) -> SearchPlan {
    var plan = SearchPlan(rates: SearchPlan.grid(0.5...50, count: 25))
    plan.shapes = shapes
    plan.finalists = 1
    return plan
  }

  @Test func theGridIsTheReference() {
    let grid = SearchPlan.grid(0.5...50, count: 25)
    for (rate, expected) in zip(grid, Self.reference.numbers("D.base_grid")) {
      #expect(relativeError(rate, expected) < 1e-15)
    }
  }

  /// The first draw of every family: its parameters and its score over the whole grid.
  @Test(arguments: ["MAIN", "ALIGN"])
  func firstShapes(_ name: String) throws {
    let runner = TrialRunner(try Self.problem(name), jobs: 2)
    let search = try #require(
      try ShapeSearch(Self.plan(shapes: 1), steps: 100) { try runner.outcomes(of: $0) })
    #expect(search.families.count == 8 && search.tally.failed == 0)
    for (result, (family, key)) in zip(search.families, Self.names) {
      let expected = Self.reference.row(name, key)["first_score"] ?? .nan
      #expect(result.family == family && result.screened[0].index == 0)
      #expect(relativeError(result.screened[0].score, expected) < 1e-12, "\(key)")
      #expect(try #require(result.best).score <= result.screened[0].score)
    }
  }

  /// The whole tables: argmin indices, scores and scores at the refined base learning rate.
  @Test(
    .enabled(if: isHeavy),
    arguments: ["MAIN", "ALIGN"])
  func wholeTables(_ name: String) throws {
    let runner = TrialRunner(try Self.problem(name), jobs: 2)
    var plan = Self.plan(shapes: 4000)
    plan.refinements = 24
    let search = try #require(
      try ShapeSearch(plan, steps: 100) { try runner.outcomes(of: $0) })
    let optimum = try Self.problem(name).localOptimum()
    for (result, (_, key)) in zip(search.families, Self.names) {
      let expected = Self.reference.row(name, key)
      let least = try #require(result.screened.min { $0.score < $1.score })
      #expect(Double(least.index) == expected["best_index"], "\(key)")
      #expect(relativeError(least.score, expected["best_score"] ?? .nan) < 1e-12, "\(key)")
      let best = try #require(result.best)
      #expect(relativeError(best.score, expected["refined_score"] ?? .nan) < 1e-11, "\(key)")
      let ratio = least.score / optimum.loss
      #expect(relativeError(ratio, expected["ratio_to_optimum"] ?? .nan) < 1e-11, "\(key)")
    }
  }

  @Test func theResultDoesNotDependOnThreads() throws {
    let workload = try LogisticRegression(.breastCancer, steps: 30)
    var plan = SearchPlan(rates: SearchPlan.grid(0.1...10, count: 5))
    plan.shapes = 3
    plan.seeds = 2
    plan.freshSeeds = 3
    plan.refinements = isHeavy ? 6 : 1
    plan.families = [.generalisedCosine, .twoPointSpline]
    let results = try [1, 3].map { jobs in
      let runner = TrialRunner(workload, jobs: jobs)
      let search = try ShapeSearch(plan, steps: 30) { try runner.outcomes(of: $0) }
      return try #require(search?.best)
    }
    #expect(results[0].score == results[1].score)
    #expect(results[0].losses.values.count == 3)
    #expect(results[0].baseLearningRate == results[1].baseLearningRate)
  }

  /// Losses that are made up: a failing shape has no part in it, one that diverged counts as infinite.
  @Test func failuresAndDivergences() throws {
    var plan = SearchPlan(rates: [1, 2, 4])
    plan.families = [.generalisedREX]
    plan.shapes = 4
    plan.seeds = 3
    plan.freshSeeds = 3
    plan.refinements = 8
    let first = try #require(try ShapeSearch(plan, steps: 10) { $0.map { _ in .loss(1) } })
    let shapes = first.families[0].screened
    #expect(shapes.map(\.index) == [0, 1, 2, 3])
    var called = 0
    let found = try ShapeSearch(plan, steps: 10) { trials in
      called += 1
      return trials.map { trial in
        if trial.seed == 0 { return .failed("no device") }
        if trial.seed == 1, trial.baseLearningRate > 3 { return .diverged }
        let distance = log(trial.baseLearningRate / 1.7)
        return .loss(1 + distance * distance)
      }
    }
    let search = try #require(found)
    let best = try #require(search.best)
    #expect(abs(best.baseLearningRate - 1.7) < 0.01 && !best.isAtGridEdge)
    #expect(called == 10 && search.tally.failed == 12 && search.tally.reason == "no device")
    let none = try #require(try ShapeSearch(plan, steps: 10) { $0.map { _ in .diverged } })
    #expect(none.best == nil && none.tally.diverged == none.tally.done)
  }

  /// Warmups that are cut off to the same step make one schedule, which is trained once.
  @Test func equalShapesAreTrainedOnce() throws {
    var plan = SearchPlan(rates: [1, 2])
    plan.families = [.constant]
    plan.shapes = 60
    plan.refinements = 0
    var counts: [Int] = []
    let found = try ShapeSearch(plan, steps: 20) { trials in
      counts.append(trials.count)
      return trials.map { .loss($0.baseLearningRate - $0.schedule.sum) }
    }
    let search = try #require(found)
    // A warmup of none to four steps; of none and one are not the same.
    #expect(counts[0] == 10 && search.families[0].screened.count == 60)
    #expect(search.families[0].finalists.count == 3)
    #expect(Set(search.families[0].screened.map(\.score)).count == 5)
  }

  /// A search stops in whatever round its trials stop, and has no result then.
  @Test func stopping() throws {
    var plan = SearchPlan(rates: [1, 2, 4])
    plan.families = [.generalisedREX]
    plan.shapes = 2
    plan.refinements = 1
    let workload = BoundObjective(steps: 10)
    var rounds = 0
    let answer = try SearchAnswer(plan, on: workload, optimum: nil, isSwept: true) { trials in
      rounds += 1
      return trials.map { .loss($0.baseLearningRate) }
    }
    #expect(answer != nil && rounds > 4)
    for last in 0..<rounds {
      var round = 0
      let stopped = try SearchAnswer(plan, on: workload, optimum: nil, isSwept: true) { trials in
        defer { round += 1 }
        return round == last ? nil : trials.map { .loss($0.baseLearningRate) }
      }
      #expect(stopped == nil && round == last + 1)
    }
  }

  /// A best base learning rate beyond the grid is walked to and said to be at its edge.
  @Test func theEdgeOfTheGrid() throws {
    var plan = SearchPlan(rates: [1, 2, 4])
    plan.families = [.constant]
    plan.shapes = 1
    let search = try #require(
      try ShapeSearch(plan, steps: 10) { $0.map { .loss(-$0.baseLearningRate) } })
    let best = try #require(search.best)
    #expect(best.isAtGridEdge && best.baseLearningRate > 4)
  }

  @Test func coordinateSweeps() throws {
    let linear = ShapeFamily.twoPointSpline.parameters[2]
    let listed = Self.reference.numbers("F.coord_sweep_lin")
    for (value, expected) in zip(CoordinateSweep.values(of: linear, around: 0.9), listed) {
      #expect(abs(value - expected) < 1e-15)
    }
    let runner = TrialRunner(try Self.problem("ALIGN"), jobs: 2)
    var plan = Self.plan(shapes: 3)
    plan.families = [.generalisedREX]
    plan.refinements = 1
    let search = try #require(
      try ShapeSearch(plan, steps: 100) { try runner.outcomes(of: $0) })
    let best = try #require(search.best)
    let found = try CoordinateSweep.sweeps(around: best, plan: plan, steps: 100) { trials in
      let outcomes = try runner.outcomes(of: trials)
      for case .failed(let reason) in outcomes { Issue.record("\(reason)") }
      return outcomes
    }
    let sweeps = try #require(found)
    #expect(sweeps.map(\.parameter.name) == ["warmup", "beta"])
    for sweep in sweeps {
      #expect((3...5).contains(sweep.points.count))
      #expect(try #require(sweep.bestScore) <= best.score)
    }
  }
}
