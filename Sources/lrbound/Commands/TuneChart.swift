import Bound
import Charts
import Glibc
import Runs
import Schedules
import Tuning

/// The chart of `tune`: Ω over the length of the cooldown or of the cosine's cycle, or else over γ.
struct TuneChart {
  let chart: Chart

  /// How many points the curve has.
  private static let points = 60

  init(
    of run: ScheduledRun, fixed: Double?, gradientNorms: GradientNorms, distance: Double,
    units: (gamma: String?, omega: String?)
  ) throws {
    let lengths = try CooldownLength.choices(
      count: Self.points, of: run.spec, steps: run.steps, baseLearningRate: fixed,
      gradientNorms: gradientNorms, distance: distance)
    let cycles = try CosineCycle.choices(
      count: Self.points, of: run.spec, steps: run.steps, baseLearningRate: fixed,
      gradientNorms: gradientNorms, distance: distance)
    let curve: [(x: Double, bound: Double)]
    let axis: ChartAxis
    if !lengths.isEmpty {
      curve = lengths.map { ($0.fraction, $0.bound) }
      axis = ChartAxis("cooldown, part of the run")
    } else if !cycles.isEmpty {
      curve = cycles.map { ($0.ratio, $0.bound) }
      axis = ChartAxis("cosine cycle, multiple of the run")
    } else {
      curve = try Self.overGamma(run, gradientNorms, distance)
      axis = ChartAxis("γ", unit: units.gamma, spacing: .logarithmic)
    }
    let best = curve.min { $0.bound < $1.bound }?.x
    let isTuned = lengths.isEmpty && cycles.isEmpty
    let held = fixed.map { "γ = \(significant($0))" } ?? "γ re-tuned"
    chart = Chart(
      title: "\(run.spec.text) over \(grouped(run.steps)) steps: the bound at its end", x: axis,
      y: ChartAxis("Ω", unit: units.omega, spacing: isTuned ? .logarithmic : .linear),
      series: [
        ChartSeries(
          isTuned ? "Ω(γ)" : "Ω at \(held)", x: .values(curve.map(\.x)), .line(curve.map(\.bound)))
      ],
      references: best.map { [ChartReference("least Ω", at: .vertical($0))] } ?? [])
  }

  /// Ω(γ) over a factor of eight to either side of γ*.
  private static func overGamma(
    _ run: ScheduledRun, _ norms: GradientNorms, _ distance: Double
  ) throws -> [(x: Double, bound: Double)] {
    let tunable = try run.tunable(gradientNorms: norms)
    let best = try tunable.optimum(distance: distance).baseLearningRate
    return try (0...points).compactMap { index in
      let gamma = best * pow(8, 2 * Double(index) / Double(points) - 1)
      // Below an absolute floor there is no schedule.
      if let lowest = run.spec.lowestBaseLearningRate, gamma < lowest { return nil }
      return (gamma, try tunable.bound(fixed: gamma, distance: distance).bound)
    }
  }
}
