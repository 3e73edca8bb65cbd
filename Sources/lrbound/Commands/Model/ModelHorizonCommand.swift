import ArgumentParser
import Charts
import Schedules
import Support
import TheoryModel
import Transfer

/// `lrbound model horizon`: the horizon exponent of a schedule, batch by batch.
struct ModelHorizonCommand: DrawingCommand {
  static let reportName = "model horizon"
  static let configuration = CommandConfiguration(
    commandName: "horizon",
    abstract: "The exponent p in γ* ∝ T^−p at each batch, beside the law of transfer.",
    discussion: """
        lrbound model horizon wsd20 --steps 4000
        lrbound model horizon linear --steps 1000 --task 1.8,1.4,10% --batches 1,8,64

      The base learning rate is tuned over T/2, T and 2T steps at every batch m. B_c is the batch at which \
      γ* ∝ m, the limit of small batches at the same number of samples, meets γ* without gradient noise. The \
      law's p at that B/B_c stands beside, and the regime of each p: small, critical or large batches, \
      whichever of the law's 1/3, 1/12 and −1/6 is nearest, or flat where γ* moves by less than 3 %.

      At large batches the stability edge bounds γ* whatever T, so that the model's p tends to 0 and not to \
      the law's −1/6.
      """)

  @Argument(
    help: "The schedule, for example wsd20.", completion: .schedules, transform: Arguments.spec)
  var spec: ScheduleSpec

  @Option(
    required: "Number of optimiser steps, T; up to 1,000,000.", "t",
    transform: Arguments.steps(most: 1_000_000))
  var steps: Int

  @Option(
    "Batches m, in examples; 1, 4, 16, … 65536 times the task's without it.", "list",
    transform: Arguments.list(of: Arguments.number(in: 1...1e9)))
  var batches: [Double]?

  @OptionGroup var model: ModelOptions
  @OptionGroup var plot: PlotOptions

  func validate() throws {
    if batches != nil, let task = model.task, task.batch != 1 {
      throw InputError.usage(
        "--batches replaces the batch of --task", "leave one of them out")
    }
  }

  func report() throws -> Report<OnModel<ModelHorizonBody>> {
    let model = try model.model
    let batches = batches ?? (0...8).map { model.task.batch * Double(1 << (2 * $0)) }
    let progress = ProgressLine(isWanted: true)
    defer { progress.end() }
    let measured = try ModelHorizonExponent.measured(
      on: model, shape: spec, steps: steps, batches: batches, cap: self.model.cap
    ) { progress.show("tuning at batch \(significant($0, 6))") }
    let body = ModelHorizonBody(
      spec: spec.text, steps: steps, limitingExponent: try limitingExponent(in: model),
      rows: measured.map(ModelHorizonBody.Row.init))
    let capped = measured.filter(\.isAtCap).map { significant($0.batch, 6) }
    return Report(
      OnModel(model, body),
      csv: .records(
        body.rows, "batch", "base_lr", "excess", "at_cap", "horizon_exponent", "critical_batch",
        "law_exponent", "regime", "law_regime"),
      diagnostics: model.diagnostics
        + (capped.isEmpty
          ? []
          : [
            Diagnostic(
              code: "at-cap",
              message:
                "at batch \(capped.joined(separator: ", ")) the highest learning rate allowed is the best, whatever the horizon"
            )
          ]),
      assumptions: modelAssumptions + [
        "the law's p is that of language models trained with AdamW; the model has plain SGD"
      ],
      chart: { body.chart }, text: { body.text(model) })
  }

  /// ξ of the shape, p for long runs at small batches; nil without label noise.
  private func limitingExponent(in model: FeatureModel) throws -> Double? {
    let profile = ScheduleProfile(of: try spec.schedule(steps: steps))
    guard let phase = try? Phase(of: model.task), let power = profile.tailPower else { return nil }
    return phase.fixedShape(tailPower: power).baseLearningRate
  }
}

/// The regimes of ``HorizonBatchLaw`` in the batch, and one that it does not have.
enum BatchRegime: String, Codable, CaseIterable {
  case small
  case critical
  case large

  /// γ* does not move with the horizon.
  case flat

  /// The regime of the law whose p is nearest: 1/3, −1/6 or their mean 1/12.
  ///
  /// By the law itself these are batches below B_c/√3, between, and above √3·B_c.
  init(nearest exponent: Double) {
    let limits = (HorizonBatchLaw.smallBatchExponent, HorizonBatchLaw.largeBatchExponent)
    let middle = (limits.0 + limits.1) / 2
    self =
      exponent > (limits.0 + middle) / 2
      ? .small : exponent < (limits.1 + middle) / 2 ? .large : .critical
  }

  /// The regime of a measured p: flat if γ* moves by less than 3 % over a factor of four in T.
  init(measured exponent: Double) {
    self = abs(exponent) < 0.02 ? .flat : BatchRegime(nearest: exponent)
  }
}

/// What `lrbound model horizon` answers.
struct ModelHorizonBody: Codable {
  /// One batch.
  struct Row: Codable {
    let batch: Double
    let baseLearningRate: Double
    let excess: Double
    let atCap: Bool
    let horizonExponent: Double
    let criticalBatch: Double
    let lawExponent: Double
    let regime: BatchRegime
    let lawRegime: BatchRegime

    fileprivate init(_ measured: ModelHorizonExponent) {
      (batch, criticalBatch) = (measured.batch, measured.criticalBatch)
      (baseLearningRate, excess) = (measured.tuned.baseLearningRate, measured.tuned.excess)
      (atCap, horizonExponent) = (measured.isAtCap, measured.exponent)
      lawExponent = HorizonBatchLaw.horizonExponent(relativeBatch: batch / criticalBatch)
      regime = BatchRegime(measured: horizonExponent)
      lawRegime = BatchRegime(nearest: lawExponent)
    }
  }

  let spec: String
  let steps: Int
  let limitingExponent: Double?
  let rows: [Row]

  fileprivate func text(_ model: FeatureModel) -> [TextBlock] {
    let table = rows.map { row in
      [
        significant(row.batch, 6), significant(row.baseLearningRate) + (row.atCap ? " (cap)" : ""),
        fixed(row.horizonExponent),
        significant(rounded(row.batch / row.criticalBatch, digits: 2), 6),
        fixed(row.lawExponent), row.regime.rawValue, row.lawRegime.rawValue,
      ]
    }
    let shared = BatchRegime.allCases.compactMap { regime -> [String]? in
      let within = rows.filter { $0.lawRegime == regime }
      let exponents = within.map(\.horizonExponent)
      guard let low = exponents.min(), let high = exponents.max() else { return nil }
      let same = within.filter { $0.regime == regime }.count
      return [
        "\(regime.rawValue) batches", "p \(fixed(low)) to \(fixed(high))",
        "the law's regime at \(same) of \(within.count)",
      ]
    }
    let limit = limitingExponent.map {
      [["long runs", "p → \(significant($0, 3))", "ξ, the limit at small batches"]]
    }
    return [
      model.heading(
        "\(spec), tuned over \(grouped(steps / 2)), \(grouped(steps)) and \(grouped(2 * steps)) steps",
        hasBatch: false),
      .table([["batch", "tuned LR", "p", "B/B_c", "law's p", "regime", "law's regime"]] + table),
      .facts(shared + (limit ?? []) + [model.phaseRow]),
    ]
  }

  /// p over the batch, in the model and by the law.
  fileprivate var chart: Chart {
    let batches = Abscissae.values(rows.map { $0.batch / $0.criticalBatch })
    return Chart(
      title: "\(spec) over \(grouped(steps)) steps: the horizon exponent",
      x: ChartAxis("batch over the critical batch, B/B_c", spacing: .logarithmic),
      y: ChartAxis("p in γ* ∝ T^−p"),
      series: [
        ChartSeries("the model", x: batches, .line(rows.map(\.horizonExponent))),
        ChartSeries("the law", x: batches, .line(rows.map(\.lawExponent))),
      ])
  }
}
