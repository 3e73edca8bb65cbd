import Numerics

/// A stretch of a schedule that follows one law.
///
/// Except for stored values, multipliers are monotone within a segment, so its maximum is at an end.
package struct Segment: Sendable {
  /// The law; `k` counts the segment's steps from 0.
  enum Law: Sendable {
    /// A constant multiplier; a floor does not scale with γ.
    case level(Double, isFloor: Bool)

    /// Linear warmup (k + 1)/span.
    case warmup(span: Int)

    /// Linear interpolation between knots (u₀, y₀) and (u₁, y₁), u = (k + offset)/span.
    case line(span: Int, offset: Int, u0: Double, y0: Double, u1: Double, y1: Double)

    case ramp(Ramp)

    /// A monotone cubic at k + offset.
    case cubic(CubicPiece, offset: Int)

    case values([Double])
  }

  let law: Law
  let count: Int

  /// The number of entries of the law before the segment's first.
  var skipped = 0

  var scale = 1.0

  var isPlain: Bool { skipped == 0 && scale == 1 }

  static func warmup(steps: Int) -> Segment {
    Segment(law: .warmup(span: steps), count: steps)
  }

  static func level(_ multiplier: Double, steps: Int, isFloor: Bool = false) -> Segment {
    Segment(law: .level(multiplier, isFloor: isFloor), count: steps)
  }

  /// The first `steps` steps of a decay over `span` steps, skipping `offset`.
  ///
  /// A geometric curve takes the ratio that leads to the end.
  static func decay(
    _ curve: Curve, steps: Int, span: Int, offset: Int = 0, start: Double = 1, end: Double = 0,
    isClamped: Bool = false
  ) -> Segment {
    var ramp = Ramp(
      curve: curve, origin: -Double(offset), width: Double(span), start: start, end: end,
      least: min(start, end), greatest: max(start, end))
    switch curve {
    case .geometric:
      ramp = Ramp(
        curve: .geometric(ratio: end / start), origin: ramp.origin, width: ramp.width, start: start,
        greatest: start)
    case .cosine, .cosinePower: if steps > 0 { ramp.table = CosineTable(span: span) }
    default: break
    }
    if isClamped, ramp.end == end { (ramp.end, ramp.least, ramp.greatest) = (0, end, .infinity) }
    return Segment(law: .ramp(ramp), count: steps)
  }

  var largest: Double {
    if case .values(let values) = law {
      return scale * (values[skipped..<skipped + count].max() ?? 0)
    }
    guard count > 0 else { return 0 }
    return max(value(at: 0), value(at: count - 1))
  }

  /// Whether the entries are finite; for monotone laws the ends decide.
  var isFinite: Bool {
    if case .values(let values) = law { return values.allSatisfy { ($0 * scale).isFinite } }
    return count == 0 || value(at: 0).isFinite && value(at: count - 1).isFinite
  }

  func value(at k: Int) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 1) { buffer in
      fill(buffer, from: k)
      return buffer[0]
    }
  }

  func fill(_ buffer: UnsafeMutableBufferPointer<Double>, from first: Int) {
    fillLaw(buffer, from: first + skipped)
    if scale != 1 { for index in buffer.indices { buffer[index] *= scale } }
  }

  private func fillLaw(_ buffer: UnsafeMutableBufferPointer<Double>, from first: Int) {
    switch law {
    case .level(let multiplier, _):
      buffer.update(repeating: multiplier)
    case .warmup(let span):
      let denominator = Double(span)
      for index in buffer.indices { buffer[index] = Double(first + index + 1) / denominator }
    case .line(let span, let offset, let u0, let y0, let u1, let y1):
      // Weights count the steps to either knot, so that a line to zero does not cancel.
      let width = (u1 - u0) * Double(span)
      for index in buffer.indices {
        let k = Double(first + index + offset)
        let value = (y0 * (u1 * Double(span) - k) + y1 * (k - u0 * Double(span))) / width
        // Rounding must not leave the line's range.
        buffer[index] = min(max(value, min(y0, y1)), max(y0, y1))
      }
    case .ramp(let ramp): ramp.fill(buffer, from: first)
    case .cubic(let piece, let offset):
      for index in buffer.indices {
        buffer[index] = piece.value(at: Double(first + index + offset))
      }
    case .values(let values):
      for index in buffer.indices { buffer[index] = values[first + index] }
    }
  }

  /// Writes dλ/dγ of the learning rates λ = γη with fixed floors; entries proportional to γ keep their
  /// multiplier.
  func fillSlope(_ buffer: UnsafeMutableBufferPointer<Double>, from first: Int) {
    switch law {
    case .level(_, isFloor: true): buffer.update(repeating: 0)
    case .ramp(let ramp): ramp.fillSlope(buffer, from: first)
    case .level, .warmup, .line, .cubic, .values: fill(buffer, from: first)
    }
  }

  var kind: String {
    switch law {
    case .level: "plateau"
    case .warmup: "linear warmup"
    case .line(_, _, _, let y0, _, let y1): y0 == y1 ? "plateau" : "line"
    case .ramp(let ramp): ramp.kind
    case .cubic(let piece, _): piece.lowerValue == piece.upperValue ? "plateau" : "spline"
    case .values: "given values"
    }
  }
}
