extension ScheduleSpec {
  /// What the spec means over a number of steps, for the lint.
  ///
  /// - Parameter steps: T.
  /// - Returns: warmup and, for a cosine with a period, its end.
  /// - Complexity: O(1).
  public func intent(steps: Int) -> ScheduleIntent {
    var intent = ScheduleIntent()
    intent.warmupSteps = warmup.map { Double($0.steps(of: steps)) }
    if case .cosine(_, let period) = family {
      intent.decayStart = intent.warmupSteps ?? 0
      intent.horizon = Double(period.steps(of: steps))
    }
    return intent
  }
}
