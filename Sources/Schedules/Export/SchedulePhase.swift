/// One stretch of a schedule in the form that code is written from.
struct SchedulePhase: Sendable {
  /// What the multipliers do.
  enum Law: Sendable {
    /// They stay.
    case level(Double)

    /// They follow a ramp, whose steps are counted from the phase's first.
    case ramp(Ramp, atLeast: Double)

    /// They have no form but their values.
    case values
  }

  /// The 0-based steps of the phase.
  let steps: Range<Int>

  /// The law of its multipliers.
  let law: Law
}

extension Schedule {
  /// The phases, in order, as multipliers of the peak.
  ///
  /// - Complexity: O(1) an entry of the schedule.
  var phases: [SchedulePhase] {
    var start = 0
    return segments.map { segment in
      defer { start += segment.count }
      let law = segment.phaseLaw { $0 * segment.scale / divisor }
      return SchedulePhase(
        steps: start..<start + segment.count, law: law.isFinite ? law : .values)
    }
  }
}

extension SchedulePhase.Law {
  /// Whether its numbers can be written; an end that is not reached may be beyond all bounds.
  fileprivate var isFinite: Bool {
    switch self {
    case .level(let level): return level.isFinite
    case .ramp(let ramp, let floor):
      return [ramp.start, ramp.end, ramp.start - ramp.end, ramp.origin, ramp.width, floor]
        .allSatisfy(\.isFinite)
    case .values: return true
    }
  }
}

extension Segment {
  /// The law for steps counted from the segment's first, with levels as parts of the peak.
  fileprivate func phaseLaw(part: (Double) -> Double) -> SchedulePhase.Law {
    func ramp(
      _ shape: Ramp.Shape, from start: Double, to end: Double, origin: Double, width: Double,
      atLeast floor: Double = 0
    ) -> SchedulePhase.Law {
      .ramp(
        Ramp(
          shape: shape, origin: origin - Double(skipped), width: width, start: part(start),
          end: part(end)), atLeast: part(floor))
    }
    switch law {
    case .level(let level, _): return .level(part(level))
    case .warmup(let span):
      return ramp(.linear, from: 0, to: 1, origin: -1, width: Double(span))
    case .line(_, _, _, let left, _, let right) where left == right:
      return .level(part(left))
    case .line(let span, let offset, let u0, let left, let u1, let right):
      return ramp(
        .linear, from: left, to: right, origin: u0 * Double(span) - Double(offset),
        width: (u1 - u0) * Double(span))
    case .inverseSquareRoot(let timescale, let end, let clamp):
      return ramp(
        .power(exponent: -0.5), from: 1, to: clamp ? 0 : end, origin: 0, width: timescale,
        atLeast: clamp ? end : 0)
    case .decay(.exponential, let span, let offset, let start, let end, _, _):
      return ramp(
        .geometric(ratio: end / start), from: start, to: 0, origin: -Double(offset),
        width: Double(span))
    case .decay(let shape, let span, let offset, let start, let end, let clamp, _):
      guard let shape = shape.rampShape else { return .values }
      return ramp(
        shape, from: start, to: clamp ? 0 : end, origin: -Double(offset), width: Double(span),
        atLeast: clamp ? end : 0)
    case .ramp(let given):
      return ramp(
        given.shape, from: given.start, to: given.end, origin: given.origin, width: given.width)
    case .cubic, .values: return .values
    }
  }
}

extension DecayShape {
  /// The same shape as that of a ramp; nil for the exponential, which depends on its ends, and for the
  /// circle, which no trainer has.
  fileprivate var rampShape: Ramp.Shape? {
    switch self {
    case .linear: return .linear
    case .oneMinusSquareRoot: return .oneMinusSquareRoot
    case .cosine(let power): return .cosine(power: power)
    case .polynomial(let power): return .polynomial(power: power)
    case .rex(let beta): return .rex(beta: beta)
    case .circle, .exponential: return nil
    }
  }
}
