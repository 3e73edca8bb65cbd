import ArgumentParser
import Runs
import Schedules
import Support
import TheoryModel

/// `lrbound model batch`: a growing batch instead of a falling learning rate.
struct ModelBatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: "A growing batch at a constant learning rate, on the same samples in fewer steps.",
    discussion: """
        lrbound model batch --steps 16384 --lr 0.01,0.05,0.2
        lrbound model batch --steps 4096 --lr 0.2 --csv > batches.csv

      In the limit of small learning rates the loss depends on η/m alone, so that η and m may be traded on \
      the same samples; the fewest steps are at the highest learning rate, with a batch that grows like \
      (1 − t/T)^(1/(2b) − 1) in the easy phase. With one --lr the CSV is the batch of every step.
      """)

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Number of steps at the task's own batch, T; up to 200,000.", valueName: "t"))
  var steps: String

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Constant learning rates; 1, 2, 4, … times the optimum's highest without it.",
      valueName: "list"))
  var lr: String?

  @OptionGroup var model: ModelOptions
  @OptionGroup var plot: PlotOptions

  func run() throws {
    let model = try model.parsed()
    let cap = try self.model.parsedCap()
    let count = try Arguments.steps(steps, "--steps", most: OptimalModelSchedule.mostSteps)
    let given = try lr.map { try Arguments.list($0, "--lr") }?.map {
      try Arguments.learningRate($0, "--lr")
    }
    let progress = ProgressLine(isWanted: count > 5000)
    let best = try OptimalModelSchedule(for: model, steps: count, cap: cap) { iteration, excess in
      progress.show("iteration \(iteration), excess \(significant(excess, 8))")
      return true
    }
    progress.end()
    guard best.isConverged else {
      throw NoAnswer(description: "the optimal schedule did not converge; shorten the run")
    }
    let highest = best.learningRates.max() ?? best.cap
    let rates = given ?? (0..<6).map { highest * Double(1 << $0) }.filter { $0 <= best.cap }
    // A smaller step would need less than one example.
    let least = highest / model.task.batch
    for rate in rates where rate < least * (1 - 1e-9) {
      throw UsageError(
        "--lr '\(decimalText(rate))': steps would have less than one example; give \(significant(least, 6)) or more"
      )
    }
    let ramps = try rates.map {
      try BatchRamp(from: best.learningRates, of: model, learningRate: $0)
    }

    var table = [["constant LR", "steps", "batch", "excess", "over the optimum", "exponent"]]
    var csv = [["base_lr", "steps", "first_batch", "last_batch", "excess", "ratio_to_optimal"]]
    var jsonRows: [JSONValue] = []
    for ramp in ramps {
      let first = ramp.batches[0]
      let last = ramp.batches[ramp.batches.count - 1]
      let ratio = ramp.excess / best.excess
      table.append([
        significant(ramp.learningRate, 5), grouped(ramp.batches.count),
        "\(significant(first, 4)) → \(significant(last, 4))", significant(ramp.excess, 7),
        "\(significant((ratio - 1) * 100, 3)) %", ramp.exponent.map { significant($0, 3) } ?? "",
      ])
      csv.append([
        "\(ramp.learningRate)", "\(ramp.batches.count)", "\(first)", "\(last)", "\(ramp.excess)",
        "\(ratio)",
      ])
      var row: [String: JSONValue] = [
        "base_lr": .number(ramp.learningRate), "steps": .integer(ramp.batches.count),
        "first_batch": .number(first), "last_batch": .number(last),
        "excess": .number(ramp.excess), "ratio_to_optimal": .number(ratio),
      ]
      row["exponent"] = .optional(ramp.exponent)
      jsonRows.append(.object(row))
    }
    if let rates = given, rates.count == 1 {
      csv = [["step", "batch"]]
      csv += ramps[0].batches.enumerated().map { ["\($0.offset + 1)", "\($0.element)"] }
    }
    var json = ModelReport.json(model)
    json["steps"] = .integer(count)
    json["excess"] = .number(best.excess)
    json["predicted_exponent"] = .number(1 / (2 * model.task.spectrumExponent) - 1)
    json["rows"] = .array(jsonRows)
    let samples = model.task.batch * Double(count)
    let report = Report(
      command: "model batch",
      text: [
        ModelReport.heading("\(significant(samples, 6)) samples", model), "",
        "the optimum at a fixed batch: \(grouped(count)) steps, excess \(significant(best.excess, 7))",
        "",
      ] + columns(table) + [""] + columns([ModelReport.phaseRow(model)]),
      json: json, csv: csv, diagnostics: ModelReport.diagnostics(model),
      assumptions: ModelReport.assumptions + [
        "batches need not be whole; where the batch grows at the cost of nothing else, time is steps"
      ])
    try plot.print(report) { ModelBatchChart(ramps).chart }
  }
}
