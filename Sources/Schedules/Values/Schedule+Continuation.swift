/// What a run does after the steps that it has made.
public enum Continuation: Equatable, Sendable {
  /// The steady law goes on as it would have, times a factor: a plateau at that fraction of the first.
  case steady(steps: Int, factor: Double)

  /// A straight rise (or fall) from the multiplier reached to a fraction of the steady law, which its
  /// last step has.
  case ramp(steps: Int, factor: Double)

  /// A cooldown from the level reached to `end`, a fraction of the peak; flat where the level is below it.
  case cooldown(Curve, steps: Int, end: Double, isClamped: Bool)
}

extension Schedule {
  /// The first steps of this schedule and then others.
  ///
  /// The steady law is that of ``stablePhase``, counted on as if it had never ended, or the peak where
  /// there is none. Kept steps have the bits that they had.
  ///
  /// - Parameters:
  ///   - kept: how many steps are kept, 0 to T.
  ///   - continuations: what follows, in order; together at least one step, and nowhere above the peak.
  /// - Returns: a schedule whose multipliers are fractions of this one's peak.
  /// - Complexity: O(1) an entry; O(T) once for stored values.
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
    /// The steady law from the present position on.
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
        // After k of n steps (k + 1)/n of the way is done, so that the last is at the target.
        let line = Segment.Law.line(span: steps, offset: 1, u0: 0, y0: level, u1: 1, y1: target)
        pieces.append(Segment(law: line, count: steps))
      case .cooldown(let decay, let steps, let end, let isClamped):
        // Within the steady stretch and before, the level is that of the step itself.
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

  /// The first step at which another schedule has another multiplier; the step after the shorter one
  /// where one goes on as the other.
  ///
  /// - Parameter other: another schedule.
  /// - Returns: a 1-based step.
  /// - Complexity: O(T) at most.
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
