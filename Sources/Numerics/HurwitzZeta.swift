import Glibc

/// The Hurwitz zeta function ζ(s, q) = Σ_{k≥0} (q + k)^−s, by the Euler–Maclaurin sum.
///
/// - Parameters:
///   - exponent: s, above 1, at most 100.
///   - start: q, at least 1.
/// - Returns: the sum, within a few units in the last place; Riemann's ζ(s) for q = 1.
/// - Complexity: O(max(16, s)) powers.
public func hurwitzZeta(_ exponent: Double, from start: Double = 1) -> Double {
  precondition(exponent > 1 && exponent <= 100 && start >= 1, "the sum converges")
  var argument = start
  var head: [Double] = []
  while argument < max(16, exponent) {
    head.append(pow(argument, -exponent))
    argument += 1
  }
  // B_2j/(2j)!
  let coefficients = [
    1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1_209_600, 1.0 / 47_900_160,
    -691.0 / 1_307_674_368_000, 1.0 / 74_724_249_600,
  ]
  let power = pow(argument, -exponent)
  var tail = power * (argument / (exponent - 1) + 0.5)
  var factor = exponent / argument
  for (index, coefficient) in coefficients.enumerated() {
    tail += power * coefficient * factor
    let rising = exponent + 2 * Double(index)
    factor *= (rising + 1) * (rising + 2) / (argument * argument)
  }
  // The smallest terms first.
  return head.reversed().reduce(tail) { $0 + $1 }
}
