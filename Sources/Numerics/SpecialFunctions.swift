import Glibc

/// The Euler–Mascheroni constant.
package let eulerMascheroni = 0.577215664901532860606512090082402431

/// Returns the harmonic number H_n = 1 + 1/2 + … + 1/n, n ≥ 0, within a few ulps in O(1) time.
public func harmonicNumber(_ count: Int) -> Double {
  precondition(count >= 0, "the count is not negative")
  if count <= 64 {
    var sum = 0.0
    for k in stride(from: count, to: 0, by: -1) { sum += 1 / Double(k) }
    return sum
  }
  // Euler–Maclaurin; the first omitted term is below 1e-19 from n = 65 on.
  let n = Double(count)
  let inverseSquare = 1 / (n * n)
  let tail = inverseSquare * (1.0 / 12 - inverseSquare * (1.0 / 120 - inverseSquare / 252))
  return log(n) + (eulerMascheroni + (1 / (2 * n) - tail))
}

/// Returns the digamma function ψ(x) = Γ′(x)/Γ(x) of x > 0, within a few ulps of max(1, |ψ(x)|).
public func digamma(_ x: Double) -> Double {
  precondition(x > 0, "digamma is implemented for positive arguments")
  // Raise the argument until the asymptotic series holds to 1e-18: ψ(x) = ψ(x + 1) − 1/x.
  var argument = x
  var shift = 0.0
  while argument < 16 {
    shift += 1 / argument
    argument += 1
  }
  let y = 1 / (argument * argument)
  let coefficients = [
    1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132, -691.0 / 32760, 1.0 / 12,
  ]
  var series = 0.0
  for coefficient in coefficients.reversed() { series = (series + coefficient) * y }
  return (log(argument) - 0.5 / argument) - series - shift
}

/// Returns the Hurwitz zeta function ζ(s, q) = Σ_{k≥0} (q + k)^−s for 1 < s ≤ 100 and q ≥ 1, within a few
/// ulps; Riemann's ζ(s) for q = 1.
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

/// Returns the probability that a standard normal variable is at most `x`.
public func normalProbability(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }

/// Returns the standard normal quantile of a probability strictly between 0 and 1: within 10⁻¹² from 10⁻¹⁵
/// on, at most 9 in absolute value.
public func normalQuantile(_ probability: Double) -> Double {
  precondition(probability > 0 && probability < 1, "a probability between 0 and 1")
  let found = root(in: -9...9, tolerance: 1e-14) { normalProbability($0) - probability }
  return found ?? (probability < 0.5 ? -9 : 9)
}
