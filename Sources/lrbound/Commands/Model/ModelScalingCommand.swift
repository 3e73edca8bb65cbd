import ArgumentParser
import Runs
import Schedules
import Support
import TheoryModel

/// `lrbound model scaling`: the best split of compute.
struct ModelScalingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scaling",
    abstract: "The best split of compute between features and steps.",
    discussion: """
        lrbound model scaling --task 2,1.25,1
        lrbound model scaling --task 1.5,3,1 --cap 0.5 --compute 1e4,1e6,1e8
        lrbound model scaling --task 2,1.25,1 --constant

      Compute is C = N·T at one batch. Losses are those of the limit of small learning rates, the part of \
      the target beyond the features included.
      """)

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Features times steps, ascending.", valueName: "list"))
  var compute = "4096,65536,1048576,16777216,268435456"

  @Flag(name: .long, help: "The best constant learning rate instead of the best schedule.")
  var constant = false

  @OptionGroup var model: ModelOptions
  @OptionGroup var plot: PlotOptions

  func validate() throws {
    if model.features != nil || model.tail {
      throw ValidationError(
        "--features and --tail: the number of features is searched, with the tail; leave them out")
    }
  }

  func run() throws {
    let task = try model.parsedTask()
    let phase = try Phase(of: task)
    let cap = try model.parsedCap()
    let amounts = try Arguments.list(compute, "--compute").map { text in
      let amount = try Arguments.positive(text, "--compute", example: "1e6")
      guard amount >= 16, amount <= 1e24 else {
        throw UsageError("--compute '\(printable(text))': out of range; give 16 to 1e24")
      }
      return amount
    }
    let plan: ComputeOptimum.Plan = constant ? .constant : .optimal
    let progress = ProgressLine(isWanted: true)
    let found = try amounts.map { amount in
      progress.show("compute \(significant(amount))")
      return try ComputeOptimum(task: task, compute: amount, plan: plan, cap: cap)
    }
    progress.end()

    let exponents =
      constant
      ? phase.constantComputeExponents
      : (features: phase.computeFeaturesExponent, loss: phase.computeLossExponent)
    let slopes = ModelReport.slopes(found.map(\.excess), over: amounts)
    let sizes = ModelReport.slopes(found.map { Double($0.features) }, over: amounts)
    var table = [["compute", "features", "slope", "steps", "excess", "slope"]]
    var csv = [["compute", "features", "steps", "excess"]]
    var jsonRows: [JSONValue] = []
    for (index, optimum) in found.enumerated() {
      table.append([
        significant(amounts[index], 6), grouped(optimum.features), sizes[index],
        significant(optimum.steps, 6), significant(optimum.excess, 6), slopes[index],
      ])
      csv.append([
        "\(amounts[index])", "\(optimum.features)", "\(optimum.steps)", "\(optimum.excess)",
      ])
      jsonRows.append(
        .object([
          "compute": .number(amounts[index]), "features": .integer(optimum.features),
          "steps": .number(optimum.steps), "excess": .number(optimum.excess),
        ]))
    }
    table.append([
      "for long runs", "", significant(exponents.features, 3), "", "",
      significant(-exponents.loss, 3),
    ])
    let report = Report(
      command: "model scaling",
      text: [
        "the best split of compute, \(plan.rawValue) learning rates; a = \(decimalText(task.taskExponent)), b = \(decimalText(task.spectrumExponent)), σ² = \(significant(task.labelNoise)), m = \(decimalText(task.batch)); \(phase.kind.rawValue) phase",
        "",
      ] + columns(table),
      json: [
        "task": .object([
          "a": .number(task.taskExponent), "b": .number(task.spectrumExponent),
          "noise": .number(task.labelNoise), "batch": .number(task.batch),
        ]),
        "plan": .string(plan.rawValue), "rows": .array(jsonRows),
        "phase": ModelReport.json(phase),
        "features_exponent": .number(exponents.features),
        "loss_exponent": .number(exponents.loss),
      ],
      csv: csv, assumptions: ModelReport.assumptions)
    try plot.print(report) { ModelScalingChart(found, compute: amounts).chart }
  }
}
