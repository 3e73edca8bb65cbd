import Bound
import Glibc
import Numerics
import Schedules

extension ExtensionQuestion {
  /// How many more steps doing nothing would need to have a bound, as a fraction of T2, at the running
  /// base learning rate.
  ///
  /// - Parameter bound: Ω.
  /// - Returns: T/T2 − 1; nil where doing nothing has no such plan, or is not there within eight times T2
  ///   (or above T1).
  /// - Throws: `BoundError`, `ScheduleError`.
  /// - Complexity: about ten passes over T2 to 8·T2 steps.
  func worth(of bound: Double) throws -> Double? {
    func excess(_ logarithm: Double) -> Double {
      let count = Int(exp(logarithm).rounded())
      guard let schedule = try? sameSchedule(steps: count), let same = try? self.bound(of: schedule)
      else { return .nan }
      return log(same / bound)
    }
    let here = log(Double(steps))
    let now = excess(here)
    if abs(now) < 1e-12 { return 0 }
    let isLonger = now > 0
    let end = isLonger ? min(8 * steps, ScheduleSpec.mostSteps) : run.steps
    // Outwards in halves of an octave, so that few passes are over much longer runs than needed.
    var near = here
    while true {
      let limit = log(Double(end))
      let far = isLonger ? min(limit, near + log(2) / 2) : max(limit, near - log(2) / 2)
      guard far != near else { return nil }
      let value = excess(far)
      if value == 0 || (value > 0) != isLonger {
        guard let found = root(in: min(near, far)...max(near, far), tolerance: 1e-5, of: excess)
        else { return nil }
        return exp(found) / Double(steps) - 1
      }
      if value.isNaN { return nil }
      near = far
    }
  }
}
