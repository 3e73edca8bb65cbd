import ArgumentParser
import Charts
import Support
import TheoryModel

/// `lrbound model batch`: a growing batch instead of a falling learning rate.
struct ModelBatchCommand: DrawingCommand {
  static let reportName = "model batch"
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
    required: "Number of steps at the task's own batch, T; up to 200,000.", "t",
    transform: Arguments.steps(most: OptimalModelSchedule.mostSteps))
  var steps: Int

  @Option(
    "Constant learning rates; 1, 2, 4, … times the optimum's highest without it.", "list",
    transform: Arguments.list(of: Arguments.learningRate))
  var lr: [Double]?

  @OptionGroup var model: ModelOptions
  @OptionGroup var plot: PlotOptions

  func report() throws -> Report<OnModel<ModelBatchBody>> {
    let model = try model.model
    let best = try OptimalModelSchedule.found(for: model, steps: steps, cap: self.model.cap)
    let ramps = try BatchRamp.ramps(from: best, of: model, learningRates: lr)
    let body = ModelBatchBody(
      steps: steps, excess: best.excess,
      predictedExponent: 1 / (2 * model.task.spectrumExponent) - 1,
      rows: ramps.map { ramp in
        .init(
          baseLearningRate: ramp.learningRate, steps: ramp.batches.count,
          firstBatch: ramp.batches[0], lastBatch: ramp.batches[ramp.batches.count - 1],
          excess: ramp.excess, ratioToOptimal: ramp.excess / best.excess, exponent: ramp.exponent)
      })
    let batches = ramps[0].batches.enumerated().map { ["\($0.offset + 1)", cell($0.element)] }
    return Report(
      OnModel(model, body),
      csv: lr?.count == 1
        ? .rows([["step", "batch"]] + batches)
        : .records(
          body.rows, "base_lr", "steps", "first_batch", "last_batch", "excess",
          "ratio_to_optimal"),
      diagnostics: model.diagnostics,
      assumptions: modelAssumptions + [
        "batches need not be whole; where the batch grows at the cost of nothing else, time is steps"
      ],
      chart: { chart(of: ramps) }, text: { body.text(model) })
  }

  /// The batches over the steps, at each constant learning rate.
  private func chart(of ramps: [BatchRamp]) -> Chart {
    Chart(
      title: "Growing batches at constant learning rates", x: ChartAxis("step"),
      y: ChartAxis("batch", unit: "examples", spacing: .logarithmic),
      series: ramps.map { ramp in
        ChartSeries(
          "η = \(significant(ramp.learningRate))", x: .evenly(first: 1, spacing: 1),
          .line(ramp.batches))
      })
  }
}

/// What `lrbound model batch` answers.
struct ModelBatchBody: Codable {
  /// A ramp at one learning rate.
  struct Row: Codable {
    let baseLearningRate: Double
    let steps: Int
    let firstBatch: Double
    let lastBatch: Double
    let excess: Double
    let ratioToOptimal: Double
    let exponent: Double?
  }

  let steps: Int
  let excess: Double
  let predictedExponent: Double
  let rows: [Row]

  fileprivate func text(_ model: FeatureModel) -> [TextBlock] {
    let table = rows.map { row in
      [
        significant(row.baseLearningRate, 5), grouped(row.steps),
        "\(significant(row.firstBatch)) → \(significant(row.lastBatch))",
        significant(row.excess, 7), percent(row.ratioToOptimal - 1),
        row.exponent.map { significant($0, 3) } ?? "",
      ]
    }
    return [
      model.heading("\(significant(model.task.batch * Double(steps), 6)) samples"),
      .lines([
        "the optimum at a fixed batch: \(grouped(steps)) steps, excess \(significant(excess, 7))"
      ]),
      .table(
        [["constant LR", "steps", "batch", "excess", "over the optimum", "exponent"]] + table),
      .facts([model.phaseRow]),
    ]
  }
}
