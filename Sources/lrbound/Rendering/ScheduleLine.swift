import Charts
import Schedules

extension ChartSeries {
  /// The learning rates of a schedule as a line over the steps, of any length.
  init(_ name: String, _ schedule: Schedule, times rate: Double) {
    let (x, multipliers) = Self.outline(of: schedule)
    self.init(name, x: x, .line(multipliers.map { $0 * rate }))
  }

  /// The area between a schedule's learning rates at two base learning rates.
  init(_ name: String, _ schedule: Schedule, between rates: ClosedRange<Double>) {
    let (x, multipliers) = Self.outline(of: schedule)
    self.init(
      name, x: x,
      .band(
        lower: multipliers.map { $0 * rates.lowerBound },
        upper: multipliers.map { $0 * rates.upperBound }))
  }

  /// As many multipliers as a picture can show.
  private static func outline(of schedule: Schedule) -> (x: Abscissae, multipliers: [Double]) {
    let line = ChartSeries(line: "", count: schedule.steps, values: schedule.multipliers)
    guard case .line(let multipliers) = line.mark else { return (line.abscissae, []) }
    return (line.abscissae, multipliers)
  }
}
