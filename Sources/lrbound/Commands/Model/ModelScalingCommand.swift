import ArgumentParser
import Charts
import Support
import TheoryModel

/// `lrbound model scaling`: the best split of compute.
struct ModelScalingCommand: DrawingCommand {
  static let reportName = "model scaling"
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
    "Features times steps, ascending; 4096, 65536, … 268435456.", "list",
    transform: Arguments.list(of: Arguments.number(in: 16...1e24)))
  var compute: [Double]?

  @Flag(help: "The best constant learning rate instead of the best schedule.")
  var constant = false

  @OptionGroup var model: ModelOptions
  @OptionGroup var plot: PlotOptions

  func validate() throws {
    if model.features != nil || model.tail {
      throw InputError.usage(
        "--features and --tail: the number of features is searched, with the tail",
        "leave them out")
    }
  }

  func report() throws -> Report<ModelScalingBody> {
    let task = try model.usedTask
    let phase = try Phase(of: task)
    let amounts = compute ?? [4096, 65536, 1_048_576, 16_777_216, 268_435_456]
    let plan: ComputeOptimum.Plan = constant ? .constant : .optimal
    let progress = ProgressLine(isWanted: true)
    defer { progress.end() }
    let optima = try amounts.map { amount in
      progress.show("compute \(significant(amount))")
      return try ComputeOptimum(task: task, compute: amount, plan: plan, cap: model.cap)
    }
    let exponents =
      constant
      ? phase.constantComputeExponents
      : (features: phase.computeFeaturesExponent, loss: phase.computeLossExponent)
    let body = ModelScalingBody(
      task: TaskEcho(task), plan: plan.rawValue,
      rows: zip(amounts, optima).map {
        .init(compute: $0, features: $1.features, steps: $1.steps, excess: $1.excess)
      },
      phase: PhaseEcho(phase), featuresExponent: exponents.features,
      lossExponent: exponents.loss)
    return Report(
      body, csv: .records(body.rows, "compute", "features", "steps", "excess"),
      assumptions: modelAssumptions, chart: { body.chart }, text: { body.text })
  }
}

/// What `lrbound model scaling` answers.
struct ModelScalingBody: Codable {
  /// The best split of one amount of compute.
  struct Row: Codable {
    let compute: Double
    let features: Int
    let steps: Double
    let excess: Double
  }

  let task: TaskEcho
  let plan: String
  let rows: [Row]
  let phase: PhaseEcho
  let featuresExponent: Double
  let lossExponent: Double

  fileprivate var text: [TextBlock] {
    let amounts = rows.map(\.compute)
    let slopes = slopeCells(of: rows.map(\.excess), over: amounts)
    let sizes = slopeCells(of: rows.map { Double($0.features) }, over: amounts)
    let table = rows.indices.map { index in
      let row = rows[index]
      return [
        significant(row.compute, 6), grouped(row.features), sizes[index],
        significant(row.steps, 6), significant(row.excess, 6), slopes[index],
      ]
    }
    let limit = [
      "for long runs", "", significant(featuresExponent, 3), "", "", significant(-lossExponent, 3),
    ]
    return [
      .lines([
        "the best split of compute, \(plan) learning rates; a = \(decimalText(task.a)), b = \(decimalText(task.b)), σ² = \(significant(task.noise)), m = \(decimalText(task.batch)); \(phase.name) phase"
      ]),
      .table([["compute", "features", "slope", "steps", "excess", "slope"]] + table + [limit]),
    ]
  }

  /// The least excess loss for each amount of compute.
  fileprivate var chart: Chart {
    Chart(
      title: "The best split of compute between features and steps",
      x: ChartAxis("compute, features × steps", spacing: .logarithmic),
      y: ChartAxis("excess loss, L − σ²", spacing: .logarithmic),
      series: [ChartSeries("", x: .values(rows.map(\.compute)), .line(rows.map(\.excess)))])
  }
}
