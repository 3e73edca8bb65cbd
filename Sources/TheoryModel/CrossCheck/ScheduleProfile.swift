import Glibc
import Schedules

/// A schedule as a function of the fraction of the run done, which stretches to any number of steps.
///
/// Step t = 0 … T−1 stands at t/T; between steps the multiplier is interpolated linearly, up to the level
/// that the last steps tend to: a cooldown to 1/n goes to zero. Over T steps it reproduces the schedule.
/// Warmups, kinks and cooldowns keep their fraction of the run; trailing zeros are left out.
package struct ScheduleProfile: Sendable {
  private let schedule: Schedule

  /// The number of steps up to the last non-zero one.
  package let movingSteps: Int

  private let finalLevel: Double

  /// The kinks between the schedule's laws, as ascending fractions of the run.
  package let kinks: [Double]

  /// Creates the profile in O(laws), or O(T) if the schedule ends in zeros.
  package init(of schedule: Schedule) {
    self.schedule = schedule
    let movingSteps = schedule.steps - schedule.trailingZeros
    self.movingSteps = movingSteps
    finalLevel = schedule.finalLevel
    kinks = schedule.kinks.filter { $0 < movingSteps }.map { Double($0) / Double(movingSteps) }
  }

  /// The multiplier at a fraction of the run, 0 to 1.
  package func multiplier(at progress: Double) -> Double {
    let position = progress * Double(movingSteps)
    let step = min(Int(position), movingSteps - 1)
    let around = schedule.multipliers(in: step..<min(step + 2, movingSteps))
    let next = around.count == 2 ? around[1] : finalLevel
    return around[0] + (next - around[0]) * min(1, position - Double(step))
  }

  /// The power with which the multiplier falls in the remaining steps: 0 for a level or floor, 1 for a linear
  /// cooldown, 2 for a cosine; nil if it is zero before the end.
  ///
  /// It is the slope of ln η over ln(remaining steps) a thousandth of the run before the end, to two decimals.
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
