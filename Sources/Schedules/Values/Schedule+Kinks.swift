extension Schedule {
  /// The 0-based steps at which one law of the schedule gives way to another; none in stored values.
  ///
  /// - Complexity: O(number of laws).
  package var kinks: [Int] { laws.dropFirst().map(\.steps.lowerBound) }
}
