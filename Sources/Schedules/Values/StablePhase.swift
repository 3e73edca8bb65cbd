/// The last steady stretch of a schedule, from which a longer run can continue: a plateau or an inverse square
/// root.
public struct StablePhase: Sendable {
  /// The 1-based steps of the stretch.
  public let steps: ClosedRange<Int>

  /// The multiplier of a plateau; nil for an inverse square root.
  public let level: Double?

  /// The law before division by the peak.
  let segment: Segment
}

extension Schedule {
  /// The last steady stretch; nil for schedules that change throughout, such as `cosine` and `linear`.
  ///
  /// Ignores single steps and levels below 5 % of the peak, which are floors. In stored values it is the last
  /// run of equal ones covering at least half a per cent of the run. O(1) per segment; O(T) for stored values.
  public var stablePhase: StablePhase? {
    var end = steps
    for segment in segments.reversed() {
      let start = end - segment.count
      defer { end = start }
      switch segment.law {
      case .level(let level, let isFloor):
        guard !isFloor, level * segment.scale >= Self.leastSteadyLevel * divisor else { continue }
        if segment.count > 1 { return plateau(start + 1...end, level * segment.scale) }
      case .line(_, _, _, let left, _, let right):
        guard left == right, left * segment.scale >= Self.leastSteadyLevel * divisor else {
          continue
        }
        if segment.count > 1 { return plateau(start + 1...end, left * segment.scale) }
      case .ramp(let ramp) where ramp.curve == .inverseSquareRoot:
        if segment.count > 1 {
          return StablePhase(steps: start + 1...end, level: nil, segment: segment)
        }
      case .values(let values):
        let given = values[segment.skipped..<segment.skipped + segment.count]
        let shortest = max(2, given.count / 200)
        let least = Self.leastSteadyLevel * divisor / segment.scale
        if let run = Self.lastRun(in: given, ofAtLeast: shortest, above: least) {
          let first = start + run.lowerBound - segment.skipped
          return plateau(
            first + 1...first + run.count, values[run.lowerBound] * segment.scale)
        }
      case .warmup, .ramp, .cubic: continue
      }
    }
    return nil
  }

  private func plateau(_ steps: ClosedRange<Int>, _ level: Double) -> StablePhase {
    StablePhase(
      steps: steps, level: level / divisor, segment: .level(level, steps: steps.count))
  }

  /// Levels below this fraction of the peak are floors.
  private static let leastSteadyLevel = 0.05

  private static func lastRun(
    in values: ArraySlice<Double>, ofAtLeast shortest: Int, above least: Double
  ) -> Range<Int>? {
    var end = values.endIndex
    while end > values.startIndex {
      var start = end - 1
      while start > values.startIndex, values[start - 1] == values[end - 1] { start -= 1 }
      if end - start >= shortest, values[start] >= least { return start..<end }
      end = start
    }
    return nil
  }
}
