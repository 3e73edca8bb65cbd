import Bound
import Charts
import Runs
import Schedules
import Search
import Tuning

/// What `tune --free-form` has to say.
struct FreeFormReport {
  let report: Report

  private let scheduledRun: TrainingRun
  private let specGamma: Double
  private let best: (schedule: Schedule, gamma: Double)

  init(
    _ scheduledRun: TrainingRun, gamma: Double?, cap: Double?, keptSteps: Int,
    norms: GradientNorms, distance: Double
  ) throws {
    let (base, specBound) = try TunableSchedule(of: scheduledRun, gradientNorms: norms)
      .bound(fixed: gamma, distance: distance)
    var constraints = FreeFormSchedule.Constraints()
    guard keptSteps < scheduledRun.steps else {
      throw UsageError(
        "--keep-steps '\(keptSteps)': the run has \(scheduledRun.steps) steps; keep fewer")
    }
    if keptSteps > 0 {
      let schedule = try scheduledRun.schedule(baseLearningRate: base)
      constraints.prefix = schedule.multipliers(in: 0..<keptSteps).map { base * $0 }
    }
    constraints.cap = cap ?? (gamma != nil || keptSteps > 0 ? base : nil)
    let progress = ProgressLine(isWanted: scheduledRun.steps > 300_000)
    let best = try FreeFormSchedule(
      steps: scheduledRun.steps, constraints: constraints, gradientNorms: norms, distance: distance
    ) { iteration, bound in
      progress.show("iteration \(iteration), Ω \(significant(bound, 8))")
      return true
    }
    progress.end()
    guard best.isConverged else {
      throw NoAnswer(
        description:
          "the free form did not converge in \(best.iterations) iterations (gradient \(significant(best.projectedGradient, 2))); smooth the gradient norms, or shorten the run"
      )
    }
    let schedule = try Schedule(values: best.learningRates)
    self.scheduledRun = scheduledRun
    specGamma = base
    self.best = (schedule, best.baseLearningRate)
    let multipliers = schedule.multipliers

    var rows = [
      ["γ", significant(best.baseLearningRate, 8), "its highest learning rate"],
      ["Ω", significant(best.bound, 8), "the least bound"],
      [
        "of \(scheduledRun.name)", significant(specBound, 8),
        "at γ = \(significant(base, 5)): \(significant((specBound / best.bound - 1) * 100, 3)) % above",
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
    let shown = (0...10).map { min(multipliers.count - 1, $0 * multipliers.count / 10) }
    let profile = columns([
      ["part of the run"] + (0...10).map { "\($0 * 10) %" },
      ["multiplier"] + shown.map { significant(multipliers[$0], 3) },
    ])
    var json: [String: JSONValue] = [
      "gamma_star": .number(best.baseLearningRate), "omega_star": .number(best.bound),
      "spec_omega_star": .number(specBound), "schedule": .array(multipliers.map { .number($0) }),
      "projected_gradient": .number(best.projectedGradient),
      "iterations": .integer(best.iterations), "kept_steps": .integer(keptSteps),
    ]
    json["lower_bound"] = .optional(best.lowerBound)
    json["cap"] = .optional(constraints.cap)
    report = Report(
      command: "tune",
      text: [
        "the best of all schedules over \(grouped(scheduledRun.steps)) steps"
          + (keptSteps > 0 ? ", the first \(grouped(keptSteps)) kept" : ""), "",
      ] + columns(rows) + [""] + profile,
      json: json,
      csv: [["step", "multiplier"]]
        + multipliers.enumerated().map { ["\($0.offset + 1)", "\($0.element)"] },
      assumptions: [
        Report.convexAssumption,
        "differences of 1 to 3 % between shapes are beyond what the bound can tell about real runs",
      ])
  }

  /// The schedule beside that of the spec.
  func chart(unit: String?) throws -> Chart {
    FreeFormChart(
      best.schedule, peak: best.gamma,
      beside: try scheduledRun.schedule(baseLearningRate: specGamma), spec: scheduledRun.name,
      gamma: specGamma, unit: unit
    ).chart
  }
}
