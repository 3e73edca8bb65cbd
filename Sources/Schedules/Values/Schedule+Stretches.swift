import Numerics

/// A stretch of a schedule that follows one law, for telling a reader what was understood.
public struct ScheduleStretch: Equatable, Sendable {
  /// Its steps, counted from 1.
  public let steps: ClosedRange<Int>

  /// What happens in it, for example `linear warmup`, `plateau` or `cosine decay`.
  public let kind: String

  /// The multiplier at its first step.
  public let first: Double

  /// The multiplier at its last step.
  public let last: Double
}

extension Schedule {
  /// The stretches of the schedule, in order.
  ///
  /// - Complexity: O(1) an entry; O(T) for stored values.
  public var stretches: [ScheduleStretch] {
    stretchedSegments.map { segment, range in
      ScheduleStretch(
        steps: range.lowerBound + 1...range.upperBound, kind: segment.kind,
        first: multipliers(in: range.lowerBound..<range.lowerBound + 1)[0],
        last: multipliers(in: range.upperBound - 1..<range.upperBound)[0])
    }
  }

  /// The 0-based steps at which one law of the schedule gives way to another; none in stored values.
  ///
  /// - Complexity: O(number of laws).
  package var kinks: [Int] { stretchedSegments.dropFirst().map(\.steps.lowerBound) }

  /// How many steps rise at the start before the peak or a steady level is reached: a warmup.
  ///
  /// - Complexity: O(T) at most.
  public var risingSteps: Int {
    var last = 0.0
    var start = 0
    while start < steps {
      let block = multipliers(in: start..<min(steps, start + 4096))
      for (offset, multiplier) in block.enumerated() {
        if multiplier <= last { return start + offset == 1 ? 0 : start + offset }
        last = multiplier
      }
      start += block.count
    }
    return steps
  }

  /// The sum of all multipliers: the length of the run in steps at the peak learning rate, S.
  ///
  /// - Complexity: O(T) time, O(1) memory.
  public var sum: Double {
    var total = CompensatedSum()
    forEachBlockFromEnd(in: 0..<steps, length: 256) { _, block in
      var part = 0.0
      for multiplier in block { part += multiplier }
      total.add(part)
    }
    return total.value
  }
}
