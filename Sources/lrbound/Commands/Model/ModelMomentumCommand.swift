import ArgumentParser
import Runs
import Schedules
import Support
import TheoryModel

/// `lrbound model momentum`: what the best momentum gains.
struct ModelMomentumCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "momentum",
    abstract: "The best learning rates and momenta together, and what they gain over plain SGD.",
    discussion: """
        lrbound model momentum --steps 64,256,1024 --task 2,3,1 --cap 0.5 \\
          --gradient-noise additive
        lrbound model momentum --steps 1024

      Heavy ball, η and β of every step chosen together between knots. With additive gradient noise and \
      a < b the gain grows with the run; with the whole (multiplicative) noise it is small; for a > b there \
      is none. These curves are this project's own.
      """)

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Numbers of steps, each up to 20,000.", valueName: "list"))
  var steps = "64,256,1024"

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "multiplicative (the whole noise) or additive (that of the labels alone).",
      valueName: "kind"))
  var gradientNoise = "multiplicative"

  @OptionGroup var model: ModelOptions
  @OptionGroup var plot: PlotOptions

  func run() throws {
    let model = try model.parsed()
    let cap = try self.model.parsedCap()
    guard let noise = GradientNoise(rawValue: gradientNoise) else {
      throw UsageError(
        "--gradient-noise '\(printable(gradientNoise))': give multiplicative or additive")
    }
    let lengths = try Arguments.list(steps, "--steps").map {
      try Arguments.steps($0, "--steps", most: OptimalMomentum.mostSteps)
    }
    let progress = ProgressLine(isWanted: true)
    let found = try lengths.map { length in
      try OptimalMomentum(for: model, steps: length, cap: cap, gradientNoise: noise) { iteration in
        progress.show("\(grouped(length)) steps: iteration \(iteration), some hundreds in all")
        return true
      }
    }
    progress.end()

    let arguments = lengths.map { Double($0) }
    let slopes = ModelReport.slopes(found.map(\.excess), over: arguments)
    let plainSlopes = ModelReport.slopes(found.map(\.plainExcess), over: arguments)
    var table = [
      ["steps", "plain", "slope", "momentum", "slope", "gain", "η/(1−β) at T/4", "β at T/4"]
    ]
    var csv = [["steps", "plain_excess", "excess", "gain", "effective_lr", "momentum"]]
    var jsonRows: [JSONValue] = []
    for (index, optimum) in found.enumerated() {
      let quarter = lengths[index] / 4
      let effective = optimum.effectiveRates[quarter]
      let momentum = optimum.steps.momenta[quarter]
      table.append([
        grouped(lengths[index]), significant(optimum.plainExcess, 6), plainSlopes[index],
        significant(optimum.excess, 6), slopes[index], significant(optimum.gain, 4),
        significant(effective, 4), significant(momentum, 4),
      ])
      csv.append([
        "\(lengths[index])", "\(optimum.plainExcess)", "\(optimum.excess)", "\(optimum.gain)",
        "\(effective)", "\(momentum)",
      ])
      jsonRows.append(
        .object([
          "steps": .integer(lengths[index]), "plain_excess": .number(optimum.plainExcess),
          "excess": .number(optimum.excess), "gain": .number(optimum.gain),
          "effective_lr": .number(effective), "momentum": .number(momentum),
        ]))
    }
    var json = ModelReport.json(model)
    json["gradient_noise"] = .string(noise.rawValue)
    json["rows"] = .array(jsonRows)
    let report = Report(
      command: "model momentum",
      text: [ModelReport.heading("\(noise.rawValue) gradient noise", model), ""] + columns(table)
        + [""] + columns([ModelReport.phaseRow(model)]),
      json: json, csv: csv, diagnostics: ModelReport.diagnostics(model),
      assumptions: ModelReport.assumptions)
    try plot.print(report) { ModelMomentumChart(found, lengths: lengths).chart }
  }
}
