/// How a run continues after the steps it has made.
public enum Continuation: Equatable, Sendable {
  /// The steady law continues, times a factor.
  case steady(steps: Int, factor: Double)

  /// A linear change from the current multiplier to a fraction of the steady law at the last step.
  case ramp(steps: Int, factor: Double)

  /// A cooldown from the current level to `end`, a fraction of the peak; flat if the level is already below.
  case cooldown(Curve, steps: Int, end: Double, isClamped: Bool)
}

extension Schedule {
  /// Returns the first `kept` steps of this schedule followed by continuations.
  ///
  /// The steady law is that of ``stablePhase`` continued indefinitely, or the peak without one. Continuations
  /// have at least one step in total and do not exceed the peak. Kept multipliers are bit-identical. O(1) per
  /// segment; O(T) for stored values.
  public func continued(after kept: Int, by continuations: [Continuation]) -> Schedule {
    precondition((0...steps).contains(kept), "the kept steps lie within the run")
    let steady = stablePhase
    let law = steady?.segment ?? .level(divisor, steps: 1)
    let origin = (steady?.steps.lowerBound ?? 1) - 1

    var pieces: [Segment] = []
    var position = 0
    for segment in segments where position < kept {
      let count = min(segment.count, kept - position)
      pieces.append(
        Segment(law: segment.law, count: count, skipped: segment.skipped, scale: segment.scale))
      position += count
    }
    func steadily(steps: Int, factor: Double) -> Segment {
      if case .level = law.law {
        return Segment(law: law.law, count: steps, scale: law.scale * factor)
      }
      return Segment(
        law: law.law, count: steps, skipped: law.skipped + max(0, position - origin),
        scale: law.scale * factor)
    }
    var factor = 1.0
    for continuation in continuations {
      switch continuation {
      case .steady(let steps, let next):
        factor = next
        pieces.append(steadily(steps: steps, factor: factor))
        position += steps
      case .ramp(let steps, let next):
        let level = pieces.last.map { $0.value(at: $0.count - 1) } ?? 0
        position += steps
        factor = next
        let target = steadily(steps: 1, factor: factor).value(at: 0)
        // After k of n steps (k + 1)/n of the way is done, so the last step is at the target.
        let line = Segment.Law.line(span: steps, offset: 1, u0: 0, y0: level, u1: 1, y1: target)
        pieces.append(Segment(law: line, count: steps))
      case .cooldown(let decay, let steps, let end, let isClamped):
        // Inside or before the steady stretch the current step's level counts.
        let isBefore = position == kept && kept < (steady?.steps.upperBound ?? 0)
        let level =
          isBefore
          ? multipliers(in: kept..<kept + 1)[0] * divisor
          : steadily(steps: 1, factor: factor).value(at: 0)
        pieces.append(
          .decay(
            decay, steps: steps, span: max(1, steps), start: level,
            end: min(end * divisor, level),
            isClamped: isClamped))
        position += steps
      }
    }
    return Schedule(segments: pieces.filter { $0.count > 0 }, peak: peak, divisor: divisor)
  }

  /// Returns the first 1-based step at which two schedules differ, or the step after the shorter one, in O(T).
  public func firstDifference(from other: Schedule) -> Int {
    let shared = min(steps, other.steps)
    var start = 0
    while start < shared {
      let end = min(shared, start + 65_536)
      let (own, others) = (multipliers(in: start..<end), other.multipliers(in: start..<end))
      if let index = own.indices.first(where: { own[$0] != others[$0] }) {
        return start + index + 1
      }
      start = end
    }
    return shared + 1
  }
}
