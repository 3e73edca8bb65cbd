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
  let difference: [Double]

  /// From N·(y(s + 1) − y(s)) at the nodes but the last, y(s) − y(0) at the nodes but the first.
  let sum: [Double]

  /// What the values at the nodes are to be multiplied by to give the coefficient of the last Chebyshev
  /// polynomial: how well the degree suffices.
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
    var derivative = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in 0..<size where column != row {
        let entry = weights[column] / weights[row] / (places[row] - places[column])
        derivative[row * size + column] = entry
        derivative[row * size + row] -= entry
      }
    }
    // Taylor's series of the difference ends with the degree; it cancels nothing.
    let width = 1 / Double(length)
    var difference = [Double](repeating: 0, count: size * size)
    var power = derivative
    var factor = 1.0
    for order in 1...degree {
      factor /= Double(order)
      for index in difference.indices { difference[index] += factor * power[index] }
      factor *= width
      var next = [Double](repeating: 0, count: size * size)
      for row in 0..<size {
        for middle in 0..<size {
          let entry = power[row * size + middle]
          for column in 0..<size {
            next[row * size + column] += entry * derivative[middle * size + column]
          }
        }
      }
      power = next
    }
    self.difference = difference
    var system = LinearSystem(size: degree, columns: degree)
    for row in 0..<degree {
      for column in 0..<degree {
        system.matrix[row * degree + column] = difference[row * size + column + 1]
      }
      system.right[row * degree + row] = 1
    }
    let isRegular = system.solve()
    precondition(isRegular, "the nodes are different")
    sum = system.right
  }

  /// Σ_{s<S} y(s)/N at the nodes S but the first, of the polynomial through values at all of them.
  func sums(_ values: [Double]) -> [Double] {
    (0..<Self.degree).map { row in
      (0..<Self.degree).reduce(0) { $0 + sum[row * Self.degree + $1] * values[$1] }
    }
  }
}
