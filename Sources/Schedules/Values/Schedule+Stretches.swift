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
    laws.map { law, range in
      ScheduleStretch(
        steps: range.lowerBound + 1...range.upperBound, kind: law.kind,
        first: multipliers(in: range.lowerBound..<range.lowerBound + 1)[0],
        last: multipliers(in: range.upperBound - 1..<range.upperBound)[0])
    }
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

extension Segment.Law {
  /// The name of the law for a reader.
  fileprivate var kind: String {
    switch self {
    case .level: return "plateau"
    case .warmup: return "linear warmup"
    case .inverseSquareRoot: return "inverse square root"
    case .line(_, _, _, let y0, _, let y1): return y0 == y1 ? "plateau" : "line"
    case .cubic(let piece, _): return piece.lowerValue == piece.upperValue ? "plateau" : "spline"
    case .ramp(let ramp): return ramp.kind
    case .values: return "given values"
    case .decay(let shape, _, _, let start, let end, _, _):
      let direction = start < end ? "rise" : "decay"
      switch shape {
      case .linear: return "linear \(direction)"
      case .oneMinusSquareRoot: return "1-sqrt \(direction)"
      case .cosine: return "cosine \(direction)"
      case .exponential: return "exponential \(direction)"
      case .polynomial(2): return "square \(direction)"
      case .polynomial: return "polynomial \(direction)"
      case .rex: return "REX \(direction)"
      case .circle: return "circular \(direction)"
      }
    }
  }
}
