import ArgumentParser
import Runs
import Schedules
import Support
import TheoryModel

/// `lrbound model optimal`: the schedule that ends on the least loss.
struct ModelOptimalCommand: ParsableCommand {
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

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Number of optimiser steps, T.", valueName: "t"))
  var steps: String

  @Flag(name: .long, help: "The schedule of the limit of small learning rates.")
  var limit = false

  @OptionGroup var model: ModelOptions
  @OptionGroup var plot: PlotOptions

  /// The longest schedule that is written out.
  private static let mostWritten = 1_000_000

  func run() throws {
    let model = try model.parsed()
    let cap = try self.model.parsedCap()
    if limit {
      try printLimit(model, cap: cap)
    } else {
      try printOptimum(model, cap: cap)
    }
  }

  private func printOptimum(_ model: FeatureModel, cap: Double?) throws {
    let count = try Arguments.steps(steps, "--steps")
    guard count <= OptimalModelSchedule.mostSteps else {
      throw UsageError(
        "--steps '\(printable(steps))': the search follows up to \(grouped(OptimalModelSchedule.mostSteps)) steps; give fewer, or add --limit"
      )
    }
    let progress = ProgressLine(isWanted: count > 5000)
    let best = try OptimalModelSchedule(for: model, steps: count, cap: cap) { iteration, excess in
      progress.show("iteration \(iteration), excess \(significant(excess, 8))")
      return true
    }
    progress.end()
    guard best.isConverged else {
      throw NoAnswer(
        description:
          "the optimal schedule did not converge in \(best.iterations) iterations (gradient \(significant(best.projectedGradient, 2))); shorten the run, or add --limit"
      )
    }
    var json = ModelReport.json(model)
    json["method"] = .string("search")
    json["optimum"] = .string("local")
    json["loss"] = .number(best.excess + model.noise)
    json["local_exponent"] = .number(best.localExponent)
    json["projected_gradient"] = .number(best.projectedGradient)
    json["coordinate_residual"] = .number(best.coordinateResidual)
    json["iterations"] = .integer(best.iterations)
    let inTheLimit =
      (try? Phase(of: model.task)).map { "; T^−\(significant($0.lossExponent, 3)) in the limit" }
      ?? ""
    try print(
      model, steps: count, rates: best.learningRates, excess: best.excess, cap: best.cap,
      annealedFraction: best.annealedFraction, json: json,
      rows: [
        ["excess", significant(best.excess, 10), "L − σ², a local optimum"],
        [
          "falls like", "T^−\(significant(best.localExponent, 3))",
          "here, by the first integral" + inTheLimit,
        ],
        [
          "gradient", significant(best.projectedGradient, 2),
          "largest |d ln excess/d ln η|, after \(best.iterations) iterations",
        ],
      ])
  }

  private func printLimit(_ model: FeatureModel, cap: Double?) throws {
    let count = try Arguments.steps(steps, "--steps")
    let best = try SemiAnalyticSchedule(for: model, steps: Double(count), cap: cap)
    var json = ModelReport.json(model)
    json["method"] = .string("limit")
    json["intrinsic_time"] = .number(best.intrinsicTime)
    try print(
      model, steps: count, rates: count <= Self.mostWritten ? best.learningRates : nil,
      excess: best.excess, cap: best.cap, annealedFraction: best.annealedFraction, json: json,
      rows: [
        ["excess", significant(best.excess, 6), "L − σ², as the limit has it"],
        ["Σ η", significant(best.intrinsicTime, 6), "intrinsic time"],
      ])
  }

  private func print(
    _ model: FeatureModel, steps: Int, rates: [Double]?, excess: Double, cap: Double,
    annealedFraction: Double, json: [String: JSONValue], rows: [[String]]
  ) throws {
    var json = json
    var diagnostics = ModelReport.diagnostics(model)
    json["steps"] = .integer(steps)
    json["excess"] = .number(excess)
    json["cap"] = .number(cap)
    json["annealed_fraction"] = .number(annealedFraction)
    var text = [ModelReport.heading("the best schedule over \(grouped(steps)) steps", model), ""]
    var rows = rows
    rows.append([
      "annealed", "\(significant(annealedFraction * 100, 3)) %",
      "of the steps are below half the cap \(significant(cap, 6))",
    ])
    rows.append(ModelReport.phaseRow(model))
    var csv = [["step", "multiplier"]]
    if let rates {
      let schedule = try Schedule(values: rates)
      let multipliers = schedule.multipliers
      json["schedule"] = .array(multipliers.map { .number($0) })
      json["base_lr"] = .number(schedule.peak)
      rows.insert(["base LR", significant(schedule.peak, 8), "its highest learning rate"], at: 0)
      let shown = (0...10).map { min(steps - 1, $0 * steps / 10) }
      text += columns(rows) + [""]
      text += columns([
        ["part of the run"] + (0...10).map { "\($0 * 10) %" },
        ["learning rate"] + shown.map { significant(rates[$0], 3) },
      ])
      csv += multipliers.enumerated().map { ["\($0.offset + 1)", "\($0.element)"] }
    } else {
      text += columns(rows)
      diagnostics.append(
        Diagnostic(
          code: "schedule-left-out",
          message:
            "the schedule is written out up to \(grouped(Self.mostWritten)) steps; give fewer to get it"
        ))
    }
    let report = Report(
      command: "model optimal", text: text, json: json, csv: csv, diagnostics: diagnostics,
      assumptions: ModelReport.assumptions)
    guard let rates else {
      guard !plot.isWanted else {
        throw UsageError(
          "--plot: the schedule is written out up to \(grouped(Self.mostWritten)) steps; give fewer"
        )
      }
      return try report.print(as: plot.output.format)
    }
    try plot.print(report) { ModelOptimalChart(rates, cap: cap).chart }
  }
}
