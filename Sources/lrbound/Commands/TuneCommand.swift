import ArgumentParser
import Bound
import Runs
import Schedules
import Search
import Support
import Tuning

/// `lrbound tune`: γ* and the best cooldown or cycle length.
struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "The best base learning rate, cooldown length or cosine cycle.",
    discussion: """
        lrbound tune wsd20 --steps 50000
        lrbound tune wsd20 --steps 400 --lr 0.02
        lrbound tune cosine:min=0.1 --steps 400
        lrbound tune wsd20 --steps 400 --lr 0.02 --plot cooldown.svg
        lrbound tune wsd20 --steps 400 --free-form --csv > best.csv
        lrbound tune constant --steps 400 --free-form --keep-steps 200 --lr 0.02

      Without --lr the base learning rate is re-tuned for every cooldown length: of linear cooldowns the \
      longest is best, other decays may have a best length. With --lr (γ itself, in units of D/G) it is held \
      fixed, and linear cooldowns have a best length too. \
      --free-form minimises the bound over all schedules; --csv then writes one that @file reads back.
      """)

  @OptionGroup var schedule: ScheduleOptions

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("γ itself, held fixed; re-tuned without it.", valueName: "gamma"))
  var lr: String?

  @Flag(name: .long, help: "Minimise the bound over all schedules.")
  var freeForm = false

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Free form: keep this many first steps of the schedule.", valueName: "n"))
  var keepSteps: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Free form: the highest LR; --lr where that is given or steps are kept.", valueName: "gamma"))
  var cap: String?

  @OptionGroup var scale: ScaleOptions
  @OptionGroup var plot: PlotOptions

  func validate() throws {
    if !freeForm, keepSteps != nil || cap != nil {
      throw ValidationError("--keep-steps and --cap belong to --free-form; add it")
    }
  }

  func run() throws {
    let fixed = try lr.map { try Arguments.learningRate($0, "--lr") }
    let distance = try scale.parsedDistance()
    let scheduledRun = try schedule.parsed()
    let norms = try scale.parsedNorms(of: scheduledRun.steps)
    let spec = scheduledRun.spec
    if freeForm {
      let freeForm = try FreeFormReport(
        scheduledRun, gamma: fixed, cap: cap.map { try Arguments.learningRate($0, "--cap") },
        keptSteps: keepSteps.map { try Arguments.steps($0, "--keep-steps") } ?? 0, norms: norms,
        distance: distance)
      try plot.print(freeForm.report) { try freeForm.chart(unit: scale.axisUnits.gamma) }
      return
    }
    let isQuick =
      spec.flatMap { BoundTerms.closedForm(of: $0, steps: scheduledRun.steps) } != nil
      && norms.constant != nil
    if !isQuick {
      let drawn = plot.isWanted ? TuneChart.points : 0
      Progress.announcePasses(
        spec?.hasAbsoluteFloor == true ? 5000 + 70 * drawn : 70 + drawn, steps: scheduledRun.steps)
    }
    let tunable = try TunableSchedule(of: scheduledRun, gradientNorms: norms)
    let optimum = try tunable.optimum(distance: distance)
    let fixedBound = try fixed.map { try tunable.bound(fixed: $0, distance: distance).bound }
    let cooldown = try spec.flatMap {
      try CooldownLength(
        of: $0, steps: scheduledRun.steps, baseLearningRate: fixed, gradientNorms: norms,
        distance: distance)
    }
    let cycle = try spec.flatMap {
      try CosineCycle(
        of: $0, steps: scheduledRun.steps, baseLearningRate: fixed, gradientNorms: norms,
        distance: distance)
    }

    var text = ["\(scheduledRun.name) over \(grouped(scheduledRun.steps)) steps", ""]
    var rows = [
      [
        "γ*", significant(optimum.baseLearningRate, 8), "best base learning rate" + scale.gammaUnit,
      ],
      ["Ω*", significant(optimum.bound, 8), "the bound there" + scale.omegaUnit],
    ]
    if let fixed, let fixedBound {
      rows.append(["Ω(γ)", significant(fixedBound, 8), "at γ = \(significant(fixed, 6))"])
    }
    text += columns(rows)
    var json: [String: JSONValue] = [
      "schedule": .object(scheduledRun.json),
      "gamma_star": .number(optimum.baseLearningRate), "omega_star": .number(optimum.bound),
    ]
    json["gamma"] = .optional(fixed)
    json["omega"] = .optional(fixedBound)
    var csv = [["kind", "steps", "fraction", "gamma", "omega", "excess"]]
    if let cooldown {
      let held = fixed.map { "γ = \(significant($0, 6)) fixed" } ?? "γ re-tuned"
      text += ["", "cooldown length, \(held)"]
      let choices = [cooldown.best] + cooldown.references
      text += columns(
        choices.enumerated().map { index, choice in
          [
            index == 0 ? "best" : "\(significant(choice.fraction * 100, 3)) %",
            "\(grouped(choice.steps)) steps (\(significant(choice.fraction * 100, 4)) %)",
            "γ \(significant(choice.baseLearningRate, 5))", "Ω \(significant(choice.bound, 6))",
            index == 0 ? "" : "+\(significant(cooldown.excess(of: choice) * 100, 3)) %",
          ]
        })
      json["cooldown"] = cooldownJSON(cooldown)
      csv += choices.enumerated().map { index, choice in
        [
          index == 0 ? "best-cooldown" : "cooldown", "\(choice.steps)", "\(choice.fraction)",
          "\(choice.baseLearningRate)", "\(choice.bound)", "\(cooldown.excess(of: choice))",
        ]
      }
    }
    if let cycle {
      let choices = [("best", cycle.best), ("run's length", cycle.asLongAsRun)]
      text += ["", "cosine cycle length, \(fixed == nil ? "γ re-tuned" : "γ fixed")"]
      text += columns(
        choices.map { name, choice in
          [
            name == "best" && cycle.isAtEdge ? "edge" : name,
            "\(grouped(choice.steps)) steps (\(significant(choice.ratio, 5)) × the run)",
            "γ \(significant(choice.baseLearningRate, 5))", "Ω \(significant(choice.bound, 6))",
          ]
        })
      json["cycle"] = .object([
        "steps": .integer(cycle.best.steps), "ratio": .number(cycle.best.ratio),
        "gamma": .number(cycle.best.baseLearningRate), "omega": .number(cycle.best.bound),
        "at_edge": .boolean(cycle.isAtEdge),
      ])
      csv += choices.map { name, choice in
        [
          name == "best" ? "best-cycle" : "cycle", "\(choice.steps)", "\(choice.ratio)",
          "\(choice.baseLearningRate)", "\(choice.bound)", "\(choice.bound / cycle.best.bound - 1)",
        ]
      }
    }
    if cooldown == nil && cycle == nil {
      csv.append([
        "tuned", "\(scheduledRun.steps)", "1", "\(optimum.baseLearningRate)", "\(optimum.bound)",
        "0",
      ])
    }
    var diagnostics = try scheduledRun.diagnostics(
      baseLearningRate: fixed ?? optimum.baseLearningRate)
    if let cycle, cycle.isAtEdge {
      diagnostics.append(
        Diagnostic(
          code: "edge",
          message:
            "the best cycle is \(cycle.best.ratio > 1 ? "the longest" : "the shortest") that is searched, \(significant(cycle.best.ratio)) × the run: \(cycle.best.ratio > 1 ? "a constant learning rate" : "fewer steps") may be better still"
        ))
    }
    let report = Report(
      command: "tune", text: text, json: json, csv: csv,
      diagnostics: diagnostics,
      assumptions: [
        Report.convexAssumption,
        "differences of 1 to 3 % between shapes are beyond what the bound can tell about real runs",
      ])
    try plot.print(report) {
      try TuneChart(
        of: scheduledRun, cooldown: cooldown, cycle: cycle, fixed: fixed, gradientNorms: norms,
        distance: distance,
        units: scale.axisUnits
      ).chart
    }
  }

  private func cooldownJSON(_ cooldown: CooldownLength) -> JSONValue {
    .object([
      "steps": .integer(cooldown.best.steps), "fraction": .number(cooldown.best.fraction),
      "gamma": .number(cooldown.best.baseLearningRate), "omega": .number(cooldown.best.bound),
      "references": .array(
        cooldown.references.map { choice in
          .object([
            "steps": .integer(choice.steps), "fraction": .number(choice.fraction),
            "gamma": .number(choice.baseLearningRate), "omega": .number(choice.bound),
            "excess": .number(cooldown.excess(of: choice)),
          ])
        }),
    ])
  }
}
