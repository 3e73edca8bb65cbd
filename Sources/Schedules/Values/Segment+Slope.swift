extension Segment {
  /// Writes dλ/dγ of the learning rates λ = γη for a fixed absolute floor m = γ·end.
  ///
  /// Entries in proportion to γ have their multiplier. A rescaled decay is λ = m + (γ·start − m)·f, so
  /// start·f; a clamped one max(m, γ·start·f), so start·f or 0 (the derivative from the right where
  /// both are equal); an exponential one (γ·start)^(1−u)·m^u, so (1 − u)·η.
  func fillSlope(_ buffer: UnsafeMutableBufferPointer<Double>, from first: Int) {
    switch law {
    case .warmup, .line, .cubic, .ramp, .values, .level(_, isFloor: false):
      fill(buffer, from: first)
    case .level(_, isFloor: true): buffer.update(repeating: 0)
    case .decay(.exponential, let span, let offset, _, _, _, _):
      fill(buffer, from: first)
      for index in buffer.indices {
        buffer[index] *= Double(span - first - offset - index) / Double(span)
      }
    case .decay(let shape, let span, let offset, let start, let end, let clamp, let table):
      let bare = Law.decay(
        shape, span: span, offset: offset, start: start, end: 0, clamp: false, table: table)
      Segment(law: bare, count: count).fill(buffer, from: first)
      if clamp { zero(buffer, below: end) }
    case .inverseSquareRoot(let timescale, let end, let clamp):
      let bare = Law.inverseSquareRoot(timescale: timescale, end: 0, clamp: false)
      Segment(law: bare, count: count).fill(buffer, from: first)
      if clamp { zero(buffer, below: end) }
    }
  }

  private func zero(_ buffer: UnsafeMutableBufferPointer<Double>, below floor: Double) {
    for index in buffer.indices where buffer[index] < floor { buffer[index] = 0 }
  }
}
