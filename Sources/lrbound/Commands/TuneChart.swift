import Bound
import Charts
import Glibc
import Runs
import Schedules
import Search
import Tuning

/// The chart of `tune`: Ω over the length of the cooldown or of the cosine's cycle, or else over γ.
struct TuneChart {
  let chart: Chart

  /// How many points the curve has, each of them a pass over the schedule.
  static let points = 80

  init(
    of run: TrainingRun, cooldown: CooldownLength?, cycle: CosineCycle?, fixed: Double?,
    gradientNorms: GradientNorms, distance: Double, units: (gamma: String?, omega: String?)
  ) throws {
    var curve: [(x: Double, bound: Double)]
    let best: Double
    let axis: ChartAxis
    var held = fixed.map { "γ = \(significant($0))" } ?? "γ re-tuned"
    if let cooldown, let spec = run.spec {
      let lengths = try CooldownLength.choices(
        count: Self.points, of: spec, steps: run.steps, baseLearningRate: fixed,
        gradientNorms: gradientNorms, distance: distance)
      curve = (lengths + [cooldown.best]).map { ($0.fraction, $0.bound) }
      best = cooldown.best.fraction
      axis = ChartAxis("cooldown, part of the run")
    } else if let cycle, let spec = run.spec {
      let cycles = try CosineCycle.choices(
        count: Self.points, of: spec, steps: run.steps, baseLearningRate: fixed,
        gradientNorms: gradientNorms, distance: distance)
      curve = (cycles + [cycle.best]).map { ($0.ratio, $0.bound) }
      best = cycle.best.ratio
      axis = ChartAxis("cosine cycle, multiple of the run", spacing: .logarithmic)
    } else {
      let tunable = try TunableSchedule(of: run, gradientNorms: gradientNorms)
      best = try tunable.optimum(distance: distance).baseLearningRate
      curve = try Self.overGamma(
        tunable, around: best, from: run.spec?.lowestBaseLearningRate ?? 0, distance)
      axis = ChartAxis("γ", unit: units.gamma, spacing: .logarithmic)
      held = "γ"
    }
    chart = Chart(
      title: "\(run.name) over \(grouped(run.steps)) steps: the bound at its end", x: axis,
      y: ChartAxis("Ω", unit: units.omega, spacing: held == "γ" ? .logarithmic : .linear),
      series: [
        ChartSeries("Ω at \(held)", x: .values(curve.map(\.x)), .line(curve.map(\.bound)))
      ],
      references: [ChartReference("least Ω", at: .vertical(best))])
  }

  /// Ω over a factor of eight to either side of γ*, but not below an absolute floor.
  private static func overGamma(
    _ tunable: TunableSchedule, around best: Double, from lowest: Double, _ distance: Double
  ) throws -> [(x: Double, bound: Double)] {
    try (0...points).map { best * pow(8, 2 * Double($0) / Double(points) - 1) }
      .filter { $0 >= lowest }
      .map { ($0, try tunable.bound(fixed: $0, distance: distance).bound) }
  }
}
