/// Why a plan to go on is infeasible.
public enum ExtensionObstacle: Equatable, Sendable, CustomStringConvertible {
  /// The schedule has no steady stretch to go on from; it is at zero from the step named, if it is.
  case nothingSteady(schedule: String, zeroFrom: Int?)

  /// The base learning rate is not above the one tuned for the longer run.
  case notNeeded

  /// No lower plateau brings γ* to the running γ.
  case noFactor

  /// No length of a cooldown brings γ* to the running γ, at any horizon.
  case noCooldown

  /// Not even a cooldown over the whole plateau brings γ* to the running γ.
  case cooldownTooShort(longestSteps: Double, longestRatio: Double)

  /// The shortest cooldown takes all of the steady stretch.
  case cooldownFillsRun(cooldown: Int)

  /// The final cooldown leaves no room for it.
  case noRoom(cooldown: Int, steps: Int, made: Int)

  /// The run is too long to be searched step by step.
  case tooLong(most: Int)

  /// The search for the free form did not converge.
  case notConverged

  /// The reason in one sentence.
  public var description: String {
    switch self {
    case .nothingSteady(let schedule, let zero):
      let end = zero.map { " and is at zero from step \($0) on" } ?? ""
      return
        "\(schedule) has no plateau of two steps or more to go on from\(end), so that a longer run keeps nothing but its warmup"
    case .cooldownFillsRun(let cooldown):
      return "a cooldown of \(cooldown) steps takes the whole plateau already"
    case .notNeeded:
      return
        "the running learning rate is not above the one tuned for the longer run with its cooldown"
    case .noFactor: return "no lower plateau makes the running learning rate the tuned one"
    case .noCooldown: return "no cooldown makes the running learning rate the tuned one"
    case .cooldownTooShort(let steps, let ratio):
      return
        "a cooldown over the whole plateau would still be too short; feasible up to \(Int(steps)) steps, \(Self.cut(ratio)) times the horizon that was tuned"
    case .noRoom(let cooldown, let steps, let made):
      return
        "a cooldown of \(cooldown) steps at the end of \(steps) begins before step \(made), so no plateau is left"
    case .tooLong(let most): return "searched step by step up to \(most) steps only"
    case .notConverged: return "the search did not converge"
    }
  }

  /// Four decimals, towards zero: what is feasible stays feasible.
  private static func cut(_ value: Double) -> Double { (value * 10_000).rounded(.down) / 10_000 }
}
