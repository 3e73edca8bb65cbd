import Bound
import Glibc
import Numerics
import Schedules

extension ExtensionQuestion {
  /// The plan that keeps the reusable steps and continues at a factor of the steady law, at most 1.
  func lowerPlateau(_ sums: inout PlanSums) throws -> ExtensionOption.Outcome {
    guard run.reusableSteps > 0 else { return .infeasible(nothingSteady) }
    let count = cooldownSteps
    guard steps - count > run.reusableSteps else {
      return .infeasible(.noRoom(cooldown: count, steps: steps, made: run.reusableSteps))
    }
    func schedule(_ factor: Double) -> Schedule {
      run.plan(keeping: run.reusableSteps, factor: factor, steps: steps, cooldown: count)
    }
    guard let factor = try factor(of: schedule, sums: &sums.plateau) else {
      return .infeasible(.noFactor)
    }
    // If the run has had no cooldown, the plateau stays and the cooldown changes.
    if criterion == .tuned, factor == 1, run.planned != nil { return .infeasible(.notNeeded) }
    return .feasible(try plan(schedule(factor), factor: factor, cooldown: count))
  }

  /// The plan that keeps every step made and ramps up, at most to the steady law.
  ///
  /// The ramp takes as many steps as the warmup, or 1 % of those remaining.
  func rewarm() throws -> ExtensionOption.Outcome {
    let kept = madeSteps ?? run.steps
    let count = cooldownSteps
    let ramp = max(1, run.warmup > 0 ? run.warmup : (steps - kept) / 100)
    guard steps - count - ramp > kept else {
      return .infeasible(.noRoom(cooldown: count, steps: steps, made: kept))
    }
    func schedule(_ factor: Double) -> Schedule {
      run.plan(keeping: kept, factor: factor, steps: steps, cooldown: count, ramp: ramp)
    }
    var sums: [Double: BoundTerms] = [:]
    guard let factor = try factor(of: schedule, sums: &sums) else { return .infeasible(.noFactor) }
    return .feasible(try plan(schedule(factor), factor: factor, cooldown: count, ramp: ramp))
  }

  /// The factor by the criterion; nil if none satisfies it.
  private func factor(
    of schedule: (Double) -> Schedule, sums: inout [Double: BoundTerms]
  ) throws -> Double? {
    guard criterion == .leastBound else { return try tunedFactor(schedule) }
    func logBound(_ logFactor: Double) -> Double {
      let factor = exp(logFactor)
      return log(bound(factor, in: &sums, steps: steps) { schedule(factor) })
    }
    // Scan a grid first: at tiny factors Ω can fall again.
    let grid = (0...16).map { -0.5 * Double($0) }
    let best = zip(grid, grid.map(logBound)).min { $0.1 < $1.1 }?.0 ?? 0
    let found = minimum(in: best - 0.5...min(0, best + 0.5), tolerance: 1e-7, of: logBound)
    return exp(found.argument)
  }

  /// The largest factor up to 1 at which γ* is at least the running γ; nil if there is none.
  ///
  /// The equation has a second root near zero, where the remaining steps hardly matter (2501.18965,
  /// section 4).
  private func tunedFactor(_ schedule: (Double) -> Schedule) throws -> Double? {
    func excess(_ factor: Double) throws -> Double {
      try tunedRatio(of: schedule(factor)) - 1
    }
    if try excess(1) >= 0 { return 1 }
    var upper = 1.0
    while upper > 1e-4 {
      let lower = upper * 0.9
      if try excess(lower) >= 0 {
        return root(in: lower...upper, tolerance: 1e-15) { (try? excess($0)) ?? .nan }
      }
      upper = lower
    }
    return nil
  }
}
