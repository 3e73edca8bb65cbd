import Bound
import Glibc
import Numerics
import Schedules

/// A cache of S and V by a plan's number of steps, cooldown steps or plateau factor.
struct PlanSums: Sendable {
  var same: [Int: BoundTerms] = [:]
  var cooldown: [Int: BoundTerms] = [:]
  var plateau: [Double: BoundTerms] = [:]
}

extension ExtensionQuestion {
  /// Ω of a schedule at the running γ, summed once per key; infinite if it cannot be made.
  func bound<Key: Hashable>(
    _ key: Key, in sums: inout [Key: BoundTerms], steps: Int, of schedule: () throws -> Schedule?
  ) -> Double {
    if sums[key] == nil, let schedule = try? schedule() { sums[key] = try? terms(of: schedule) }
    return sums[key].flatMap { try? bound(of: $0, steps: steps) } ?? .infinity
  }

  /// T/T2 − 1 for the T steps that doing nothing needs for a bound Ω; nil beyond 8·T2 or below T1.
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
    // Search outwards in half octaves to avoid passes over much longer runs than needed.
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
