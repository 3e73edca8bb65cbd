import Glibc

/// A curve laid between two levels: end + (start − end)·f at step k, whose progress is (k − origin)/width.
///
/// Origin and width need not be whole steps. Between them they hold what libraries do differently: whether
/// the first step counts as 0 or 1, and horizons in samples, tokens or micro-batches.
struct Ramp: Sendable {
  let curve: Curve
  var origin = 0.0
  let width: Double
  var start = 1.0
  var end = 0.0

  /// The least value: a floor at which the decay is cut off, or what rounding must not leave.
  var least = 0.0

  /// The greatest value.
  var greatest = Double.infinity

  /// Speeds up cosines whose origin and width are whole.
  var table: CosineTable?

  /// Whether it is cut off at a floor that it does not lead to.
  var isClamped: Bool { least > end }

  /// The value at step `k`, whole or not.
  func value(at k: Double) -> Double {
    let fraction = curve.fraction(done: k - origin, left: origin + width - k, of: width)
    return limited(end + (start - end) * fraction)
  }

  /// A value that is not a number stays one.
  @inline(__always)
  private func limited(_ value: Double) -> Double { min(max(value, least), greatest) }

  /// Writes the values of the steps k = `first`… to the buffer.
  func fill(_ buffer: UnsafeMutableBufferPointer<Double>, from first: Int) {
    fillFractions(buffer, from: first)
    // A grammar's decay to zero is its fractions.
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
    // Near the peak rounding can lift an entry above it; the first is the peak exactly.
    let done = first - Int(origin)
    for index in 0..<max(0, min(buffer.count, 64 - done)) {
      buffer[index] = done + index == 0 ? 1 : min(1, buffer[index])
    }
    if case .cosinePower(let power) = curve {
      for index in buffer.indices { buffer[index] = pow(buffer[index], power) }
    }
  }

  /// Eight at a time: the scalar loop converts and divides one by one.
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

  /// Writes dλ/dγ of the learning rates λ = γη where the end is a fixed learning rate m = γ·end.
  ///
  /// A rescaled decay is λ = m + (γ·start − m)·f, so start·f; a clamped one max(m, γ·start·f), so start·f
  /// or 0 (the derivative from the right where both are equal); an exponential one (γ·start)^(1−u)·m^u,
  /// so (1 − u)·η.
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

  /// What happens along it, for a reader.
  var kind: String {
    switch curve {
    case .inverseSquareRoot, .power: curve.name
    case .linear where start < end: "linear warmup"
    default: "\(curve.name) \(start < end ? "rise" : "decay")"
    }
  }
}
