/// A stretch of a schedule in the form from which code is written.
struct SchedulePhase: Sendable {
  enum Law: Sendable {
    case level(Double)

    /// A ramp whose steps count from the phase's first.
    case ramp(Ramp)

    /// Values without a formula.
    case values
  }

  let steps: Range<Int>

  let law: Law
}

extension Schedule {
  var phases: [SchedulePhase] {
    stretchedSegments.map { segment, steps in
      SchedulePhase(steps: steps, law: segment.phaseLaw(scale: segment.scale, divisor: divisor))
    }
  }
}

extension Segment {
  /// The law with steps counted from the segment's first and levels as fractions of the peak.
  fileprivate func phaseLaw(scale: Double, divisor: Double) -> SchedulePhase.Law {
    var ramp: Ramp
    switch law {
    case .level(let level, _): return .level(level * scale / divisor)
    case .line(_, _, _, let left, _, let right) where left == right:
      return .level(left * scale / divisor)
    case .warmup(let span):
      ramp = Ramp(curve: .linear, origin: -1, width: Double(span), start: 0, end: 1)
    case .line(let span, let offset, let u0, let left, let u1, let right):
      ramp = Ramp(
        curve: .linear, origin: u0 * Double(span) - Double(offset), width: (u1 - u0) * Double(span),
        start: left, end: right)
    case .ramp(let given):
      guard let curve = given.curve.inCode else { return .values }
      ramp = Ramp(
        curve: curve, origin: given.origin, width: given.width, start: given.start, end: given.end,
        least: given.isClamped ? given.least : 0)
    case .cubic, .values: return .values
    }
    ramp.origin -= Double(skipped)
    ramp.start = ramp.start * scale / divisor
    ramp.end = ramp.end * scale / divisor
    ramp.least = ramp.least * scale / divisor
    // An end level that is never reached may overflow.
    let numbers = [
      ramp.start, ramp.end, ramp.start - ramp.end, ramp.origin, ramp.width, ramp.least,
    ]
    return numbers.allSatisfy(\.isFinite) ? .ramp(ramp) : .values
  }
}

extension Curve {
  /// The curve as trainers express it; nil for the circle, which none supports.
  fileprivate var inCode: Curve? {
    switch self {
    case .square: .polynomial(power: 2)
    case .inverseSquareRoot: .power(exponent: -0.5)
    case .circle: nil
    default: self
    }
  }
}
