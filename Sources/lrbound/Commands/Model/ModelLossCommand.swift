import ArgumentParser
import Runs
import Schedules
import Support
import TheoryModel

/// `lrbound model loss`: the loss of a schedule.
struct ModelLossCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "loss",
    abstract: "The loss after a run with a schedule, exactly.",
    discussion: """
        lrbound model loss wsd20 --steps 10000 --lr 0.05
        lrbound model loss cosine --steps 4096 --task 2,4,1,8
        lrbound model loss linear --steps 1000 --features 1e8 --json

      Without --lr the base learning rate is tuned, up to the cap. Features are summed over by few modes, \
      within 1e-9 of all of them.
      """)

  @OptionGroup var schedule: ScheduleOptions

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Base learning rate, in units of 1/λ_1; tuned without it.", valueName: "lr"))
  var lr: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "The recursion: exact, simplified (no fourth moment) or euler (small steps).",
      valueName: "form"))
  var recursion = "exact"

  @OptionGroup var model: ModelOptions
  @OptionGroup var plot: PlotOptions

  func validate() throws {
    if lr != nil, model.cap != nil {
      throw ValidationError(
        "--cap bounds a base learning rate that is tuned; leave --cap or --lr out")
    }
  }

  func run() throws {
    let model = try model.parsed()
    let cap = try self.model.parsedCap()
    guard let recursion = Recursion(rawValue: recursion) else {
      throw UsageError(
        "--recursion '\(printable(recursion))': give exact, simplified or euler")
    }
    let given = try lr.map { try Arguments.learningRate($0, "--lr") }
    let scheduledRun = try schedule.parsed()
    let multipliers = try scheduledRun.followedMultipliers(baseLearningRate: given)
    let rate: Double
    var isAtCap = false
    if let given {
      rate = given
    } else {
      let isLong = scheduledRun.steps >= FeatureModel.longRun && recursion == .exact
      Progress.announcePasses((isLong ? 1 : 10) * model.modes, steps: scheduledRun.steps)
      let tuned = try TunedModelRate(
        of: model, multipliers: multipliers, cap: cap, recursion: recursion)
      (rate, isAtCap) = (tuned.baseLearningRate, tuned.isAtCap)
    }
    let rates = multipliers.map { rate * $0 }
    let loss =
      rates.count >= FeatureModel.longRun && recursion == .exact
      ? try model.finalLossOfLongRun(learningRates: rates)
      : try model.finalLoss(learningRates: rates, recursion: recursion)

    var diagnostics = ModelReport.diagnostics(model) + ModelReport.edgeDiagnostic(rate, model)
    if isAtCap {
      diagnostics.append(
        Diagnostic(
          code: "at-cap",
          message:
            "the base learning rate is the highest allowed, \(significant(rate, 6)); a larger one might be better still"
        ))
    }
    if loss.isDiverged {
      diagnostics.append(
        Diagnostic(
          code: "diverged",
          message:
            "the loss diverges; the stability edge is \(significant(model.stabilityEdge, 6))"))
    }
    var json = ModelReport.json(model)
    json["schedule"] = .object(scheduledRun.json)
    json["base_lr"] = .number(rate)
    json["is_tuned"] = .boolean(given == nil)
    json["diverged"] = .boolean(loss.isDiverged)
    if !loss.isDiverged {
      json["loss"] = .number(loss.loss)
      json["excess"] = .number(loss.excess)
    }
    func shown(_ value: Double) -> String { loss.isDiverged ? "diverged" : significant(value, 10) }
    let report = Report(
      command: "model loss",
      text: [
        ModelReport.heading(
          "\(scheduledRun.name) over \(grouped(scheduledRun.steps)) steps", model), "",
      ]
        + columns([
          ["base LR", significant(rate, 8), given == nil ? "tuned" : "as given"],
          ["loss", shown(loss.loss), "L, the noise included"],
          [
            "excess", shown(loss.excess),
            "L − σ²; \(significant(model.initialExcess, 6)) at the start",
          ],
          ["edge", significant(model.stabilityEdge, 8), "a constant LR above this diverges"],
          ModelReport.phaseRow(model),
        ]),
      json: json,
      csv: [
        ["spec", "steps", "base_lr", "loss", "excess"],
        [
          scheduledRun.name, "\(scheduledRun.steps)", "\(rate)",
          loss.isDiverged ? "" : "\(loss.loss)", loss.isDiverged ? "" : "\(loss.excess)",
        ],
      ], diagnostics: diagnostics, assumptions: ModelReport.assumptions)
    if plot.isWanted { Progress.announcePasses(model.modes, steps: rates.count) }
    try plot.print(report) {
      try ModelLossChart(
        scheduledRun, model: model, learningRates: rates, recursion: recursion
      ).chart
    }
  }
}

extension TrainingRun {
  /// The multipliers of a run that is short enough to be followed step by step.
  func followedMultipliers(baseLearningRate: Double? = nil) throws -> [Double] {
    guard steps <= FeatureModel.mostSteps else {
      throw TheoryModelError.tooLong(steps: steps, most: FeatureModel.mostSteps)
    }
    return try schedule(baseLearningRate: baseLearningRate).multipliers
  }
}
