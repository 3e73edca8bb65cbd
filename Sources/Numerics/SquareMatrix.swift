import Glibc

/// A dense square matrix in row-major order.
public struct SquareMatrix: Equatable, Sendable {
  /// n, the number of rows.
  public let size: Int

  /// The n² entries, row by row.
  public var entries: [Double]

  /// Creates a matrix from n² row-major entries, zeros by default.
  public init(size: Int, entries: [Double]? = nil) {
    self.size = size
    self.entries = entries ?? [Double](repeating: 0, count: size * size)
    precondition(self.entries.count == size * size, "size² entries")
  }

  /// Creates a diagonal matrix.
  public init(diagonal: [Double]) {
    self.init(size: diagonal.count)
    for index in diagonal.indices { self[index, index] = diagonal[index] }
  }

  /// The entry at a 0-based row and column.
  @inlinable
  public subscript(row: Int, column: Int) -> Double {
    get { entries[row * size + column] }
    set { entries[row * size + column] = newValue }
  }

  /// The diagonal.
  public var diagonal: [Double] { (0..<size).map { self[$0, $0] } }

  /// The transpose.
  public var transposed: SquareMatrix {
    var result = self
    for row in 0..<size {
      for column in 0..<size { result[column, row] = self[row, column] }
    }
    return result
  }

  /// Returns the matrix product in O(n³) time.
  public static func * (left: SquareMatrix, right: SquareMatrix) -> SquareMatrix {
    let size = left.size
    var entries = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for inner in 0..<size {
        let factor = left.entries[row * size + inner]
        let (output, input) = (row * size, inner * size)
        for column in 0..<size {
          entries[output + column] += factor * right.entries[input + column]
        }
      }
    }
    return SquareMatrix(size: size, entries: entries)
  }

  /// Returns the matrix–vector product.
  public static func * (left: SquareMatrix, vector: [Double]) -> [Double] {
    (0..<left.size).map { row in
      var sum = 0.0
      for column in 0..<left.size { sum += left[row, column] * vector[column] }
      return sum
    }
  }

  /// Returns a Haar-random orthogonal matrix, the same for equal seeds, in O(n³) time.
  public static func orthogonal(size: Int, seed: Int) -> SquareMatrix {
    var generator = SplitMix64(seed: UInt64(bitPattern: Int64(seed)))
    var columns: [[Double]] = []
    for _ in 0..<size {
      var column = (0..<size).map { _ in generator.nextNormal() }
      for _ in 0..<2 {
        for earlier in columns {
          var overlap = 0.0
          for index in 0..<size { overlap += earlier[index] * column[index] }
          for index in 0..<size { column[index] -= overlap * earlier[index] }
        }
      }
      let length = column.reduce(0) { $0 + $1 * $1 }.squareRoot()
      columns.append(column.map { $0 / length })
    }
    return SquareMatrix(size: size, entries: columns.flatMap { $0 }).transposed
  }

  /// Solves M·x = right in place for n rows of right-hand sides, by elimination with row exchanges.
  ///
  /// Destroys the matrix and allocates nothing. Returns false if the matrix is singular; the right-hand
  /// sides are then meaningless. Takes O(n²·(n + right-hand sides)) time.
  public mutating func eliminate(_ right: inout [Double]) -> Bool {
    let columns = right.count / size
    precondition(right.count == columns * size, "whole rows of right-hand sides")
    for pivot in 0..<size {
      var largest = pivot
      for row in pivot..<size
      where abs(entries[row * size + pivot]) > abs(entries[largest * size + pivot]) {
        largest = row
      }
      let head = entries[largest * size + pivot]
      guard head != 0, head.isFinite else { return false }
      if largest != pivot {
        for column in 0..<size { entries.swapAt(pivot * size + column, largest * size + column) }
        for column in 0..<columns {
          right.swapAt(pivot * columns + column, largest * columns + column)
        }
      }
      for row in 0..<size where row != pivot {
        let factor = entries[row * size + pivot] / head
        guard factor != 0 else { continue }
        for column in pivot..<size {
          entries[row * size + column] -= factor * entries[pivot * size + column]
        }
        for column in 0..<columns {
          right[row * columns + column] -= factor * right[pivot * columns + column]
        }
      }
    }
    for row in 0..<size {
      let inverse = 1 / entries[row * size + row]
      for column in 0..<columns { right[row * columns + column] *= inverse }
    }
    return true
  }
}

/// The Cholesky factor L of a symmetric positive definite matrix M = L·Lᵀ.
public struct CholeskyFactor: Sendable {
  private let lower: SquareMatrix

  /// Factors a matrix from its lower triangle in O(n³) time; nil if it is not positive definite to working
  /// precision.
  public init?(of matrix: SquareMatrix) {
    var lower = matrix
    for row in 0..<matrix.size {
      for column in 0...row {
        var remainder = matrix[row, column]
        for inner in 0..<column { remainder -= lower[row, inner] * lower[column, inner] }
        if column < row {
          lower[row, column] = remainder / lower[column, column]
        } else {
          guard remainder > 1e-15 * abs(matrix[row, row]), remainder.isFinite else { return nil }
          lower[row, row] = remainder.squareRoot()
        }
      }
    }
    self.lower = lower
  }

  /// Returns the solution x of M·x = right in O(n²) time.
  public func solve(_ right: [Double]) -> [Double] {
    precondition(right.count == lower.size, "one number per row")
    var solution = right
    for row in 0..<lower.size {
      for column in 0..<row { solution[row] -= lower[row, column] * solution[column] }
      solution[row] /= lower[row, row]
    }
    for row in (0..<lower.size).reversed() {
      for later in (row + 1)..<lower.size { solution[row] -= lower[later, row] * solution[later] }
      solution[row] /= lower[row, row]
    }
    return solution
  }

  /// ln det M.
  public var logDeterminant: Double { 2 * lower.diagonal.reduce(0) { $0 + log($1) } }

  /// The inverse of M.
  public var inverse: SquareMatrix {
    let indices = 0..<lower.size
    return SquareMatrix(
      size: lower.size,
      entries: indices.flatMap { row in solve(indices.map { $0 == row ? 1 : 0 }) })
  }
}
