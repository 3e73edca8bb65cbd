import Glibc
import Numerics

/// A square matrix of real numbers, row by row.
public struct SquareMatrix: Equatable, Sendable {
  /// The number of rows.
  public let size: Int

  /// The entries, row after row.
  public private(set) var entries: [Double]

  /// A matrix from its entries.
  ///
  /// - Parameters:
  ///   - size: the number of rows.
  ///   - entries: size² of them, row after row.
  public init(size: Int, entries: [Double]) {
    precondition(entries.count == size * size, "size² entries")
    self.size = size
    self.entries = entries
  }

  /// A matrix of zeros but for its diagonal.
  init(diagonal: [Double]) {
    self.init(
      size: diagonal.count,
      entries: [Double](repeating: 0, count: diagonal.count * diagonal.count))
    for index in diagonal.indices { self[index, index] = diagonal[index] }
  }

  /// One entry.
  ///
  /// - Parameters:
  ///   - row: from 0.
  ///   - column: from 0.
  /// - Returns: the entry.
  public subscript(row: Int, column: Int) -> Double {
    get { entries[row * size + column] }
    set { entries[row * size + column] = newValue }
  }

  /// The entries on the diagonal.
  var diagonal: [Double] { (0..<size).map { self[$0, $0] } }

  /// The matrix with rows and columns exchanged.
  var transposed: SquareMatrix {
    var result = self
    for row in 0..<size {
      for column in 0..<size { result[column, row] = self[row, column] }
    }
    return result
  }

  /// The matrix product, O(size³).
  static func * (left: SquareMatrix, right: SquareMatrix) -> SquareMatrix {
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
  static func * (left: SquareMatrix, vector: [Double]) -> [Double] {
    (0..<left.size).map { row in
      var sum = 0.0
      for column in 0..<left.size { sum += left[row, column] * vector[column] }
      return sum
    }
  }

  /// An orthogonal matrix, evenly distributed (by Haar's measure): normal columns made orthogonal one
  /// after the other, twice, so that rounding does not show.
  ///
  /// - Parameters:
  ///   - size: the number of rows.
  ///   - seed: what makes the random numbers.
  /// - Returns: the matrix; its columns are the basis.
  /// - Complexity: O(size³).
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
}
