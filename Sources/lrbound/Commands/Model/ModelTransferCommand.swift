import ArgumentParser
import Charts
import Schedules
import Support
import TheoryModel
import Tuning

/// `lrbound model transfer`: the base learning rates of two schedules, tuned in the model.
struct ModelTransferCommand: DrawingCommand {
  static let reportName = "model transfer"
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
    required: "The schedule that is tuned.", "spec", completion: .schedules,
    transform: Arguments.schedule)
  var from: ScheduleArgument

  @Option(
    required: "The schedule to carry it to.", "spec", completion: .schedules,
    transform: Arguments.schedule)
  var to: ScheduleArgument

  @Option(
    "Steps of the source, in the model; 4000.", "t", transform: Arguments.steps(most: 1_000_000))
  var steps: Int?

  @Option(
    "Steps of the target; as many without it.", "t", transform: Arguments.steps(most: 1_000_000))
  var toSteps: Int?

  @OptionGroup var model: ModelOptions
  @OptionGroup var plot: PlotOptions

  func report() throws -> Report<OnModel<ModelTransferBody>> {
    let model = try model.model
    let (count, targetCount) = (steps ?? 4000, toSteps ?? steps ?? 4000)
    let source = try from.run(steps: count)
    let target = try to.run(steps: targetCount)
    Progress.announcePasses(20 * model.modes, steps: count + targetCount)
    let bounds = try [source, target].map { try TunedRun($0).optimum.baseLearningRate }
    let transfer = try ModelTransfer(
      in: model, from: source.followedMultipliers(), to: target.followedMultipliers(),
      cap: self.model.cap, comparedRatio: bounds[1] / bounds[0])
    let body = ModelTransferBody(
      from: .init(source, transfer.source),
      to: .init(target, transfer.target), ratio: transfer.ratio,
      bound: .init(ratio: transfer.comparedRatio), regret: transfer.comparedRegret,
      horizonExponent: transfer.horizonExponent)
    let capped = [(source, transfer.source), (target, transfer.target)].filter { $1.isAtCap }
    return Report(
      OnModel(model, body),
      csv: .records(
        [body], "from=from.spec", "from_steps=from.steps", "from_base_lr=from.base_lr",
        "to=to.spec", "to_steps=to.steps", "to_base_lr=to.base_lr", "ratio",
        "bound_ratio=bound.ratio", "regret"),
      diagnostics: model.diagnostics
        + capped.map { run, rate in
          Diagnostic(
            code: "at-cap",
            message:
              "\(run.name) is best at the highest learning rate allowed, \(significant(rate.baseLearningRate, 5)), so that the ratio says little"
          )
        },
      assumptions: modelAssumptions, chart: { try body.chart(source, target) },
      text: { body.text(model) })
  }
}

/// What `lrbound model transfer` answers.
struct ModelTransferBody: Codable {
  /// One end at its best.
  struct End: Codable {
    let spec: String
    let steps: Int
    let baseLearningRate: Double
    let excess: Double
    let atCap: Bool

    init(_ run: TrainingRun, _ rate: TunedModelRate) {
      (spec, steps) = (run.name, run.steps)
      (baseLearningRate, excess, atCap) = (rate.baseLearningRate, rate.excess, rate.isAtCap)
    }
  }

  /// What the bound says.
  struct Bound: Codable { let ratio: Double }

  let from: End
  let to: End
  let ratio: Double
  let bound: Bound
  let regret: Double?
  let horizonExponent: Double?

  fileprivate func text(_ model: FeatureModel) -> [TextBlock] {
    func row(_ name: String, _ end: End) -> [String] {
      [
        name, "\(end.spec), \(grouped(end.steps)) steps", significant(end.baseLearningRate, 6),
        "excess \(significant(end.excess, 6))",
      ]
    }
    var rows = [
      row("from", from), row("to", to), ["ratio", "in the model", significant(ratio, 5)],
      [
        "ratio", "of the bound", significant(bound.ratio, 5),
        regret.map { "regret \(percent($0))" } ?? "diverges",
      ],
    ]
    if let horizonExponent {
      rows.append(["exponent", "p in γ ∝ T^−p", significant(horizonExponent, 3)])
    }
    return [model.heading("tuned in the model"), .facts(rows), .facts([model.phaseRow])]
  }

  /// Both schedules at their best, and the target by the bound's ratio.
  fileprivate func chart(_ source: TrainingRun, _ target: TrainingRun) throws -> Chart {
    let shape = try target.schedule()
    func name(_ end: End) -> String { "\(end.spec), \(grouped(end.steps)) steps" }
    return Chart(
      title: "Learning rates tuned in the model", x: ChartAxis("step"),
      y: ChartAxis("learning rate", unit: "1/λ_1", lowest: 0),
      series: [
        ChartSeries(
          "source: \(name(from))", try source.schedule(), times: from.baseLearningRate),
        ChartSeries("target: \(name(to))", shape, times: to.baseLearningRate),
        ChartSeries(
          "target by the bound's ratio", shape, times: bound.ratio * from.baseLearningRate),
      ])
  }
}
