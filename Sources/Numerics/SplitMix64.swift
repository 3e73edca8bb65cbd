import Glibc

/// A small seeded generator (Steele, Lea and Flood 2014), so that whatever is random can be repeated.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A generator that always gives the same numbers for the same seed.
  public init(seed: UInt64) { state = seed }

  /// Returns the next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Returns a number from 0 up to but not including 1: the upper 53 bits of the next 64, times 2⁻⁵³.
  public mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Returns a number from the standard normal distribution, by Box and Muller's transform of two draws.
  public mutating func nextNormal() -> Double {
    // 1 − u is never zero.
    let radius = (-2 * log(1 - nextUnit())).squareRoot()
    return radius * cos(2 * .pi * nextUnit())
  }

  /// Returns a whole number from 0 up to but not including a bound of at least 1; all are evenly likely to
  /// within bound/2⁶⁴.
  public mutating func nextIndex(below bound: Int) -> Int {
    precondition(bound > 0, "there is a number below the bound")
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}
