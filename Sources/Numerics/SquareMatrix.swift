import Glibc

/// A dense square matrix of real numbers, row by row, with its solves.
public struct SquareMatrix: Equatable, Sendable {
  /// n, the number of rows.
  public let size: Int

  /// The n² entries, row after row.
  public var entries: [Double]

  /// A matrix of n² entries, row after row; zeros if left out.
  public init(size: Int, entries: [Double]? = nil) {
    self.size = size
    self.entries = entries ?? [Double](repeating: 0, count: size * size)
    precondition(self.entries.count == size * size, "size² entries")
  }

  /// A matrix of zeros but for its diagonal.
  public init(diagonal: [Double]) {
    self.init(size: diagonal.count)
    for index in diagonal.indices { self[index, index] = diagonal[index] }
  }

  /// The entry in a row and a column, both from 0.
  @inlinable
  public subscript(row: Int, column: Int) -> Double {
    get { entries[row * size + column] }
    set { entries[row * size + column] = newValue }
  }

  /// The entries on the diagonal.
  public var diagonal: [Double] { (0..<size).map { self[$0, $0] } }

  /// The matrix with rows and columns exchanged.
  public var transposed: SquareMatrix {
    var result = self
    for row in 0..<size {
      for column in 0..<size { result[column, row] = self[row, column] }
    }
    return result
  }

  /// The matrix product.
  ///
  /// - Complexity: O(n³).
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

  /// The matrix times a vector.
  ///
  /// - Complexity: O(n²).
  public static func * (left: SquareMatrix, vector: [Double]) -> [Double] {
    (0..<left.size).map { row in
      var sum = 0.0
      for column in 0..<left.size { sum += left[row, column] * vector[column] }
      return sum
    }
  }

  /// Returns an orthogonal matrix drawn evenly (by Haar's measure); equal seeds give equal matrices.
  ///
  /// Normal columns are made orthogonal one after the other, twice, so that rounding does not show.
  ///
  /// - Complexity: O(n³).
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

  /// Replaces right-hand sides, n rows of one entry for each, by the solutions of M·x = right, by
  /// elimination with row exchanges.
  ///
  /// The matrix is destroyed; nothing is allocated. The result is false where the matrix is singular, and
  /// the right-hand sides are then meaningless.
  ///
  /// - Complexity: O(n²·(n + right-hand sides)).
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

/// The factor L of a symmetric positive definite matrix M = L·Lᵀ (Cholesky).
public struct CholeskyFactor: Sendable {
  private let lower: SquareMatrix

  /// Factors a matrix, whose lower triangle is read; nil where it is not positive definite to working
  /// precision.
  ///
  /// - Complexity: O(n³).
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

  /// Returns the solution x of M·x = right.
  ///
  /// - Complexity: O(n²).
  public func solve(_ right: [Double]) -> [Double] {
    precondition(right.count == lower.size, "one number a row")
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

  /// M⁻¹.
  ///
  /// - Complexity: O(n³).
  public var inverse: SquareMatrix {
    let indices = 0..<lower.size
    return SquareMatrix(
      size: lower.size,
      entries: indices.flatMap { row in solve(indices.map { $0 == row ? 1 : 0 }) })
  }
}
