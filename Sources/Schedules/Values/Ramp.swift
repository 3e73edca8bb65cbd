import Glibc

/// A curve between two levels: end + (start − end)·f at progress (k − origin)/width for step k.
///
/// Fractional origins and widths express other libraries' conventions: counting from 0 or 1, and lengths in
/// samples, tokens or micro-batches.
struct Ramp: Sendable {
  let curve: Curve
  var origin = 0.0
  let width: Double
  var start = 1.0
  var end = 0.0

  /// A floor that cuts off the decay, or a limit for rounding.
  var least = 0.0

  var greatest = Double.infinity

  /// For cosines with whole origin and width.
  var table: CosineTable?

  /// Whether a floor cuts off the decay.
  var isClamped: Bool { least > end }

  func value(at k: Double) -> Double {
    let fraction = curve.fraction(done: k - origin, left: origin + width - k, of: width)
    return limited(end + (start - end) * fraction)
  }

  /// NaN stays NaN.
  @inline(__always)
  private func limited(_ value: Double) -> Double { min(max(value, least), greatest) }

  func fill(_ buffer: UnsafeMutableBufferPointer<Double>, from first: Int) {
    fillFractions(buffer, from: first)
    // A decay from 1 to 0 equals its fractions.
    if start == 1, end == 0, least == 0, greatest == 1 { return }
    let drop = start - end
    for index in buffer.indices { buffer[index] = limited(end + drop * buffer[index]) }
  }

  private func fillFractions(_ buffer: UnsafeMutableBufferPointer<Double>, from first: Int) {
    let limit = origin + width
    if case .linear = curve { return fillLine(buffer, from: first) }
    guard let table else {
      for index in buffer.indices {
        let k = Double(first + index)
        buffer[index] = curve.fraction(done: k - origin, left: limit - k, of: width)
      }
      return
    }
    table.fill(buffer, remaining: Int(limit) - first)
    // Rounding can lift entries near the peak above it.
    let done = first - Int(origin)
    for index in 0..<max(0, min(buffer.count, 64 - done)) {
      buffer[index] = done + index == 0 ? 1 : min(1, buffer[index])
    }
    if case .cosinePower(let power) = curve {
      for index in buffer.indices { buffer[index] = pow(buffer[index], power) }
    }
  }

  private func fillLine(_ buffer: UnsafeMutableBufferPointer<Double>, from first: Int) {
    let output = UnsafeMutableRawBufferPointer(buffer)
    let limit = origin + width
    var steps = Double(first) + SIMD8<Double>(0, 1, 2, 3, 4, 5, 6, 7)
    var index = 0
    while index + 8 <= buffer.count {
      output.storeBytes(
        of: (limit - steps) / width, toByteOffset: index * MemoryLayout<Double>.stride,
        as: SIMD8<Double>.self)
      steps += 8
      index += 8
    }
    while index < buffer.count {
      buffer[index] = (limit - Double(first + index)) / width
      index += 1
    }
  }

  /// Writes dλ/dγ of the learning rates λ = γη, where the end is a fixed learning rate m = γ·end.
  ///
  /// A rescaled decay λ = m + (γ·start − m)·f has slope start·f; a clamped one, max(m, γ·start·f), has start·f
  /// or 0 (the right derivative at the kink); an exponential one, (γ·start)^(1−u)·m^u, has (1 − u)·η.
  func fillSlope(_ buffer: UnsafeMutableBufferPointer<Double>, from first: Int) {
    if case .geometric = curve {
      fill(buffer, from: first)
      for index in buffer.indices {
        buffer[index] *= (origin + width - Double(first + index)) / width
      }
      return
    }
    var bare = self
    (bare.end, bare.least, bare.greatest) = (0, 0, start)
    bare.fill(buffer, from: first)
    if isClamped { for index in buffer.indices where buffer[index] < least { buffer[index] = 0 } }
  }

  var kind: String {
    switch curve {
    case .inverseSquareRoot, .power: curve.name
    case .linear where start < end: "linear warmup"
    default: "\(curve.name) \(start < end ? "rise" : "decay")"
    }
  }
}
