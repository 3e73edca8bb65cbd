import ArgumentParser
import Bound
import Charts
import Glibc
import Schedules
import Search
import Support

/// `lrbound robustness`: what a base learning rate that is off costs.
struct RobustnessCommand: DrawingCommand {
  /// What is trained to measure robustness.
  enum TrainedWorkload: String, CaseIterable {
    case logistic
    case logisticSynthetic = "logistic-synthetic"
  }

  static let reportName = "robustness"
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

  @Argument(
    help: "The schedules, for example linear wsd20.", completion: .schedules,
    transform: Arguments.schedule)
  var specs: [ScheduleArgument]

  @Option("Number of optimiser steps, T.", "t", transform: Arguments.steps)
  var steps: Int?

  @Option(
    "Factors γ/γ*, separated by commas; powers of two to 1024.", "list",
    transform: Arguments.list(of: Arguments.positive(example: "2")))
  var rho: [Double]?

  @Option(
    "Train instead: logistic or logistic-synthetic.", "name",
    completion: .list(TrainedWorkload.allCases.map(\.rawValue)), transform: Arguments.choice)
  var workload: TrainedWorkload?

  @Option(
    "With --workload: seeds of a median; 9.", "n", transform: Arguments.count(in: 1...10_000))
  var seeds: Int?

  @Flag(help: "With --workload: do not project onto the ball that holds the best weights.")
  var unbounded = false

  @OptionGroup var trials: TrialOptions
  @OptionGroup var plot: PlotOptions

  func validate() throws {
    if workload == nil, unbounded || seeds != nil || trials.jobs != nil || trials.state != nil {
      throw InputError.usage(
        "--unbounded, --seeds, --jobs and --state belong to --workload", "add it")
    }
  }

  func report() throws -> Report<RobustnessBody> {
    let factors = rho ?? (0...10).map { exp2(Double($0)) }
    let runs = try specs.map { try $0.run(steps: steps) }
    guard let workload else { return try RobustnessBody.report(runs, factors: factors) }

    guard let steps = runs.first?.steps, runs.allSatisfy({ $0.steps == steps }) else {
      throw InputError.usage("SPEC: the schedules have different lengths", "give one --steps")
    }
    guard let builtIn = BuiltInWorkload(rawValue: workload.rawValue),
      let free = try builtIn.workload(steps: steps) as? LogisticRegression,
      let least = free.leastLoss, let bounded = free.inSmallestBall
    else { preconditionFailure("logistic regression has a least loss and a ball") }
    let trained = unbounded ? free : bounded
    let runner = try trials.runner(of: trained)
    let line = ProgressLine(isWanted: true)
    defer { line.end() }
    let measured = try runs.map { run in
      try MeasuredRobustness(
        run, on: trained, leastLoss: least, rates: (-40...56).map { exp2(Double($0) / 4) },
        seeds: seeds ?? 9
      ) { trials in
        try runner.outcomes(of: trials) { done, _ in
          line.show("\(run.name): \(grouped(done)) of \(grouped(trials.count)) trials")
        }
      }
    }
    return RobustnessBody.report(
      runs, measured: measured, on: trained.identity, factors: factors)
  }
}
