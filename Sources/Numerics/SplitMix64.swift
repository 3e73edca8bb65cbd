import Glibc

/// A seeded random number generator (Steele, Lea and Flood 2014).
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Creates a generator; equal seeds give equal sequences.
  public init(seed: UInt64) { state = seed }

  /// Returns the next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Returns a uniform number in [0, 1) with 53 random bits.
  public mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Returns a standard normal number, by the Box–Muller transform of two draws.
  public mutating func nextNormal() -> Double {
    // 1 − u is never zero.
    let radius = (-2 * log(1 - nextUnit())).squareRoot()
    return radius * cos(2 * .pi * nextUnit())
  }

  /// Returns a whole number in 0..<bound, uniform to within bound/2⁶⁴; the bound is at least 1.
  public mutating func nextIndex(below bound: Int) -> Int {
    precondition(bound > 0, "the bound is at least 1")
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}
