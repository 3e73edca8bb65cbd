import Glibc

/// The Euler–Mascheroni constant.
package let eulerMascheroni = 0.577215664901532860606512090082402431

/// The harmonic number H_n = 1 + 1/2 + … + 1/n.
///
/// - Parameter count: n ≥ 0; H_0 = 0.
/// - Returns: H_n to within a few units in the last place.
/// - Complexity: O(1).
public func harmonicNumber(_ count: Int) -> Double {
  precondition(count >= 0, "a harmonic number needs a count of at least 0")
  if count <= 64 {
    var sum = 0.0
    for k in stride(from: count, to: 0, by: -1) { sum += 1 / Double(k) }
    return sum
  }
  // Euler–Maclaurin; the first term left out is below 1e-19 from n = 65 on.
  let n = Double(count)
  let inverseSquare = 1 / (n * n)
  let tail = inverseSquare * (1.0 / 12 - inverseSquare * (1.0 / 120 - inverseSquare / 252))
  return log(n) + (eulerMascheroni + (1 / (2 * n) - tail))
}
