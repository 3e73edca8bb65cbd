import Glibc
import Numerics

/// A stretch of a schedule that follows one law; schedules are sequences of segments.
///
/// Within a segment the multipliers are monotone (stored values apart), so its largest entry is at an
/// end.
struct Segment: Sendable {
  /// The law of a segment; `k` counts its steps from 0.
  enum Law: Sendable {
    /// The same multiplier at every step; whether it is the floor, and so not in proportion to γ.
    case level(Double, isFloor: Bool)

    /// Linear warmup (k + 1)/span.
    case warmup(span: Int)

    /// From `start` to `end` by a decay shape over `span` steps: u = (k + offset)/span. `clamp` cuts
    /// off at `end` instead of rescaling to it.
    case decay(
      DecayShape, span: Int, offset: Int, start: Double, end: Double, clamp: Bool,
      table: CosineTable?)

    /// √(timescale/(k + timescale)), above a floor.
    case inverseSquareRoot(timescale: Double, end: Double, clamp: Bool)

    /// Linear interpolation between knots (u₀, y₀) and (u₁, y₁), u = (k + offset)/span.
    case line(span: Int, offset: Int, u0: Double, y0: Double, u1: Double, y1: Double)

    /// A monotone cubic at the whole numbers k + offset.
    case cubic(CubicPiece, offset: Int)

    /// A phase of another library's schedule.
    case ramp(Ramp)

    /// The values themselves.
    case values([Double])
  }

  let law: Law
  let count: Int

  /// How many entries of the law come before the segment's first.
  var skipped = 0

  /// What the law's entries are multiplied by.
  var scale = 1.0

  /// Whether the entries are the law's own, from its first on.
  var isPlain: Bool { skipped == 0 && scale == 1 }

  /// Linear warmup over `steps` steps.
  static func warmup(steps: Int) -> Segment {
    Segment(law: .warmup(span: steps), count: steps)
  }

  /// A plateau.
  static func level(_ multiplier: Double, steps: Int, isFloor: Bool = false) -> Segment {
    Segment(law: .level(multiplier, isFloor: isFloor), count: steps)
  }

  /// The first `steps` steps of a decay that would take `span`.
  static func decay(
    _ shape: DecayShape, steps: Int, span: Int, offset: Int = 0, start: Double = 1, end: Double = 0,
    clamp: Bool = false
  ) -> Segment {
    var table: CosineTable?
    if case .cosine = shape, steps > 0 { table = CosineTable(span: span) }
    let law = Law.decay(
      shape, span: span, offset: offset, start: start, end: end, clamp: clamp, table: table)
    return Segment(law: law, count: steps)
  }

  /// The larger of the first and the last entry.
  var largest: Double {
    if case .values(let values) = law {
      return scale * (values[skipped..<skipped + count].max() ?? 0)
    }
    guard count > 0 else { return 0 }
    return max(value(at: 0), value(at: count - 1))
  }

  /// Whether its entries are numbers of usable size: laws are monotone, so that the ends tell.
  var isFinite: Bool {
    if case .values(let values) = law { return values.allSatisfy { ($0 * scale).isFinite } }
    return count == 0 || value(at: 0).isFinite && value(at: count - 1).isFinite
  }

  /// One entry.
  func value(at k: Int) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 1) { buffer in
      fill(buffer, from: k)
      return buffer[0]
    }
  }

  /// Writes the entries k = `first`… to the buffer.
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
    case .decay(let shape, let span, let offset, let start, let end, let clamp, let table):
      let done = first + offset
      fillShape(shape, buffer, done: done, span: span, floor: end / start, table: table)
      if case .exponential = shape {
        if start != 1 { for index in buffer.indices { buffer[index] *= start } }
      } else if clamp {
        for index in buffer.indices { buffer[index] = max(end, start * buffer[index]) }
      } else if start != 1 || end != 0 {
        let drop = start - end
        let (lowest, highest) = (min(start, end), max(start, end))
        for index in buffer.indices {
          // Rounding must not lift an entry out of the range.
          buffer[index] = min(max(end + drop * buffer[index], lowest), highest)
        }
      }
    case .inverseSquareRoot(let timescale, let end, let clamp):
      for index in buffer.indices {
        let value = (timescale / (Double(first + index) + timescale)).squareRoot()
        buffer[index] = clamp ? max(end, value) : end + (1 - end) * value
      }
    case .line(let span, let offset, let u0, let y0, let u1, let y1):
      // The weights count the steps to either knot, so that a line to zero ends without cancelling.
      let width = (u1 - u0) * Double(span)
      for index in buffer.indices {
        let k = Double(first + index + offset)
        let value = (y0 * (u1 * Double(span) - k) + y1 * (k - u0 * Double(span))) / width
        // Rounding must not lift a line above its own ends.
        buffer[index] = min(max(value, min(y0, y1)), max(y0, y1))
      }
    case .cubic(let piece, let offset):
      for index in buffer.indices {
        buffer[index] = piece.value(at: Double(first + index + offset))
      }
    case .ramp(let ramp):
      for index in buffer.indices { buffer[index] = ramp.value(at: Double(first + index)) }
    case .values(let values):
      for index in buffer.indices { buffer[index] = values[first + index] }
    }
  }

  private func fillShape(
    _ shape: DecayShape, _ buffer: UnsafeMutableBufferPointer<Double>, done: Int, span: Int,
    floor: Double, table: CosineTable?
  ) {
    switch shape {
    case .linear:
      let denominator = Double(span)
      // Eight at a time: the scalar loop converts and divides one by one.
      var numerators = Double(span - done) - SIMD8<Double>(0, 1, 2, 3, 4, 5, 6, 7)
      let output = UnsafeMutableRawBufferPointer(buffer)
      var index = 0
      while index + 8 <= buffer.count {
        output.storeBytes(
          of: numerators / denominator, toByteOffset: index * MemoryLayout<Double>.stride,
          as: SIMD8<Double>.self)
        numerators -= 8
        index += 8
      }
      while index < buffer.count {
        buffer[index] = Double(span - done - index) / denominator
        index += 1
      }
    case .cosine(let power):
      guard let table else { preconditionFailure("a cosine decay carries its table") }
      table.fill(buffer, remaining: span - done)
      // Near the peak rounding can lift an entry above it; the first is the peak exactly.
      for index in 0..<max(0, min(buffer.count, 64 - done)) {
        buffer[index] = done + index == 0 ? 1 : min(1, buffer[index])
      }
      if power != 1 { for index in buffer.indices { buffer[index] = pow(buffer[index], power) } }
    default:
      for index in buffer.indices {
        buffer[index] = shape.value(step: done + index, of: span, floor: floor)
      }
    }
  }
}
