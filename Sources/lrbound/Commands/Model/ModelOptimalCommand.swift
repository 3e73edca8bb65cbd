import ArgumentParser
import Charts
import Runs
import Schedules
import Support
import TheoryModel

/// `lrbound model optimal`: the schedule that ends on the least loss.
struct ModelOptimalCommand: DrawingCommand {
  static let reportName = "model optimal"
  static let configuration = CommandConfiguration(
    commandName: "optimal",
    abstract: "The schedule that ends on the least loss.",
    discussion: """
        lrbound model optimal --steps 4096
        lrbound model optimal --steps 4096 --task 2,4,1 --cap 0.5 --csv > best.csv
        lrbound model optimal --steps 1e9 --limit

      A search over every step's learning rate with exact slopes, up to 200,000 steps. Its optimum is a local \
      one: with large batches and a < b a schedule that zigzags can be better by about 1e-4. --limit takes the \
      schedule of the limit of small learning rates instead, η(u) = min(cap, A/√(K(τ−u)(σ²+F(u)))), at the \
      same cost for any number of steps. --csv writes a schedule that @file reads back, up to a million \
      steps.
      """)

  @Option(required: "Number of optimiser steps, T.", "t", transform: Arguments.steps)
  var steps: Int

  @Flag(help: "The schedule of the limit of small learning rates.")
  var limit = false

  @OptionGroup var model: ModelOptions
  @OptionGroup var plot: PlotOptions

  /// The longest schedule that is written out.
  private static let mostWritten = 1_000_000

  func validate() throws {
    if !limit, steps > OptimalModelSchedule.mostSteps {
      throw InputError.usage(
        "--steps '\(steps)': the search follows up to \(grouped(OptimalModelSchedule.mostSteps)) steps",
        "give fewer, or add --limit")
    }
    if plot.isWanted, steps > Self.mostWritten {
      throw InputError.usage(
        "--plot: the schedule is written out up to \(grouped(Self.mostWritten)) steps",
        "give fewer")
    }
  }

  func report() throws -> Report<OnModel<ModelOptimalBody>> {
    let model = try model.model
    return try limit ? limitReport(model) : optimumReport(model)
  }

  private func optimumReport(_ model: FeatureModel) throws -> Report<OnModel<ModelOptimalBody>> {
    let best = try OptimalModelSchedule.found(for: model, steps: steps, cap: self.model.cap)
    var body = ModelOptimalBody(
      method: .search, steps: steps, excess: best.excess, cap: best.cap,
      annealedFraction: best.annealedFraction)
    body.optimum = "local"
    (body.loss, body.localExponent) = (best.excess + model.noise, best.localExponent)
    (body.projectedGradient, body.iterations) = (best.projectedGradient, best.iterations)
    body.coordinateResidual = best.coordinateResidual
    let inTheLimit = (try? Phase(of: model.task))
      .map { "; T^−\(significant($0.lossExponent, 3)) in the limit" }
    return try report(
      body, model, rates: best.learningRates,
      facts: [
        ["excess", significant(best.excess, 10), "L − σ², a local optimum"],
        [
          "falls like", "T^−\(significant(best.localExponent, 3))",
          "here, by the first integral" + (inTheLimit ?? ""),
        ],
        [
          "gradient", significant(best.projectedGradient, 2),
          "largest |d ln excess/d ln η|, after \(best.iterations) iterations",
        ],
      ])
  }

  private func limitReport(_ model: FeatureModel) throws -> Report<OnModel<ModelOptimalBody>> {
    let best = try SemiAnalyticSchedule(for: model, steps: Double(steps), cap: self.model.cap)
    var body = ModelOptimalBody(
      method: .limit, steps: steps, excess: best.excess, cap: best.cap,
      annealedFraction: best.annealedFraction)
    body.intrinsicTime = best.intrinsicTime
    return try report(
      body, model, rates: steps <= Self.mostWritten ? best.learningRates : nil,
      facts: [
        ["excess", significant(best.excess, 6), "L − σ², as the limit has it"],
        ["Σ η", significant(best.intrinsicTime, 6), "intrinsic time"],
      ])
  }

  private func report(
    _ body: ModelOptimalBody, _ model: FeatureModel, rates: [Double]?, facts: [[String]]
  ) throws -> Report<OnModel<ModelOptimalBody>> {
    var body = body
    var facts = facts
    let schedule = try rates.map { try Schedule(values: $0) }
    if let schedule {
      (body.schedule, body.baseLearningRate) = (schedule.multipliers, schedule.peak)
      facts.insert(["base LR", significant(schedule.peak, 8), "its highest learning rate"], at: 0)
    }
    facts.append([
      "annealed", percent(body.annealedFraction),
      "of the steps are below half the cap \(significant(body.cap, 6))",
    ])
    facts.append(model.phaseRow)
    let omitted = Diagnostic(
      code: "schedule-left-out",
      message:
        "the schedule is written out up to \(grouped(Self.mostWritten)) steps; give fewer to get it"
    )
    let table = schedule.map { ScheduleTable(of: $0, baseLearningRate: nil) }
    return Report(
      OnModel(model, body),
      csv: table.map { .pieces($0.forEachPiece) } ?? .rows([["step", "multiplier"]]),
      diagnostics: model.diagnostics + (schedule == nil ? [omitted] : []),
      assumptions: modelAssumptions, chart: rates.map { rates in { body.chart(rates) } }
    ) {
      [model.heading("the best schedule over \(grouped(steps)) steps"), .facts(facts)]
        + (rates.map { [profile(of: $0, called: "learning rate")] } ?? [])
    }
  }
}

/// What `lrbound model optimal` answers.
struct ModelOptimalBody: Codable {
  /// How the schedule was found.
  enum Method: String, Codable, CaseIterable {
    case search
    case limit
  }

  let method: Method
  let steps: Int
  let excess: Double
  let cap: Double
  let annealedFraction: Double
  var optimum: String?
  var loss: Double?
  var localExponent: Double?
  var projectedGradient: Double?
  var coordinateResidual: Double?
  var iterations: Int?
  var intrinsicTime: Double?
  var schedule: [Double]?
  var baseLearningRate: Double?

  /// The best learning rates over the steps.
  fileprivate func chart(_ rates: [Double]) -> Chart {
    // A cap far above would leave the learning rates no room.
    let isNear = (rates.max() ?? 0) > cap / 2
    return Chart(
      title: "The best schedule over \(grouped(rates.count)) steps", x: ChartAxis("step"),
      y: ChartAxis("learning rate", unit: "1/λ_1", lowest: 0),
      series: [ChartSeries("learning rate", x: .evenly(first: 1, spacing: 1), .line(rates))],
      references: isNear ? [ChartReference("cap", at: .horizontal(cap))] : [])
  }
}

extension OptimalModelSchedule {
  /// The optimum, with its search shown on stderr.
  ///
  /// - Throws: `InputError` of kind `unanswerable` where the search did not converge.
  static func found(
    for model: FeatureModel, steps: Int, cap: Double?
  ) throws -> OptimalModelSchedule {
    let progress = ProgressLine(isWanted: steps > 5000)
    defer { progress.end() }
    let best = try OptimalModelSchedule(for: model, steps: steps, cap: cap) { iteration, excess in
      progress.show("iteration \(iteration), excess \(significant(excess, 8))")
      return true
    }
    guard best.isConverged else {
      throw InputError(
        .unanswerable,
        problem:
          "the optimal schedule did not converge in \(best.iterations) iterations (gradient \(significant(best.projectedGradient, 2)))",
        hint: "shorten the run, or take the schedule of the limit of small learning rates")
    }
    return best
  }
}
