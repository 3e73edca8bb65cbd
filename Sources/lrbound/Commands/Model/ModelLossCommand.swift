import ArgumentParser
import Charts
import Schedules
import Support
import TheoryModel

/// `lrbound model loss`: the loss of a schedule.
struct ModelLossCommand: DrawingCommand {
  static let reportName = "model loss"
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

  @Argument(
    help: "The schedule, for example wsd20 or @file.csv.", completion: .schedules,
    transform: Arguments.schedule)
  var spec: ScheduleArgument

  @Option("Number of optimiser steps, T.", "t", transform: Arguments.steps)
  var steps: Int?

  @Option(
    "Base learning rate, in units of 1/λ_1; tuned without it.", "lr",
    transform: Arguments.learningRate)
  var lr: Double?

  @Option(
    "The recursion: exact (the default), simplified (no fourth moment) or euler (small steps).",
    "form", transform: Arguments.choice)
  var recursion: Recursion?

  @OptionGroup var model: ModelOptions
  @OptionGroup var plot: PlotOptions

  func validate() throws {
    if lr != nil, model.cap != nil {
      throw InputError.usage(
        "--cap bounds a base learning rate that is tuned", "leave --cap or --lr out")
    }
  }

  func report() throws -> Report<OnModel<ModelLossBody>> {
    let model = try model.model
    let recursion = recursion ?? .exact
    let run = try spec.run(steps: steps)
    let multipliers = try run.followedMultipliers(baseLearningRate: lr)
    let isLong = run.steps >= FeatureModel.longRun && recursion == .exact
    var (rate, isAtCap) = (lr ?? 0, false)
    if lr == nil {
      Progress.announcePasses((isLong ? 1 : 10) * model.modes, steps: run.steps)
      let tuned = try TunedModelRate(
        of: model, multipliers: multipliers, cap: self.model.cap, recursion: recursion)
      (rate, isAtCap) = (tuned.baseLearningRate, tuned.isAtCap)
    }
    let rates = multipliers.map { rate * $0 }
    let loss =
      isLong
      ? try model.finalLossOfLongRun(learningRates: rates)
      : try model.finalLoss(learningRates: rates, recursion: recursion)
    let body = ModelLossBody(
      schedule: RunEcho(run), baseLearningRate: rate, isTuned: lr == nil,
      diverged: loss.isDiverged, loss: loss.isDiverged ? nil : loss.loss,
      excess: loss.isDiverged ? nil : loss.excess)
    if plot.isWanted { Progress.announcePasses(model.modes, steps: rates.count) }
    return Report(
      OnModel(model, body),
      csv: .records(
        [body], "spec=schedule.spec", "steps=schedule.steps", "base_lr", "loss", "excess"),
      diagnostics: model.diagnostics + diagnostics(body, model, isAtCap: isAtCap),
      assumptions: modelAssumptions,
      chart: { try body.chart(model, learningRates: rates, recursion: recursion) },
      text: { body.text(model) })
  }

  private func diagnostics(
    _ body: ModelLossBody, _ model: FeatureModel, isAtCap: Bool
  ) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    func add(_ code: String, _ message: String) {
      diagnostics.append(Diagnostic(code: code, message: message))
    }
    let (rate, edge) = (body.baseLearningRate, significant(model.stabilityEdge, 6))
    if rate > model.stabilityEdge {
      add(
        "above-stability-edge",
        "the learning rate \(significant(rate)) is above the stability edge \(edge), beyond which a constant one diverges"
      )
    }
    if isAtCap {
      add(
        "at-cap",
        "the base learning rate is the highest allowed, \(significant(rate, 6)); a larger one might be better still"
      )
    }
    if body.diverged { add("diverged", "the loss diverges; the stability edge is \(edge)") }
    return diagnostics
  }
}

/// What `lrbound model loss` answers.
struct ModelLossBody: Codable {
  let schedule: RunEcho
  let baseLearningRate: Double
  let isTuned: Bool
  let diverged: Bool
  let loss: Double?
  let excess: Double?

  fileprivate func text(_ model: FeatureModel) -> [TextBlock] {
    func shown(_ value: Double?) -> String { value.map { significant($0, 10) } ?? "diverged" }
    return [
      model.heading("\(schedule.spec) over \(grouped(schedule.steps)) steps"),
      .facts([
        ["base LR", significant(baseLearningRate, 8), isTuned ? "tuned" : "as given"],
        ["loss", shown(loss), "L, the noise included"],
        ["excess", shown(excess), "L − σ²; \(significant(model.initialExcess, 6)) at the start"],
        ["edge", significant(model.stabilityEdge, 8), "a constant LR above this diverges"],
        model.phaseRow,
      ]),
    ]
  }

  /// The excess loss along the run, until it is eight times that at the start.
  fileprivate func chart(
    _ model: FeatureModel, learningRates: [Double], recursion: Recursion
  ) throws -> Chart {
    let losses = try model.losses(learningRates: learningRates, recursion: recursion)
    let ceiling = 8 * model.initialExcess
    let end = losses.firstIndex { !($0.excess <= ceiling) }
    let excess = losses[...(end ?? losses.count - 1)].map { min($0.excess, 1e300) }
    return Chart(
      title: "\(schedule.spec) over \(grouped(schedule.steps)) steps: the loss after each",
      x: ChartAxis("step"),
      y: ChartAxis(
        "excess loss, L − σ²", spacing: .logarithmic, highest: end == nil ? nil : ceiling),
      series: [ChartSeries("", x: .evenly(first: 0, spacing: 1), .line(excess))])
  }
}

extension TrainingRun {
  /// The multipliers of a run that is short enough to be followed step by step.
  func followedMultipliers(baseLearningRate: Double? = nil) throws -> [Double] {
    guard steps <= FeatureModel.mostSteps else {
      throw InputError.usage(
        "\(steps) steps are too many here", "give at most \(FeatureModel.mostSteps)")
    }
    return try schedule(baseLearningRate: baseLearningRate).multipliers
  }
}
