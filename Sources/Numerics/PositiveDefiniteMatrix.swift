/// A small symmetric positive definite matrix, factored once into L·Lᵀ (Cholesky).
public struct PositiveDefiniteMatrix: Sendable {
  /// L, lower triangular.
  private let factor: [[Double]]

  /// Factors a matrix; nil where it is not positive definite to working precision.
  ///
  /// - Parameter rows: n rows of n entries, of which the lower triangle is read.
  /// - Complexity: O(n³).
  public init?(_ rows: [[Double]]) {
    var factor = rows
    for row in rows.indices {
      precondition(rows[row].count == rows.count, "the matrix is square")
      for column in 0...row {
        var remainder = rows[row][column]
        for inner in 0..<column { remainder -= factor[row][inner] * factor[column][inner] }
        if column < row {
          factor[row][column] = remainder / factor[column][column]
        } else {
          guard remainder > 1e-15 * abs(rows[row][row]), remainder.isFinite else { return nil }
          factor[row][row] = remainder.squareRoot()
        }
      }
    }
    self.factor = factor
  }

  /// The solution of M·x = right.
  ///
  /// - Parameter right: n numbers.
  /// - Returns: x.
  /// - Complexity: O(n²).
  public func solve(_ right: [Double]) -> [Double] {
    precondition(right.count == factor.count, "one number a row")
    var solution = right
    for row in factor.indices {
      for column in 0..<row { solution[row] -= factor[row][column] * solution[column] }
      solution[row] /= factor[row][row]
    }
    for row in factor.indices.reversed() {
      for later in (row + 1)..<factor.count {
        solution[row] -= factor[later][row] * solution[later]
      }
      solution[row] /= factor[row][row]
    }
    return solution
  }

  /// M⁻¹, as rows.
  ///
  /// - Complexity: O(n³).
  public var inverse: [[Double]] {
    factor.indices.map { column in
      solve(factor.indices.map { $0 == column ? 1 : 0 })
    }
  }
}
