import Bound
import Glibc
import Numerics
import Schedules

/// S and V of the schedules that a search has summed, so that no schedule is summed twice.
struct PlanSums: Sendable {
  /// Those of doing nothing, by the number of steps.
  var same: [Int: BoundTerms] = [:]

  /// Those of a longer cooldown to T2, by its steps.
  var cooldown: [Int: BoundTerms] = [:]

  /// Those of a lower plateau to T2, by its factor.
  var plateau: [Double: BoundTerms] = [:]
}

extension ExtensionQuestion {
  /// Ω at the running γ of a schedule that is summed unless its key has been; infinite where none is made.
  func bound<Key: Hashable>(
    _ key: Key, in sums: inout [Key: BoundTerms], steps: Int, of schedule: () throws -> Schedule?
  ) -> Double {
    if sums[key] == nil, let schedule = try? schedule() { sums[key] = try? terms(of: schedule) }
    return sums[key].flatMap { try? bound(of: $0, steps: steps) } ?? .infinity
  }

  /// T/T2 − 1 for the T steps that doing nothing needs for a bound Ω at the running base learning rate.
  ///
  /// Nil where doing nothing has no such plan, or does not get there within eight times T2 (or above T1).
  /// It takes about ten passes over T2 to 8·T2 steps, less those made before.
  func worth(of bound: Double, sums: inout PlanSums) -> Double? {
    func excess(_ logarithm: Double) -> Double {
      let count = Int(exp(logarithm).rounded())
      let same = self.bound(count, in: &sums.same, steps: count) { try sameSchedule(steps: count) }
      return same == .infinity ? .nan : log(same / bound)
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
