import ArgumentParser
import Bound
import Glibc
import Runs
import Schedules
import Support
import TheoryModel

/// `lrbound model transfer`: the base learning rates of two schedules, tuned in the model.
struct ModelTransferCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transfer",
    abstract: "Tune two schedules in the model and compare their ratio with the bound's.",
    discussion: """
        lrbound model transfer --from wsd20 --to linear --steps 4000
        lrbound model transfer --from wsd20 --to wsd20 --steps 1000 \\
          --to-steps 16000 --task 2,1.25,0.1

      Steps here are the model's own, in units of 1/λ_1: a few thousand, not those of a real run. The regret \
      is what running the target at the bound's ratio adds to its excess loss.
      """)

  @Option(
    name: .long, help: ArgumentHelp("The schedule that is tuned.", valueName: "spec"),
    completion: .schedules)
  var from: String

  @Option(
    name: .long, help: ArgumentHelp("The schedule to carry it to.", valueName: "spec"),
    completion: .schedules)
  var to: String

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Steps of the source, in the model.", valueName: "t"))
  var steps = "4000"

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Steps of the target; as many without it.", valueName: "t"))
  var toSteps: String?

  @OptionGroup var model: ModelOptions
  @OptionGroup var plot: PlotOptions

  func run() throws {
    let model = try model.parsed()
    let cap = try self.model.parsedCap()
    let most = 1_000_000
    let count = try Arguments.steps(steps, "--steps", most: most)
    let targetCount = try toSteps.map { try Arguments.steps($0, "--to-steps", most: most) } ?? count
    let source = try Arguments.schedule(from, "--from").run(steps: count)
    let target = try Arguments.schedule(to, "--to").run(steps: targetCount)
    Progress.announcePasses(20 * model.modes, steps: count + targetCount)
    let targetMultipliers = try target.followedMultipliers()
    let tuned = try TunedModelRate(
      of: model, multipliers: source.followedMultipliers(), cap: cap)
    let carried = try TunedModelRate(of: model, multipliers: targetMultipliers, cap: cap)
    let ratio = carried.baseLearningRate / tuned.baseLearningRate
    let boundRatio =
      try TunableSchedule(of: target).optimum().baseLearningRate
      / TunableSchedule(of: source).optimum().baseLearningRate
    let atBound = try model.finalLoss(
      learningRates: targetMultipliers.map { boundRatio * tuned.baseLearningRate * $0 })
    let regret = atBound.excess / carried.excess - 1
    let horizon = Double(targetCount) / Double(count)
    let exponent = horizon == 1 ? nil : -log(ratio) / log(horizon)

    var diagnostics = ModelReport.diagnostics(model)
    for (name, rate) in [(from, tuned), (to, carried)] where rate.isAtCap {
      diagnostics.append(
        Diagnostic(
          code: "at-cap",
          message:
            "\(name) is best at the highest learning rate allowed, \(significant(rate.baseLearningRate, 5)), so that the ratio says little"
        ))
    }
    var json = ModelReport.json(model)
    func side(_ run: TrainingRun, _ rate: TunedModelRate) -> JSONValue {
      .object([
        "spec": .string(run.name), "steps": .integer(run.steps),
        "base_lr": .number(rate.baseLearningRate), "excess": .number(rate.excess),
        "at_cap": .boolean(rate.isAtCap),
      ])
    }
    json["from"] = side(source, tuned)
    json["to"] = side(target, carried)
    json["ratio"] = .number(ratio)
    json["bound"] = .object(["ratio": .number(boundRatio)])
    json["regret"] = .optional(regret.isFinite ? regret : nil)
    json["horizon_exponent"] = .optional(exponent)
    var rows = [
      [
        "from", "\(from), \(grouped(count)) steps", significant(tuned.baseLearningRate, 6),
        "excess \(significant(tuned.excess, 6))",
      ],
      [
        "to", "\(to), \(grouped(targetCount)) steps", significant(carried.baseLearningRate, 6),
        "excess \(significant(carried.excess, 6))",
      ], ["ratio", "in the model", significant(ratio, 5)],
      [
        "ratio", "of the bound", significant(boundRatio, 5),
        regret.isFinite ? "regret \(significant(regret * 100, 3)) %" : "diverges",
      ],
    ]
    if let exponent {
      rows.append(["exponent", "p in γ ∝ T^−p", significant(exponent, 3)])
    }
    let report = Report(
      command: "model transfer",
      text: [ModelReport.heading("tuned in the model", model), ""] + columns(rows) + [""]
        + columns([ModelReport.phaseRow(model)]),
      json: json,
      csv: [
        [
          "from", "from_steps", "from_base_lr", "to", "to_steps", "to_base_lr", "ratio",
          "bound_ratio", "regret",
        ],
        [
          from, "\(count)", "\(tuned.baseLearningRate)", to, "\(targetCount)",
          "\(carried.baseLearningRate)", "\(ratio)", "\(boundRatio)",
          regret.isFinite ? "\(regret)" : "",
        ],
      ], diagnostics: diagnostics, assumptions: ModelReport.assumptions)
    try plot.print(report) {
      try ModelTransferChart(
        from: (source, tuned.baseLearningRate), to: (target, carried.baseLearningRate),
        boundRatio: boundRatio
      ).chart
    }
  }
}
