import Glibc

/// Computes ranges of sin²(πm/2n), m = 0…n, the cosine decay counted from its end, with three multiplications
/// per entry.
///
/// Uses sin(a + b) = sin a·cos b + cos a·sin b, with a computed at every 64th entry and b from a table. All
/// factors are non-negative, so nothing cancels: entries are within 8 ulp, and their bits do not depend on the
/// range.
struct CosineTable: Equatable, Sendable {
  private static let width = 64
  private let quarterStep: Double
  private let sines: [Double]
  private let cosines: [Double]

  init(span: Int) {
    let step = Double.pi / 2 / Double(span)
    quarterStep = step
    sines = (0..<Self.width).map { sin(Double($0) * step) }
    cosines = (0..<Self.width).map { cos(Double($0) * step) }
  }

  /// Writes the entries m = `remaining`, `remaining` − 1, … to the buffer, at most `remaining` + 1 of them.
  func fill(_ buffer: UnsafeMutableBufferPointer<Double>, remaining: Int) {
    guard let output = buffer.baseAddress else { return }
    sines.withUnsafeBufferPointer { sines in
      cosines.withUnsafeBufferPointer { cosines in
        var index = 0
        while index < buffer.count {
          let top = remaining - index
          let anchor = top / Self.width * Self.width
          let count = min(top - anchor + 1, buffer.count - index)
          let angle = Double(anchor) * quarterStep
          let sineOfAnchor = sin(angle)
          let cosineOfAnchor = cos(angle)
          let first = top - anchor
          for offset in 0..<count {
            let sine =
              sineOfAnchor * cosines[first - offset] + cosineOfAnchor * sines[first - offset]
            output[index + offset] = sine * sine
          }
          index += count
        }
      }
    }
  }
}
