import ArgumentParser
import Bound
import Runs
import Schedules
import Search
import Support

/// `lrbound robustness`: what a base learning rate that is off costs.
struct RobustnessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "robustness",
    abstract: "What a base learning rate that is too large costs, schedule by schedule.",
    discussion: """
        lrbound robustness linear cosine wsd20 constant --steps 100000
        lrbound robustness linear poly:power=2 --steps 1e5 --rho 1,1.5,2,3
        lrbound robustness linear wsd20 --steps 1e5 --plot cost.svg
        lrbound robustness constant linear cosine --steps 500 --rho 2,4,8,16 \\
          --workload logistic

      R(ρ) is the bound at γ = ργ* relative to Ω*, where the domain is bounded, so that the run may be \
      taken to start over at any step (after 2503.09411). Steps annealed like (1-u)^p have R growing like \
      ρ^(1/(2p+1)); a floor destroys this. Below γ* the usual schedules have (ρ + 1/ρ)/2. The exponent is \
      fitted over ρ = 64 to 1024, and given where R is a power law there.

      With --workload projected SGD is run on logistic regression, at γ over a grid of fourth roots of two: what γ = ρ \
      times the best costs, and what tuning on a grid of ratio ρ does, on the mean and the worst place of it.
      """)

  @Argument(help: "The schedules, for example linear wsd20.", completion: .schedules)
  var specs: [String]

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Number of optimiser steps, T.", valueName: "t"))
  var steps: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Factors γ/γ*, separated by commas; powers of two to 1024.", valueName: "list"))
  var rho = "1,2,4,8,16,32,64,128,256,512,1024"

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Train instead: logistic or logistic-synthetic.", valueName: "name"),
    completion: .list(["logistic", "logistic-synthetic"]))
  var workload: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("With --workload: seeds of a median; 9.", valueName: "n"))
  var seeds: String?

  @Flag(
    name: .long,
    help: "With --workload: do not project onto the ball that holds the best weights.")
  var unbounded = false

  @OptionGroup var trials: TrialOptions
  @OptionGroup var plot: PlotOptions

  func validate() throws {
    if workload == nil, unbounded || seeds != nil || trials.jobs != nil || trials.state != nil {
      throw ValidationError("--unbounded, --seeds, --jobs and --state belong to --workload; add it")
    }
  }

  func run() throws {
    let factors = try Arguments.list(rho, "--rho").map {
      try Arguments.positive($0, "--rho", example: "2")
    }
    let count = try steps.map { try Arguments.steps($0, "--steps") }
    let runs = try specs.map { text in
      try Arguments.schedule(text, "SPEC").run(steps: count)
    }
    if let workload {
      guard let name = BuiltInWorkload(rawValue: workload.lowercased()) else {
        throw UsageError(
          "--workload '\(printable(workload))': give logistic or logistic-synthetic")
      }
      let seeds = try seeds.map { try Arguments.count($0, "--seeds", in: 1...10_000) } ?? 9
      let measured = try MeasuredRobustnessReport(
        runs, on: name, factors: factors, seeds: seeds, isUnbounded: unbounded,
        runner: trials.runner)
      try plot.print(measured.report) { measured.chart }
      return
    }
    let bounds = try runs.map { try RestartBound(of: $0.schedule()) }
    let exponents = bounds.map(\.exponent)
    let ratios = bounds.map { bound in factors.map { bound.ratio(at: $0) } }

    var rows = [["ρ"] + runs.map(\.name)]
    for (index, factor) in factors.enumerated() {
      rows.append([significant(factor)] + ratios.map { significant($0[index], 5) })
    }
    rows.append(["exponent"] + exponents.map { $0.map { significant($0, 4) } ?? "-" })
    let lengths = Set(runs.map(\.steps)).sorted().map(grouped).joined(separator: ", ")
    var csv = [["spec", "rho", "ratio"]]
    var jsonRows: [JSONValue] = []
    for (run, values) in zip(runs, ratios) {
      for (factor, ratio) in zip(factors, values) {
        csv.append([run.name, "\(factor)", "\(ratio)"])
        jsonRows.append(
          .object(["spec": .string(run.name), "rho": .number(factor), "ratio": .number(ratio)])
        )
      }
    }
    let report = Report(
      command: "robustness",
      text: ["Ω(ργ*)/Ω* with restarts, over \(lengths) steps", ""] + columns(rows),
      json: [
        "rows": .array(jsonRows),
        "exponents": .array(
          zip(runs, exponents).map { run, exponent -> JSONValue in
            var members: [String: JSONValue] = ["spec": .string(run.name)]
            members["exponent"] = .optional(exponent)
            return .object(members)
          }),
      ],
      csv: csv,
      assumptions: [
        "f is convex on a bounded domain, stochastic gradients have norms of at most G, SGD without momentum"
      ])
    try plot.print(report) {
      RobustnessChart(
        zip(runs, ratios).map { ($0.name, $1) }, factors: factors, label: "Ω(ργ*)/Ω*"
      ).chart
    }
  }
}
