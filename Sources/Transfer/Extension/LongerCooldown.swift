import Bound
import Numerics
import Schedules

extension ExtensionQuestion {
  /// The plan that keeps the steady law and changes the cooldown's length.
  func longerCooldown(_ sums: inout PlanSums) throws -> ExtensionOption.Outcome {
    guard run.reusableSteps > 0 else { return .infeasible(nothingSteady) }
    guard criterion == .leastBound else { return try tunedCooldown() }
    var count = leastBoundCooldown(upTo: longestCooldown(of: steps), sums: &sums.cooldown)
    // A cooldown over nearly the whole run would start over, where a better base learning rate exists.
    if steps - count < run.steps / 100 {
      count = leastBoundCooldown(upTo: max(1, steps - run.reusableSteps), sums: &sums.cooldown)
    }
    return .feasible(try plan(schedule(cooldown: count, of: steps), cooldown: count))
  }

  /// The cooldown with the least Ω at the running γ, from a grid and then a search around its best point.
  private func leastBoundCooldown(upTo longest: Int, sums: inout [Int: BoundTerms]) -> Int {
    func bound(_ count: Int) -> Double {
      self.bound(count, in: &sums, steps: steps) { schedule(cooldown: count, of: steps) }
    }
    let cells = 16
    let grid = (0...cells).map { max(1, longest * $0 / cells) }
    let bounds = grid.map(bound)
    let best = grid.indices.min { bounds[$0] < bounds[$1] } ?? 0
    let around = grid[max(0, best - 1)]...grid[min(cells, best + 1)]
    let found = minimum(
      in: Double(around.lowerBound)...Double(around.upperBound), tolerance: 0.25
    ) { bound(Int($0.rounded())) }
    let middle = Int(found.argument.rounded())
    let near = (middle - 2...middle + 2).filter(around.contains)
    return zip(near, near.map(bound)).min { $0.1 < $1.1 }?.0 ?? middle
  }

  /// The cooldown for which γ* is the running γ.
  ///
  /// γ* rises with the cooldown's length up to the whole plateau, which bounds the reachable horizons:
  /// T2/T1 < 3.7775 for wsd20 at large T1 and p = 1/2.
  private func tunedCooldown() throws -> ExtensionOption.Outcome {
    let shortest = max(1, cooldownSteps)
    let longest = longestCooldown(of: steps)
    guard shortest < longest else { return .infeasible(.cooldownFillsRun(cooldown: shortest)) }
    func excess(_ count: Int) throws -> Double {
      try tunedRatio(of: schedule(cooldown: count, of: steps)) - 1
    }
    if try excess(shortest) >= 0 { return .infeasible(.notNeeded) }
    guard let bracket = try bracket(of: excess, from: shortest, to: longest) else {
      return .infeasible(try cooldownTooShort())
    }
    let exact = try crossing(in: bracket) { try -excess($0) }
    let count = min(longest, max(shortest, Int(exact.rounded(.toNearestOrAwayFromZero))))
    return .feasible(
      try plan(
        schedule(cooldown: count, of: steps), cooldown: count, fraction: exact / Double(steps)))
  }

  /// Brackets the length at which γ* first reaches the running γ; if the steady law falls, γ* can fall
  /// again.
  private func bracket(
    of excess: (Int) throws -> Double, from shortest: Int, to longest: Int
  ) rethrows -> ClosedRange<Int>? {
    if try excess(longest) >= 0 { return shortest...longest }
    var lower = shortest
    while lower < longest {
      let upper = min(longest, lower + max(1, lower / 3))
      if try excess(upper) >= 0 { return lower...upper }
      lower = upper
    }
    return nil
  }

  /// The longest cooldown within the stable phase; γ* would jump for an earlier start.
  private func longestCooldown(of steps: Int) -> Int {
    steps - (run.steady?.steps.lowerBound ?? 1) + 1
  }

  private func schedule(cooldown count: Int, of steps: Int) -> Schedule {
    run.plan(
      keeping: min(run.reusableSteps, steps - count), factor: 1, steps: steps, cooldown: count)
  }

  /// The longest horizon for a cooldown over the whole plateau, if the question's is longer.
  private func cooldownTooShort() throws -> ExtensionObstacle {
    func shortfall(_ steps: Int) throws -> Double {
      let whole = schedule(cooldown: longestCooldown(of: steps), of: steps)
      return 1 - (try tunedRatio(of: whole))
    }
    guard try shortfall(run.steps) < 0 else { return .noCooldown }
    let longest = try crossing(in: run.steps...steps, of: shortfall)
    return .cooldownTooShort(
      longestSteps: longest, longestRatio: longest / Double(run.tuning.horizon.steps))
  }

  /// Where a rising function of integers crosses zero, linearly interpolated; an end if it does not
  /// cross.
  private func crossing(in range: ClosedRange<Int>, of function: (Int) throws -> Double) rethrows
    -> Double
  {
    var lower = range.lowerBound
    var upper = range.upperBound
    let isRising = try function(lower) < 0
    while upper - lower > 1 {
      let middle = lower + (upper - lower) / 2
      if (try function(middle) < 0) == isRising { lower = middle } else { upper = middle }
    }
    let (below, above) = (try function(lower), try function(upper))
    guard (below < 0) != (above < 0) else { return Double(lower) }
    return Double(lower) + below / (below - above)
  }
}
