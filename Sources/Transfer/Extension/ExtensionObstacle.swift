/// The reason why a plan is infeasible.
public enum ExtensionObstacle: Equatable, Sendable, CustomStringConvertible {
  /// The schedule has no stable phase to continue; `zeroFrom` is the step, if any, from which it is zero.
  case nothingSteady(schedule: String, zeroFrom: Int?)

  /// The base learning rate is not above the one tuned for the longer run.
  case notNeeded

  /// No lower plateau makes γ* equal the running γ.
  case noFactor

  /// No cooldown makes γ* equal the running γ, at any horizon.
  case noCooldown

  /// Even a cooldown over the whole plateau leaves γ* below the running γ.
  case cooldownTooShort(longestSteps: Double, longestRatio: Double)

  /// The shortest cooldown takes the whole plateau.
  case cooldownFillsRun(cooldown: Int)

  /// The final cooldown begins before the steps already made end.
  case noRoom(cooldown: Int, steps: Int, made: Int)

  /// The run is too long for a search step by step.
  case tooLong(most: Int)

  /// The search for the free form did not converge.
  case notConverged

  /// The reason in one sentence.
  public var description: String {
    switch self {
    case .nothingSteady(let schedule, let zero):
      let end = zero.map { " and is at zero from step \($0) on" } ?? ""
      return
        "\(schedule) has no plateau of at least two steps\(end), so a longer run keeps nothing but its warmup"
    case .cooldownFillsRun(let cooldown):
      return "even a cooldown of \(cooldown) steps takes the whole plateau"
    case .notNeeded:
      return
        "the running learning rate is not above the one tuned for the longer run with its cooldown"
    case .noFactor: return "no lower plateau makes the running learning rate the tuned one"
    case .noCooldown: return "no cooldown makes the running learning rate the tuned one"
    case .cooldownTooShort(let steps, let ratio):
      return
        "a cooldown over the whole plateau would still be too short; feasible up to \(Int(steps)) steps, \(Self.cut(ratio)) times the tuned horizon"
    case .noRoom(let cooldown, let steps, let made):
      return
        "a cooldown of \(cooldown) steps at the end of \(steps) begins before step \(made), so no plateau is left"
    case .tooLong(let most): return "the search step by step is limited to \(most) steps"
    case .notConverged: return "the search did not converge"
    }
  }

  /// Truncates to four decimals, so that what is reported feasible is feasible.
  private static func cut(_ value: Double) -> Double { (value * 10_000).rounded(.down) / 10_000 }
}
