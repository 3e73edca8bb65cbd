/// A small dense system of linear equations, solved in place by elimination with row exchanges.
///
/// The storage is kept between solutions, so that many systems of one size cost no allocation.
public struct LinearSystem: Sendable {
  /// n: how many unknowns.
  public let size: Int

  /// How many right-hand sides.
  public let columns: Int

  /// The n×n matrix, row after row; destroyed by ``solve()``.
  public var matrix: [Double]

  /// The right-hand sides, n rows of `columns` each; the solutions after ``solve()``.
  public var right: [Double]

  /// A system of zeros.
  ///
  /// - Parameters:
  ///   - size: n ≥ 1.
  ///   - columns: how many right-hand sides, at least 1.
  public init(size: Int, columns: Int) {
    precondition(size >= 1 && columns >= 1, "a system has unknowns and a right-hand side")
    self.size = size
    self.columns = columns
    matrix = [Double](repeating: 0, count: size * size)
    right = [Double](repeating: 0, count: size * columns)
  }

  /// Puts the solutions in place of the right-hand sides.
  ///
  /// - Returns: false where the matrix is singular; the right-hand sides are then without meaning.
  /// - Complexity: O(n²·(n + columns)).
  public mutating func solve() -> Bool {
    for pivot in 0..<size {
      var largest = pivot
      for row in pivot..<size
      where abs(matrix[row * size + pivot]) > abs(matrix[largest * size + pivot]) {
        largest = row
      }
      let head = matrix[largest * size + pivot]
      guard head != 0, head.isFinite else { return false }
      if largest != pivot {
        for column in 0..<size { matrix.swapAt(pivot * size + column, largest * size + column) }
        for column in 0..<columns {
          right.swapAt(pivot * columns + column, largest * columns + column)
        }
      }
      for row in 0..<size where row != pivot {
        let factor = matrix[row * size + pivot] / head
        guard factor != 0 else { continue }
        for column in pivot..<size {
          matrix[row * size + column] -= factor * matrix[pivot * size + column]
        }
        for column in 0..<columns {
          right[row * columns + column] -= factor * right[pivot * columns + column]
        }
      }
    }
    for row in 0..<size {
      let inverse = 1 / matrix[row * size + row]
      for column in 0..<columns { right[row * columns + column] *= inverse }
    }
    return true
  }
}
