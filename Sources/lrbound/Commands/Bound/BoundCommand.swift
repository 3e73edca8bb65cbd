import ArgumentParser
import Bound
import Schedules
import Support

/// `lrbound bound`: the bound of one schedule.
struct BoundCommand: DrawingCommand {
  static let reportName = "bound"
  static let configuration = CommandConfiguration(
    commandName: "bound",
    abstract: "The last-iterate bound of a schedule: S, V, Ω and γ*.",
    discussion: """
        lrbound bound linear --steps 50000
        lrbound bound wsd20 --steps 50000 --lr 0.002
        lrbound bound @schedule.csv --gradient-norm norms.csv --json
        lrbound bound wsd20 --steps 50000 --curve --csv > curve.csv
        lrbound bound wsd20 --steps 50000 --plot curve.svg
        lrbound bound wsd20 --steps 50000 --at 10000,40000,50000 --lr 0.001,0.002

      Ω = D²/(2γS) + (γ/2)·V bounds f(x_T) − f* for SGD on a convex function. γ is in units of D/G; \
      without --lr the bound is given at γ* = D/√(SV). S = Σ η_t in steps at the peak.

      --curve is for at most \(BoundCurve.mostSteps) steps, with --json \(CurveTable.mostJSONSteps); --at is \
      for any number of steps.
      """)

  @OptionGroup var schedule: ScheduleOptions

  @Option(
    "γ itself, in the bound's units; γ* without it. For a curve also several: 0.001,0.002.",
    "gamma", transform: Arguments.list(of: Arguments.learningRate))
  var lr: [Double]?

  @Flag(help: "The bound Ω_t of every iterate, t = 1 to T.")
  var curve = false

  @Option(
    "The bound Ω_t after these steps only.", "t,…",
    transform: Arguments.list(of: Arguments.steps))
  var at: [Int]?

  @Flag(
    name: [.customLong("minimise-last-step"), .customLong("minimize-last-step")],
    help: "Choose the last multiplier, a dummy of the proof, so that the bound is tightest.")
  var minimiseLastStep = false

  @Flag(
    help: "The standard bound on the average iterate instead, which does not see the cooldown.")
  var averageIterate = false

  @OptionGroup var scale: ScaleOptions
  @OptionGroup var plot: PlotOptions

  func validate() throws {
    if minimiseLastStep && averageIterate {
      throw InputError.usage(
        "--minimise-last-step and --average-iterate exclude each other", "give one of them")
    }
    if curve, at != nil {
      throw InputError.usage(
        "--curve gives every step and --at those that it names", "give one of them")
    }
    if curve || at != nil, minimiseLastStep || averageIterate {
      throw InputError.usage(
        "--curve and --at are for the last iterate as scheduled", "drop the other flag")
    }
    if plot.isWanted, minimiseLastStep || averageIterate {
      throw InputError.usage(
        "--plot draws the curve of the last iterate as scheduled", "drop the other flag")
    }
    if let lr, lr.count > 1, !curve, at == nil {
      throw InputError.usage(
        "--lr: several base learning rates are for --curve and --at", "give one")
    }
    let option = averageIterate ? "--average-iterate" : "--minimise-last-step"
    if minimiseLastStep || averageIterate, schedule.spec.spec?.hasAbsoluteFloor == true {
      throw InputError.usage(
        "\(option): not with min-lr=, whose shape follows γ", "write min= as a ratio")
    }
    if let lr, lr.count > 1, schedule.spec.spec?.hasAbsoluteFloor == true {
      throw InputError.usage(
        "--lr: with min-lr= the shape follows γ", "give one base learning rate")
    }
  }

  func report() throws -> Report<BoundBody> {
    let run = try schedule.run()
    let norms = try scale.norms.read(steps: run.steps)
    let distance = scale.usedDistance
    let given = lr?[0]
    let tunable = try TunableSchedule(of: run, gradientNorms: norms)
    var optimum = try tunable.optimum(distance: distance)
    let gamma = given ?? optimum.baseLearningRate
    var terms = try tunable.terms(at: gamma)
    if averageIterate || minimiseLastStep {
      let schedule = try run.schedule(baseLearningRate: gamma)
      terms =
        averageIterate
        ? try .averageIterate(of: schedule, gradientNorms: norms)
        : try .lastIterateMinimisingLastStep(
          of: schedule, gradientNorms: norms, baseLearningRate: given, distance: distance)
      optimum = try TunableSchedule(terms: terms).optimum(distance: distance)
    }
    let shown = given ?? optimum.baseLearningRate
    let table = try curveTable(of: run, gammas: lr ?? [shown], norms: norms)
    let body = BoundBody(
      schedule: RunEcho(run), stepSum: terms.stepSum, noiseSum: terms.noiseSum,
      omega: try given.map { try terms.bound(at: $0, distance: distance) } ?? optimum.bound,
      gamma: shown, gammaStar: optimum.baseLearningRate, omegaStar: optimum.bound,
      trimmedSteps: terms.trimmedSteps, iterate: averageIterate ? .average : .last,
      distance: distance, lastMultiplier: terms.chosenLastMultiplier,
      // The whole curve as JSON may take much memory.
      curve: output.format == .json && (curve || at != nil) ? table?.body : nil)
    var report = body.report(
      table: table, isPrinted: curve || at != nil, isChosen: at != nil, isGiven: given != nil,
      scale: scale, diagnostics: try run.diagnostics(baseLearningRate: gamma))
    report.assumptions = run.lengthAssumptions + report.assumptions
    return report
  }

  /// The curve that is to be printed or drawn, if any.
  private func curveTable(
    of run: TrainingRun, gammas: [Double], norms: GradientNorms
  ) throws -> CurveTable? {
    guard curve || at != nil || plot.isWanted else { return nil }
    let distance = scale.usedDistance
    let schedule = try run.schedule(baseLearningRate: gammas[0])
    if let at {
      if let step = at.first(where: { $0 > run.steps }) {
        throw InputError.usage("--at '\(step)': the run has \(run.steps) steps", "give one of them")
      }
      return try CurveTable(
        of: schedule, at: at, gammas: gammas, norms: norms, distance: distance)
    }
    try checkLength(of: run, gammas: gammas.count)
    return try CurveTable(of: schedule, gammas: gammas, norms: norms, distance: distance)
  }

  /// Refuses a curve that would take too much memory before it takes any, and announces a long one.
  private func checkLength(of run: TrainingRun, gammas: Int) throws {
    let steps = run.steps
    if curve, output.format == .json, steps > CurveTable.mostJSONSteps {
      throw InputError.usage(
        "--curve --json: \(steps) steps, and JSON is for at most \(CurveTable.mostJSONSteps)",
        "give --csv, or steps with --at")
    }
    guard steps <= BoundCurve.mostSteps else { return }
    if gammas > 1, steps * gammas > BoundCurve.mostSteps {
      throw InputError.usage(
        "--lr: \(gammas) base learning rates at \(steps) steps are more than \(BoundCurve.mostSteps) bounds",
        "give fewer, or steps with --at")
    }
    Progress.announcePasses(60, steps: steps)
  }
}
