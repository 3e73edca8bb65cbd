import Glibc
import Numerics

/// Nine of the steps s = 0 … N of a block, at which a slowly changing quantity determines the polynomial
/// that it follows over all of them.
struct CollocationNodes {
  /// 8.
  static let degree = 8

  /// The shortest block whose nodes are all different.
  static let shortest = 32

  /// The nodes, 0 first and N last.
  let offsets: [Int]

  /// N·(y(s + 1) − y(s)) at each node, from the values at all of them; row after row.
  let difference: SquareMatrix

  /// From N·(y(s + 1) − y(s)) at the nodes but the last, y(s) − y(0) at the nodes but the first.
  private let sum: [Double]

  /// The factors of the values at the nodes in the coefficient of the last Chebyshev polynomial, which says
  /// how well the degree suffices.
  let lastCoefficient: [Double]

  /// - Complexity: O(1), some ten thousand operations.
  init(length: Int) {
    let degree = Self.degree
    let size = degree + 1
    offsets = (0...degree).map { index in
      Int((Double(length) * (1 - cos(Double.pi * Double(index) / Double(degree))) / 2).rounded())
    }
    let places = offsets.map { Double($0) / Double(length) }
    let weights = places.indices.map { index in
      places.indices.reduce(1.0) { product, other in
        other == index ? product : product / (places[index] - places[other])
      }
    }
    // On [0, 1] the Chebyshev polynomial of degree d begins with 2^(2d − 1).
    lastCoefficient = weights.map { $0 / pow(2, 2 * Double(degree) - 1) }
    var derivative = SquareMatrix(size: size)
    for row in 0..<size {
      for column in 0..<size where column != row {
        let entry = weights[column] / weights[row] / (places[row] - places[column])
        derivative[row, column] = entry
        derivative[row, row] -= entry
      }
    }
    // Taylor's series of the difference ends with the degree; it cancels nothing.
    let width = 1 / Double(length)
    var difference = SquareMatrix(size: size)
    var power = derivative
    var factor = 1.0
    for order in 1...degree {
      factor /= Double(order)
      for index in power.entries.indices {
        difference.entries[index] += factor * power.entries[index]
      }
      factor *= width
      power = power * derivative
    }
    self.difference = difference
    var system = SquareMatrix(size: degree)
    for row in 0..<degree {
      for column in 0..<degree { system[row, column] = difference[row, column + 1] }
    }
    var sum = SquareMatrix(diagonal: [Double](repeating: 1, count: degree)).entries
    let isRegular = system.eliminate(&sum)
    precondition(isRegular, "the nodes are different")
    self.sum = sum
  }

  /// Σ_{s<S} y(s)/N at the nodes S but the first, of the polynomial through values at all of them.
  func sums(_ values: [Double]) -> [Double] {
    (0..<Self.degree).map { row in
      (0..<Self.degree).reduce(0) { $0 + sum[row * Self.degree + $1] * values[$1] }
    }
  }
}
