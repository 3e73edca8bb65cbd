import Glibc
import Numerics

/// Nine of the steps s = 0 … N of a block, which determine a slowly changing quantity's polynomial.
struct CollocationNodes {
  static let degree = 8

  static let shortest = 32

  /// The nodes, 0 first and N last.
  let offsets: [Int]

  /// N·(y(s + 1) − y(s)) at each node from the values at all nodes, row by row.
  let difference: SquareMatrix

  /// Maps N·(y(s + 1) − y(s)) at the nodes but the last to y(s) − y(0) at the nodes but the first.
  private let sum: [Double]

  /// The weights of the values in the last Chebyshev coefficient, which estimates the error.
  let lastCoefficient: [Double]

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
    // On [0, 1] the Chebyshev polynomial of degree d has the leading coefficient 2^(2d − 1).
    lastCoefficient = weights.map { $0 / pow(2, 2 * Double(degree) - 1) }
    var derivative = SquareMatrix(size: size)
    for row in 0..<size {
      for column in 0..<size where column != row {
        let entry = weights[column] / weights[row] / (places[row] - places[column])
        derivative[row, column] = entry
        derivative[row, row] -= entry
      }
    }
    // The Taylor series of the difference ends at the degree and cancels nothing.
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

  /// Σ_{s<S} y(s)/N for each node S but the first, of the polynomial through the values at the nodes.
  func sums(_ values: [Double]) -> [Double] {
    (0..<Self.degree).map { row in
      (0..<Self.degree).reduce(0) { $0 + sum[row * Self.degree + $1] * values[$1] }
    }
  }
}
