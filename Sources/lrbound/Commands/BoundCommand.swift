import ArgumentParser
import Bound
import Runs
import Schedules

/// `lrbound bound`: the bound of one schedule.
struct BoundCommand: ParsableCommand {
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
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "γ itself, in the bound's units; γ* without it. For a curve also several: 0.001,0.002.",
      valueName: "gamma"))
  var lr: String?

  @Flag(name: .long, help: "The bound Ω_t of every iterate, t = 1 to T.")
  var curve = false

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The bound Ω_t after these steps only.", valueName: "t,…"))
  var at: String?

  @Flag(
    name: [.customLong("minimise-last-step"), .customLong("minimize-last-step")],
    help: "Choose the last multiplier, a dummy of the proof, so that the bound is tightest.")
  var minimiseLastStep = false

  @Flag(
    name: .long,
    help: "The standard bound on the average iterate instead, which does not see the cooldown.")
  var averageIterate = false

  @OptionGroup var scale: ScaleOptions
  @OptionGroup var plot: PlotOptions

  func validate() throws {
    if minimiseLastStep && averageIterate {
      throw ValidationError(
        "--minimise-last-step and --average-iterate exclude each other; give one of them")
    }
    if curve, at != nil {
      throw ValidationError(
        "--curve gives every step and --at those that it names; give one of them")
    }
    if curve || at != nil, minimiseLastStep || averageIterate {
      throw ValidationError(
        "--curve and --at are for the last iterate as scheduled; drop the other flag")
    }
    if plot.isWanted, minimiseLastStep || averageIterate {
      throw ValidationError(
        "--plot draws the curve of the last iterate as scheduled; drop the other flag")
    }
  }

  func run() throws {
    let gammas = try lr.map { try Arguments.list($0, "--lr") }?.map {
      try Arguments.learningRate($0, "--lr")
    }
    guard gammas?.count ?? 1 == 1 || curve || at != nil else {
      throw UsageError(
        "--lr: several base learning rates are for --curve and --at; give one")
    }
    let given = gammas?[0]
    let distance = try scale.parsedDistance()
    let scheduledRun = try schedule.parsed()
    let norms = try scale.parsedNorms(of: scheduledRun.steps)
    let spec = scheduledRun.spec
    let tunable = try TunableSchedule(of: scheduledRun, gradientNorms: norms)
    var optimum = try tunable.optimum(distance: distance)
    let gamma = given ?? optimum.baseLearningRate
    var terms = try tunable.terms(at: gamma)
    if averageIterate || minimiseLastStep {
      if spec?.hasAbsoluteFloor == true {
        throw UsageError(
          "\(averageIterate ? "--average-iterate" : "--minimise-last-step"): not with min-lr=, whose shape follows γ; write min= as a ratio"
        )
      }
      let schedule = try scheduledRun.schedule(baseLearningRate: gamma)
      if averageIterate {
        terms = try .averageIterate(of: schedule, gradientNorms: norms)
      } else {
        terms = try .lastIterateMinimisingLastStep(
          of: schedule, gradientNorms: norms, baseLearningRate: given, distance: distance)
      }
      optimum = try TunableSchedule(terms: terms).optimum(distance: distance)
    }
    let shownGamma = given ?? optimum.baseLearningRate
    let omega = try given.map { try terms.bound(at: $0, distance: distance) } ?? optimum.bound

    var rows = [
      ["S", significant(terms.stepSum, 8), "Σ η_t, steps at the peak"],
      ["V", significant(terms.noiseSum, 8), averageIterate ? "Σ η²G²/Σ η" : "what noise adds"],
      [
        "γ*", significant(optimum.baseLearningRate, 8), "best base learning rate" + scale.gammaUnit,
      ],
      ["Ω*", significant(optimum.bound, 8), "the bound there" + scale.omegaUnit],
    ]
    if given != nil {
      rows.append(["Ω(γ)", significant(omega, 8), "at γ = \(significant(shownGamma, 6))"])
    }
    if let lastMultiplier = terms.chosenLastMultiplier {
      rows.append(["η_T", significant(lastMultiplier, 6), "the last multiplier that makes Ω least"])
    }
    var json: [String: JSONValue] = [
      "schedule": .object(scheduledRun.json),
      "S": .number(terms.stepSum), "V": .number(terms.noiseSum), "omega": .number(omega),
      "gamma": .number(shownGamma), "gamma_star": .number(optimum.baseLearningRate),
      "omega_star": .number(optimum.bound), "trimmed_steps": .integer(terms.trimmedSteps),
      "iterate": .string(averageIterate ? "average" : "last"), "distance": .number(distance),
    ]
    json["last_multiplier"] = .optional(terms.chosenLastMultiplier)
    let kind = averageIterate ? "standard bound (average iterate)" : "last-iterate bound"
    let curveTable = try makeCurve(
      scheduledRun, gammas: gammas ?? [shownGamma], norms: norms, distance: distance)
    let printedTable = curve || at != nil ? curveTable : nil
    // The whole curve as JSON may take much memory.
    if plot.output.format == .json { json["curve"] = printedTable?.json }
    let report = Report(
      command: "bound",
      text: ["\(kind) of \(scheduledRun.name) over \(grouped(scheduledRun.steps)) steps", ""]
        + columns(rows)
        + (printedTable.map { [""] + $0.text } ?? []),
      json: json,
      csv: [
        ["spec", "steps", "S", "V", "omega", "gamma", "gamma_star", "omega_star"],
        [
          scheduledRun.name, "\(scheduledRun.steps)", "\(terms.stepSum)", "\(terms.noiseSum)",
          "\(omega)",
          "\(shownGamma)", "\(optimum.baseLearningRate)", "\(optimum.bound)",
        ],
      ],
      csvPieces: printedTable.map { table in { write in try table.writeCSV(write) } },
      diagnostics: try scheduledRun.diagnostics(baseLearningRate: gamma),
      assumptions: [
        Report.convexAssumption
      ])
    guard let curveTable else { return try report.print(as: plot.output.format) }
    try plot.print(report) {
      BoundChart(
        curveTable, of: scheduledRun, unit: scale.axisUnits.omega, isChosen: at != nil
      ).chart
    }
  }

  /// The curve that is to be printed or drawn, if any.
  private func makeCurve(
    _ scheduledRun: TrainingRun, gammas: [Double], norms: GradientNorms, distance: Double
  ) throws -> CurveTable? {
    let chosen = try at.map { try Arguments.list($0, "--at") }?.map { text in
      let step = try Arguments.steps(text, "--at")
      guard step <= scheduledRun.steps else {
        throw UsageError(
          "--at '\(text)': the run has \(scheduledRun.steps) steps; give one of them")
      }
      return step
    }
    guard curve || chosen != nil || plot.isWanted else { return nil }
    if chosen == nil { try checkLength(of: scheduledRun, gammas: gammas.count) }
    if chosen == nil, scheduledRun.steps <= BoundCurve.mostSteps {
      Progress.announcePasses(60, steps: scheduledRun.steps)
    }
    let schedule = try scheduledRun.schedule(baseLearningRate: gammas[0])
    guard gammas.count == 1 || scheduledRun.spec?.hasAbsoluteFloor != true else {
      throw UsageError("--lr: with min-lr= the shape follows γ; give one base learning rate")
    }
    if let chosen {
      return try CurveTable(
        of: schedule, at: chosen, gammas: gammas, norms: norms, distance: distance)
    }
    return try CurveTable(of: schedule, gammas: gammas, norms: norms, distance: distance)
  }

  /// Refuses a curve that would take too much memory before it takes any.
  private func checkLength(of scheduledRun: TrainingRun, gammas: Int) throws {
    let steps = scheduledRun.steps
    if curve, plot.output.format == .json, steps > CurveTable.mostJSONSteps {
      throw UsageError(
        "--curve --json: \(steps) steps, and JSON is for at most \(CurveTable.mostJSONSteps); give --csv, or steps with --at"
      )
    }
    if gammas > 1, steps <= BoundCurve.mostSteps, steps * gammas > BoundCurve.mostSteps {
      throw UsageError(
        "--lr: \(gammas) base learning rates at \(steps) steps are more than \(BoundCurve.mostSteps) bounds; give fewer, or steps with --at"
      )
    }
  }
}
