import Glibc
import Schedules

/// A schedule as a function of the fraction of the run that is done, so that its shape can be run over any
/// number of steps.
///
/// Step t = 0 … T−1 of the schedule stands at t/T of the run. Between steps the multiplier is
/// interpolated linearly, and at the end of the run it has the level that the last steps tend to: a
/// cooldown to 1/n goes to zero there. Over T steps again it is the schedule itself. Warmups, kinks and
/// cooldowns keep their fraction of the run. Steps of zero at the end are left out.
package struct ScheduleProfile: Sendable {
  private let schedule: Schedule

  /// The number of steps up to the last that is not zero.
  package let movingSteps: Int

  /// The multiplier at the end of the run.
  private let finalLevel: Double

  /// Where one law gives way to another, as fractions of the run, in order.
  package let kinks: [Double]

  /// The profile of a schedule.
  ///
  /// - Complexity: O(number of laws); O(T) where the schedule ends on zero.
  package init(of schedule: Schedule) {
    self.schedule = schedule
    let movingSteps = schedule.steps - schedule.trailingZeros
    self.movingSteps = movingSteps
    finalLevel = schedule.finalLevel
    kinks = schedule.kinks.filter { $0 < movingSteps }.map { Double($0) / Double(movingSteps) }
  }

  /// The multiplier where a fraction of the run, 0 to 1, is done.
  package func multiplier(at progress: Double) -> Double {
    let position = progress * Double(movingSteps)
    let step = min(Int(position), movingSteps - 1)
    let around = schedule.multipliers(in: step..<min(step + 2, movingSteps))
    let next = around.count == 2 ? around[1] : finalLevel
    return around[0] + (next - around[0]) * min(1, position - Double(step))
  }

  /// The power with which the multiplier goes to zero in the steps that remain: 0 for a level or a
  /// floor, 1 for a linear cooldown, 2 for a cosine; nil where it is zero on the way.
  ///
  /// It is the slope of ln η over ln(remaining steps) at a thousandth of the run before the end, to
  /// hundredths.
  package var tailPower: Double? {
    let near = max(1, movingSteps / 1000)
    guard movingSteps >= 2 * near else { return 0 }
    func multiplier(remaining: Int) -> Double {
      let step = movingSteps - remaining
      return schedule.multipliers(in: step..<step + 1)[0]
    }
    let (last, before) = (multiplier(remaining: near), multiplier(remaining: 2 * near))
    guard last > 0, before > 0 else { return nil }
    return max(0, (log2(before / last) * 100).rounded() / 100)
  }
}
