/// What a configuration intended, where the multipliers no longer show it.
public struct ScheduleIntent: Equatable, Sendable {
  /// The number of warmup steps.
  public var warmupSteps: Double?

  /// The steps before the last decay.
  public var decayStart: Double?

  /// The steps until the end of the last decay.
  public var horizon: Double?

  /// The floor as a fraction of the peak.
  public var floor: Double?

  /// Creates an empty intent.
  public init() {}
}

extension ScheduleSpec {
  /// Returns the spec's intent over T steps, for the lint: the warmup and a cosine's period.
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
