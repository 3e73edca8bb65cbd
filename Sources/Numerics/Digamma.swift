import Glibc

/// The digamma function ψ(x) = Γ′(x)/Γ(x).
///
/// - Parameter x: a positive argument.
/// - Returns: ψ(x), with an absolute error of a few units in the last place of max(1, |ψ(x)|).
/// - Complexity: O(1).
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
