import Numerics

/// A stretch of a schedule that follows one law, described for readers.
public struct ScheduleStretch: Equatable, Sendable {
  /// The stretch's steps, counted from 1.
  public let steps: ClosedRange<Int>

  /// The law, for example `linear warmup`, `plateau` or `cosine decay`.
  public let kind: String

  /// The multiplier at its first step.
  public let first: Double

  /// The multiplier at its last step.
  public let last: Double
}

extension Schedule {
  /// The schedule's stretches in order; O(1) per segment, O(T) for stored values.
  public var stretches: [ScheduleStretch] {
    stretchedSegments.map { segment, range in
      ScheduleStretch(
        steps: range.lowerBound + 1...range.upperBound, kind: segment.kind,
        first: multipliers(in: range.lowerBound..<range.lowerBound + 1)[0],
        last: multipliers(in: range.upperBound - 1..<range.upperBound)[0])
    }
  }

  /// The 0-based steps at which the law changes; empty for stored values.
  package var kinks: [Int] { stretchedSegments.dropFirst().map(\.steps.lowerBound) }

  /// The number of rising steps before the peak or a steady level, in O(T).
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

  /// The sum of all multipliers, S: the run's length in steps at the peak; O(T) time, O(1) memory.
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
