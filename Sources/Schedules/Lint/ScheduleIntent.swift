/// What a configuration meant, where the schedule itself no longer shows it.
public struct ScheduleIntent: Equatable, Sendable {
  /// Steps of warmup.
  public var warmupSteps: Double?

  /// Steps after which the last decay begins.
  public var decayStart: Double?

  /// Steps after which the last decay has ended.
  public var horizon: Double?

  /// The floor as a fraction of the peak.
  public var floor: Double?

  /// An intent of which nothing is known yet.
  public init() {}
}

extension ScheduleSpec {
  /// What the spec means over a number of steps, for the lint.
  ///
  /// - Parameter steps: T.
  /// - Returns: warmup and, for a cosine with a period, its end.
  /// - Complexity: O(1).
  public func intent(steps: Int) -> ScheduleIntent {
    var intent = ScheduleIntent()
    intent.warmupSteps = warmup.map { Double($0.steps(of: steps)) }
    if let cosine = family as? CosineFamily {
      intent.decayStart = intent.warmupSteps ?? 0
      intent.horizon = Double(cosine.period.steps(of: steps))
    }
    return intent
  }
}
