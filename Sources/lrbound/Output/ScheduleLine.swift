import Charts
import Schedules

extension ChartSeries {
  /// The learning rates of a schedule as a line over the steps, of any length.
  init(_ name: String, _ schedule: Schedule, times rate: Double) {
    self.init(line: name, count: schedule.steps) { range in
      schedule.multipliers(in: range).map { $0 * rate }
    }
  }

  /// The area between a schedule's learning rates at two base learning rates.
  init(_ name: String, _ schedule: Schedule, between rates: ClosedRange<Double>) {
    let shape = ChartSeries("", schedule, times: 1)
    guard case .line(let multipliers) = shape.mark else {
      self = shape
      return
    }
    self.init(
      name, x: shape.abscissae,
      .band(
        lower: multipliers.map { $0 * rates.lowerBound },
        upper: multipliers.map { $0 * rates.upperBound }))
  }
}
