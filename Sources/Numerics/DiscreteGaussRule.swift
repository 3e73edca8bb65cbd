import Glibc

/// A few nodes and weights that stand for many: sums over weighted points, exact for polynomials.
///
/// The n-point Gauss rule of a discrete measure (Golub and Welsch 1969): Σ w_i·p(x_i) over the points is
/// Σ v_j·p(y_j) over the nodes for every polynomial p of degree up to 2n − 1.
public struct DiscreteGaussRule: Sendable {
  /// y_1 … y_n, rising, within the range of the points.
  public let nodes: [Double]

  /// v_1 … v_n, positive, with the points' total.
  public let weights: [Double]

  /// The rule for equal weights of 1.
  ///
  /// - Parameters:
  ///   - points: distinct numbers, more than `count`.
  ///   - count: n, at least 1.
  /// - Complexity: O(points · n²).
  public init(points: [Double], count: Int) {
    precondition(count > 0 && points.count > count, "fewer nodes than points")
    // Lanczos' recurrence for the multiplication by x, made orthogonal in full at every step.
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

  /// The eigenvalues of a symmetric tridiagonal matrix and the first entries of its eigenvectors, by the QL
  /// method with implicit shifts.
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
}
