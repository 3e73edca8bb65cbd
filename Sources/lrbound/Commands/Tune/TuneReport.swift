import Charts
import Runs
import Schedules
import Support
import Tuning

/// What `lrbound tune` answers: a tuned schedule, or the free form.
struct TuneBody: Codable {
  /// A length of the cooldown.
  struct Length: Codable {
    let steps: Int
    let fraction: Double
    let gamma: Double
    let omega: Double
    let excess: Double?
  }

  /// The best cooldown.
  struct Cooldown: Codable {
    let steps: Int
    let fraction: Double
    let gamma: Double
    let omega: Double
    let references: [Length]
  }

  /// The best cycle of a cosine.
  struct Cycle: Codable {
    let steps: Int
    let ratio: Double
    let gamma: Double
    let omega: Double
    let atEdge: Bool
  }

  /// What `schedule` holds: the run that was tuned, or the multipliers that were found.
  enum Tuned: Codable {
    case run(RunEcho)
    case multipliers([Double])

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .run(let run): try run.encode(to: encoder)
      case .multipliers(let values): try values.encode(to: encoder)
      }
    }

    init(from decoder: any Decoder) throws { self = .run(try RunEcho(from: decoder)) }
  }

  let schedule: Tuned
  let gammaStar: Double
  let omegaStar: Double
  var gamma: Double?
  var omega: Double?
  var cooldown: Cooldown?
  var cycle: Cycle?
  var specOmegaStar: Double?
  var projectedGradient: Double?
  var iterations: Int?
  var keptSteps: Int?
  var lowerBound: Double?
  var cap: Double?

  // MARK: - A schedule's base learning rate, cooldown or cycle

  /// A row of the CSV: one way to set the schedule.
  private struct Row: Codable {
    let kind: String
    let choice: Length
  }

  /// How many points the chart's curve has, each of them a pass over the schedule.
  static let points = 80

  static func report(_ tuned: TunedRun, scale: ScaleOptions) -> Report<TuneBody> {
    let optimum = tuned.optimum
    var body = TuneBody(
      schedule: .run(RunEcho(tuned.run)), gammaStar: optimum.baseLearningRate,
      omegaStar: optimum.bound, gamma: tuned.baseLearningRate, omega: tuned.bound)
    if let cooldown = tuned.cooldown {
      let best = cooldown.best
      body.cooldown = Cooldown(
        steps: best.steps, fraction: best.fraction, gamma: best.baseLearningRate,
        omega: best.bound,
        references: cooldown.references.map { Length($0, excess: cooldown.excess(of: $0)) })
    }
    if let cycle = tuned.cycle {
      body.cycle = Cycle(
        steps: cycle.best.steps, ratio: cycle.best.fraction, gamma: cycle.best.baseLearningRate,
        omega: cycle.best.bound, atEdge: cycle.isAtEdge)
    }
    return Report(
      body,
      csv: .records(
        rows(tuned), "kind", "steps=choice.steps", "fraction=choice.fraction",
        "gamma=choice.gamma", "omega=choice.omega", "excess=choice.excess"),
      diagnostics: tuned.diagnostics,
      assumptions: tuned.run.lengthAssumptions + [convexAssumption, shapeAssumption],
      chart: { try chart(of: tuned, scale: scale) }, text: { text(tuned, scale: scale) })
  }

  private static func rows(_ tuned: TunedRun) -> [Row] {
    var rows: [Row] = []
    if let cooldown = tuned.cooldown {
      rows.append(Row(kind: "best-cooldown", choice: Length(cooldown.best, excess: 0)))
      rows += cooldown.references.map {
        Row(kind: "cooldown", choice: Length($0, excess: cooldown.excess(of: $0)))
      }
    }
    if let cycle = tuned.cycle {
      let run = cycle.asLongAsRun
      rows.append(Row(kind: "best-cycle", choice: Length(cycle.best, excess: 0)))
      rows.append(
        Row(kind: "cycle", choice: Length(run, excess: run.bound / cycle.best.bound - 1)))
    }
    guard rows.isEmpty else { return rows }
    let optimum = tuned.optimum
    let whole = Length(
      steps: tuned.run.steps, fraction: 1, gamma: optimum.baseLearningRate,
      omega: optimum.bound, excess: 0)
    return [Row(kind: "tuned", choice: whole)]
  }

  private static func text(_ tuned: TunedRun, scale: ScaleOptions) -> [TextBlock] {
    let optimum = tuned.optimum
    var facts = [
      [
        "γ*", significant(optimum.baseLearningRate, 8), "best base learning rate" + scale.gammaUnit,
      ],
      ["Ω*", significant(optimum.bound, 8), "the bound there" + scale.omegaUnit],
    ]
    if let gamma = tuned.baseLearningRate, let bound = tuned.bound {
      facts.append(["Ω(γ)", significant(bound, 8), "at γ = \(significant(gamma, 6))"])
    }
    func row(_ name: String, _ choice: LengthChoice, _ length: String) -> [String] {
      [
        name, "\(grouped(choice.steps)) steps (\(length))",
        "γ \(significant(choice.baseLearningRate, 5))", "Ω \(significant(choice.bound, 6))",
      ]
    }
    var blocks: [TextBlock] = [
      .lines(["\(tuned.run.name) over \(grouped(tuned.run.steps)) steps"]), .facts(facts),
    ]
    if let cooldown = tuned.cooldown {
      let held = tuned.baseLearningRate.map { "γ = \(significant($0, 6)) fixed" } ?? "γ re-tuned"
      let best = row("best", cooldown.best, percent(cooldown.best.fraction, 4))
      let others = cooldown.references.map { choice in
        row(percent(choice.fraction), choice, percent(choice.fraction, 4))
          + ["+" + percent(cooldown.excess(of: choice))]
      }
      blocks.append(.titled("cooldown length, \(held)", .facts([best] + others)))
    }
    if let cycle = tuned.cycle {
      func length(_ choice: LengthChoice) -> String {
        "\(significant(choice.fraction, 5)) × the run"
      }
      let rows = [
        row(cycle.isAtEdge ? "edge" : "best", cycle.best, length(cycle.best)),
        row("run's length", cycle.asLongAsRun, length(cycle.asLongAsRun)),
      ]
      let held = tuned.baseLearningRate == nil ? "γ re-tuned" : "γ fixed"
      blocks.append(.titled("cosine cycle length, \(held)", .facts(rows)))
    }
    return blocks
  }

  /// Ω over the length of the cooldown or of the cosine's cycle, or else over γ.
  private static func chart(of tuned: TunedRun, scale: ScaleOptions) throws -> Chart {
    var curve: [(x: Double, bound: Double)]
    let best: Double
    let axis: ChartAxis
    var held = tuned.baseLearningRate.map { "γ = \(significant($0))" } ?? "γ re-tuned"
    if let cooldown = tuned.cooldown {
      curve = (try cooldown.choices(count: points) + [cooldown.best])
        .map { ($0.fraction, $0.bound) }
      best = cooldown.best.fraction
      axis = ChartAxis("cooldown, fraction of the run")
    } else if let cycle = tuned.cycle {
      curve = (try cycle.choices(count: points) + [cycle.best]).map { ($0.fraction, $0.bound) }
      best = cycle.best.fraction
      axis = ChartAxis("cosine cycle, multiple of the run", spacing: .logarithmic)
    } else {
      curve = try tuned.bounds(count: points).map { ($0.baseLearningRate, $0.bound) }
      best = tuned.optimum.baseLearningRate
      axis = ChartAxis("γ", unit: scale.units.gamma, spacing: .logarithmic)
      held = "γ"
    }
    return Chart(
      title: "\(tuned.run.name) over \(grouped(tuned.run.steps)) steps: the bound at its end",
      x: axis,
      y: ChartAxis(
        "Ω", unit: scale.units.omega, spacing: held == "γ" ? .logarithmic : .linear),
      series: [
        ChartSeries("Ω at \(held)", x: .values(curve.map(\.x)), .line(curve.map(\.bound)))
      ],
      references: [ChartReference("least Ω", at: .vertical(best))])
  }
}

// MARK: - The best of all schedules

extension TuneBody {
  static func report(_ tuning: FreeFormTuning, unit: String?) -> Report<TuneBody> {
    let best = tuning.best
    let body = TuneBody(
      schedule: .multipliers(tuning.schedule.multipliers), gammaStar: best.baseLearningRate,
      omegaStar: best.bound, specOmegaStar: tuning.given.bound,
      projectedGradient: best.projectedGradient, iterations: best.iterations,
      keptSteps: tuning.keptSteps, lowerBound: best.lowerBound, cap: tuning.cap)
    return Report(
      body, csv: .pieces(ScheduleTable(of: tuning.schedule, baseLearningRate: nil).forEachPiece),
      assumptions: tuning.run.lengthAssumptions + [convexAssumption, shapeAssumption],
      chart: {
        Chart(
          title: "The best of all schedules over \(grouped(tuning.run.steps)) steps",
          x: ChartAxis("step"), y: ChartAxis("γη_t", unit: unit, lowest: 0),
          series: [
            ChartSeries(
              tuning.run.name,
              try tuning.run.schedule(baseLearningRate: tuning.given.baseLearningRate),
              times: tuning.given.baseLearningRate),
            ChartSeries("free form", tuning.schedule, times: best.baseLearningRate),
          ])
      }, text: { text(tuning) })
  }

  private static func text(_ tuning: FreeFormTuning) -> [TextBlock] {
    let best = tuning.best
    var rows = [
      ["γ", significant(best.baseLearningRate, 8), "its highest learning rate"],
      ["Ω", significant(best.bound, 8), "the least bound"],
      [
        "of \(tuning.run.name)", significant(tuning.given.bound, 8),
        "at γ = \(significant(tuning.given.baseLearningRate, 5)): \(percent(tuning.excess)) above",
      ],
    ]
    if let lower = best.lowerBound {
      rows.append([
        "certificate", significant(lower, 8),
        "no schedule is below this: within \(significant(1 - lower / best.bound, 2)) of it",
      ])
    }
    rows.append([
      "gradient", significant(best.projectedGradient, 2),
      "largest |d ln Ω/d ln λ|, after \(best.iterations) iterations",
    ])
    let kept = tuning.keptSteps > 0 ? ", the first \(grouped(tuning.keptSteps)) kept" : ""
    return [
      .lines(["the best of all schedules over \(grouped(tuning.run.steps)) steps\(kept)"]),
      .facts(rows), profile(of: tuning.schedule.multipliers, called: "multiplier"),
    ]
  }
}

/// The values of a schedule at every tenth of the run.
func profile(of values: [Double], called name: String) -> TextBlock {
  let shown = (0...10).map { min(values.count - 1, $0 * values.count / 10) }
  return .table([
    ["fraction of the run"] + (0...10).map { "\($0 * 10) %" },
    [name] + shown.map { significant(values[$0], 3) },
  ])
}

extension TuneBody.Length {
  fileprivate init(_ choice: LengthChoice, excess: Double) {
    self.init(
      steps: choice.steps, fraction: choice.fraction, gamma: choice.baseLearningRate,
      omega: choice.bound, excess: excess)
  }
}
