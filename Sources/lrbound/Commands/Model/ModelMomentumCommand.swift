import ArgumentParser
import Charts
import Support
import TheoryModel

/// `lrbound model momentum`: what the best momentum gains.
struct ModelMomentumCommand: DrawingCommand {
  static let reportName = "model momentum"
  static let configuration = CommandConfiguration(
    commandName: "momentum",
    abstract: "The best learning rates and momenta together, and what they gain over plain SGD.",
    discussion: """
        lrbound model momentum --steps 64,256,1024 --task 2,3,1 --cap 0.5 \\
          --gradient-noise additive
        lrbound model momentum --steps 1024

      Heavy ball, η and β of every step chosen together between knots. With additive gradient noise and \
      a < b the gain grows with the run; with the whole (multiplicative) noise it is small; for a > b there \
      is no gain. These curves are not from the paper.
      """)

  @Option(
    "Numbers of steps, each up to 20,000; 64,256,1024.", "list",
    transform: Arguments.list(of: Arguments.steps(most: OptimalMomentum.mostSteps)))
  var steps: [Int]?

  @Option(
    "multiplicative (the whole noise; the default) or additive (that of the labels alone).",
    "kind", transform: Arguments.choice)
  var gradientNoise: GradientNoise?

  @OptionGroup var model: ModelOptions
  @OptionGroup var plot: PlotOptions

  func report() throws -> Report<OnModel<ModelMomentumBody>> {
    let model = try model.model
    let noise = gradientNoise ?? .multiplicative
    let lengths = steps ?? [64, 256, 1024]
    let progress = ProgressLine(isWanted: true)
    defer { progress.end() }
    let optima = try lengths.map { length in
      try OptimalMomentum(
        for: model, steps: length, cap: self.model.cap, gradientNoise: noise
      ) { iteration in
        progress.show("\(grouped(length)) steps: iteration \(iteration), some hundreds in all")
        return true
      }
    }
    let body = ModelMomentumBody(
      gradientNoise: noise,
      rows: zip(lengths, optima).map { length, optimum in
        .init(
          steps: length, plainExcess: optimum.plainExcess, excess: optimum.excess,
          gain: optimum.gain, effectiveLearningRate: optimum.effectiveRates[length / 4],
          momentum: optimum.steps.momenta[length / 4])
      })
    return Report(
      OnModel(model, body),
      csv: .records(
        body.rows, "steps", "plain_excess", "excess", "gain", "effective_lr", "momentum"),
      diagnostics: model.diagnostics, assumptions: modelAssumptions, chart: { body.chart },
      text: { body.text(model) })
  }
}

/// What `lrbound model momentum` answers.
struct ModelMomentumBody: Codable {
  /// One length of the run; the effective learning rate η/(1−β) and β are those at T/4.
  struct Row: Codable {
    let steps: Int
    let plainExcess: Double
    let excess: Double
    let gain: Double
    let effectiveLearningRate: Double
    let momentum: Double
  }

  let gradientNoise: GradientNoise
  let rows: [Row]

  fileprivate func text(_ model: FeatureModel) -> [TextBlock] {
    let lengths = rows.map { Double($0.steps) }
    let slopes = slopeCells(of: rows.map(\.excess), over: lengths)
    let plainSlopes = slopeCells(of: rows.map(\.plainExcess), over: lengths)
    let table = rows.indices.map { index in
      let row = rows[index]
      return [
        grouped(row.steps), significant(row.plainExcess, 6), plainSlopes[index],
        significant(row.excess, 6), slopes[index], significant(row.gain),
        significant(row.effectiveLearningRate), significant(row.momentum),
      ]
    }
    let header = [
      "steps", "plain", "slope", "momentum", "slope", "gain", "η/(1−β) at T/4", "β at T/4",
    ]
    return [
      model.heading("\(gradientNoise.rawValue) gradient noise"), .table([header] + table),
      .facts([model.phaseRow]),
    ]
  }

  /// The excess loss with momentum and without, over the run's length.
  fileprivate var chart: Chart {
    let x = Abscissae.values(rows.map { Double($0.steps) })
    return Chart(
      title: "The best learning rates with and without momentum",
      x: ChartAxis("steps of the run", spacing: .logarithmic),
      y: ChartAxis("excess loss, L − σ²", spacing: .logarithmic),
      series: [
        ChartSeries("plain SGD", x: x, .line(rows.map(\.plainExcess))),
        ChartSeries("with momentum", x: x, .line(rows.map(\.excess))),
      ])
  }
}

/// Local slopes d ln y/d ln x between neighbours, as cells: the first has none.
func slopeCells(of values: [Double], over arguments: [Double]) -> [String] {
  [""] + logarithmicSlopes(of: values, over: arguments).map { significant($0, 3) }
}

extension GradientNoise: Codable {}
