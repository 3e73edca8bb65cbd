import Glibc

/// A Gauss quadrature rule for a discrete set of points (Golub and Welsch 1969).
///
/// Σ v_j·p(y_j) over n nodes equals Σ p(x_i) over the points for every polynomial p of degree up to 2n − 1.
public struct GaussRule: Sendable {
  /// y_1 … y_n, ascending, within the range of the points.
  public let nodes: [Double]

  /// v_1 … v_n, positive; they sum to the number of points.
  public let weights: [Double]

  /// Creates the rule with n ≥ 1 nodes for more than n distinct points in O(points · n²) time.
  public init(points: [Double], count: Int) {
    precondition(count > 0 && points.count > count, "fewer nodes than points")
    // Lanczos recurrence for multiplication by x, with full reorthogonalisation.
    let norm = Double(points.count).squareRoot()
    var basis = [points.map { _ in 1 / norm }]
    var diagonal: [Double] = []
    var coupling: [Double] = []
    for step in 0..<count {
      var next = zip(points, basis[step]).map { $0 * $1 }
      diagonal.append(zip(next, basis[step]).reduce(0) { $0 + $1.0 * $1.1 })
      for _ in 0..<2 {
        for vector in basis {
          let overlap = zip(next, vector).reduce(0) { $0 + $1.0 * $1.1 }
          for index in next.indices { next[index] -= overlap * vector[index] }
        }
      }
      let length = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
      coupling.append(length)
      basis.append(next.map { $0 / length })
    }
    let (values, heads) = Self.eigenvalues(diagonal: diagonal, coupling: coupling.dropLast() + [0])
    let order = values.indices.sorted { values[$0] < values[$1] }
    nodes = order.map { values[$0] }
    weights = order.map { Double(points.count) * heads[$0] * heads[$0] }
  }

  /// Creates the rule with 2 to 32 nodes for a longer range of whole numbers (Gram, or discrete Chebyshev,
  /// polynomials) in O(n²) time.
  public init(over range: ClosedRange<Int>, count: Int) {
    precondition(count >= 2 && count <= 32 && range.count > count, "fewer nodes than numbers")
    let total = Double(range.count)
    let middle = (Double(range.lowerBound) + Double(range.upperBound)) / 2
    // On [−1, 1] the orthonormal polynomials obey x·p_k = √β_{k+1}·p_{k+1} + √β_k·p_{k−1}.
    let couplings = (0...count).map { index -> Double in
      let order = Double(index)
      let fraction = order / total
      return (order * order * (1 - fraction * fraction) / (4 * order * order - 1)).squareRoot()
    }
    // The weights are 1/Σ_{k<n} p_k² (Christoffel).
    func squares(at x: Double) -> Double {
      var previous = 0.0
      var current = 1.0
      var sum = 1.0
      for index in 1..<count {
        let next = (x * current - couplings[index - 1] * previous) / couplings[index]
        (previous, current) = (current, next)
        sum += current * current
      }
      return sum
    }
    let roots = Self.symmetricEigenvalues(couplings: couplings, count: count)
    nodes = roots.map { middle + $0 * total / 2 }
    weights = roots.map { total / squares(at: $0) }
  }

  /// The eigenvalues of a symmetric tridiagonal matrix and the first entries of its eigenvectors (implicit QL).
  private static func eigenvalues(diagonal: [Double], coupling: [Double])
    -> (values: [Double], heads: [Double])
  {
    var (d, e) = (diagonal, coupling)
    var heads = d.indices.map { $0 == 0 ? 1.0 : 0 }
    for first in d.indices {
      for _ in 0..<60 {
        let end =
          (first..<d.count - 1).first { abs(e[$0]) <= 1e-17 * (abs(d[$0]) + abs(d[$0 + 1])) }
          ?? d.count - 1
        if end == first { break }
        let slope = (d[first + 1] - d[first]) / (2 * e[first])
        let root = hypot(slope, 1)
        var g = d[end] - d[first] + e[first] / (slope + (slope < 0 ? -root : root))
        var (sine, cosine, shift) = (1.0, 1.0, 0.0)
        for index in stride(from: end - 1, through: first, by: -1) {
          let f = sine * e[index]
          let b = cosine * e[index]
          let length = hypot(f, g)
          e[index + 1] = length
          sine = f / length
          cosine = g / length
          g = d[index + 1] - shift
          let turned = (d[index] - g) * sine + 2 * cosine * b
          shift = sine * turned
          d[index + 1] = g + shift
          g = cosine * turned - b
          (heads[index + 1], heads[index]) = (
            sine * heads[index] + cosine * heads[index + 1],
            cosine * heads[index] - sine * heads[index + 1]
          )
        }
        d[first] -= shift
        e[first] = g
        e[end] = 0
      }
    }
    return (d, heads)
  }

  /// The eigenvalues, ascending and within [−1, 1], for a zero diagonal, by bisection on Sturm counts.
  private static func symmetricEigenvalues(couplings: [Double], count: Int) -> [Double] {
    func countBelow(_ x: Double) -> Int {
      var below = 0
      var pivot = 1.0
      for index in 0..<count {
        let coupling = index == 0 ? 0 : couplings[index]
        pivot = -x - coupling * coupling / pivot
        if pivot == 0 { pivot = -1e-300 }
        if pivot < 0 { below += 1 }
      }
      return below
    }
    return (0..<count).map { index in
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
}
