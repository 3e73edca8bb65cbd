/// A few points and weights that sum a polynomial over many consecutive whole numbers exactly.
///
/// This is Gaussian quadrature for the counting measure: the points are the roots of the discrete
/// Chebyshev (Gram) polynomial, and Σ w_i·p(x_i) = Σ_j p(j) over the M numbers for every polynomial p of
/// degree below twice the number of points.
///
/// - Parameters:
///   - range: the M whole numbers; more of them than points.
///   - points: how many points, 2 to 32.
/// - Returns: points and weights in ascending order; the weights are positive and sum to M.
/// - Complexity: O(points²) with a factor of about 60.
public func gramQuadrature(over range: ClosedRange<Int>, points: Int) -> [(
  point: Double, weight: Double
)] {
  precondition(points >= 2 && points <= 32 && range.count > points, "fewer points than numbers")
  let count = Double(range.count)
  let middle = (Double(range.lowerBound) + Double(range.upperBound)) / 2
  // On [−1, 1] the orthonormal polynomials obey x·p_k = √β_{k+1}·p_{k+1} + √β_k·p_{k−1}.
  let couplings = (0...points).map { index -> Double in
    let order = Double(index)
    let part = order / count
    return (order * order * (1 - part * part) / (4 * order * order - 1)).squareRoot()
  }
  // Σ_{k<n} p_k²: the weights are its inverse (Christoffel).
  func squares(at x: Double) -> Double {
    var previous = 0.0
    var current = 1.0
    var sum = 1.0
    for index in 1..<points {
      let next = (x * current - couplings[index - 1] * previous) / couplings[index]
      (previous, current) = (current, next)
      sum += current * current
    }
    return sum
  }
  return gramRoots(couplings: couplings, points: points).map { root in
    (middle + root * count / 2, count / squares(at: root))
  }
}

/// The eigenvalues of the symmetric tridiagonal matrix with zeros on the diagonal, by bisection on
/// Sturm's count; ascending.
private func gramRoots(couplings: [Double], points: Int) -> [Double] {
  // How many eigenvalues lie below x.
  func countBelow(_ x: Double) -> Int {
    var below = 0
    var pivot = 1.0
    for index in 0..<points {
      let coupling = index == 0 ? 0 : couplings[index]
      pivot = -x - coupling * coupling / pivot
      if pivot == 0 { pivot = -1e-300 }
      if pivot < 0 { below += 1 }
    }
    return below
  }
  return (0..<points).map { index in
    var lower = -1.0
    var upper = 1.0
    while true {
      let middle = (lower + upper) / 2
      if middle <= lower || middle >= upper { return middle }
      if upper - lower < 1e-17 { return middle }
      if countBelow(middle) > index { upper = middle } else { lower = middle }
    }
  }
}
