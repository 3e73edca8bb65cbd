import Glibc
import Numerics
import TestSupport
import Testing

@Suite struct SquareMatrixTests {
  @Test func solvesRandomSystems() {
    var generator = SplitMix64(seed: 21)
    for size in 1...9 {
      func numbers(_ count: Int) -> [Double] {
        (0..<count).map { _ in Double.random(in: -1...1, using: &generator) }
      }
      let matrix = SquareMatrix(size: size, entries: numbers(size * size))
      let right = numbers(size * 2)
      var (eliminated, solution) = (matrix, right)
      let isRegular = eliminated.eliminate(&solution)
      #expect(isRegular)
      for row in 0..<size {
        for column in 0..<2 {
          let product = (0..<size).reduce(0) {
            $0 + matrix[row, $1] * solution[$1 * 2 + column]
          }
          #expect(abs(product - right[row * 2 + column]) < 1e-11)
        }
      }
    }
  }

  @Test func refusesSingularSystems() {
    var matrix = SquareMatrix(size: 2, entries: [1, 2, 2, 4])
    var right = [1.0, 1]
    let isRegular = matrix.eliminate(&right)
    #expect(!isRegular)
  }

  @Test func orthogonalMatricesAre() {
    let matrix = SquareMatrix.orthogonal(size: 30, seed: 5)
    for row in 0..<30 {
      for other in 0...row {
        let product = (0..<30).reduce(0) { $0 + matrix[row, $1] * matrix[other, $1] }
        #expect(abs(product - (row == other ? 1 : 0)) < 1e-14)
      }
    }
  }
}

@Suite struct CholeskyFactorTests {
  @Test func solvesAndInverts() throws {
    let rows: [[Double]] = [[4, 2, -1], [2, 5, 0.5], [-1, 0.5, 3]]
    let factored = try #require(
      CholeskyFactor(of: SquareMatrix(size: rows.count, entries: rows.flatMap(\.self))))
    let solution = factored.solve([1, -2, 0.5])
    for (row, right) in zip(rows, [1, -2, 0.5]) {
      #expect(abs(zip(row, solution).reduce(0) { $0 + $1.0 * $1.1 } - right) < 1e-14)
    }
    #expect(abs(factored.logDeterminant - log(40)) < 1e-14)
    let inverse = factored.inverse
    for row in 0..<3 {
      for column in 0..<3 {
        let entry = (0..<3).reduce(0) { $0 + rows[row][$1] * inverse[$1, column] }
        #expect(abs(entry - (row == column ? 1 : 0)) < 1e-14)
      }
    }
  }

  @Test(arguments: [
    [[1, 2], [2, 1]], [[0, 0], [0, 1]], [[1, 1], [1, 1]], [[.nan, 0], [0, 1]],
  ])
  func refuses(_ rows: [[Double]]) {
    #expect(
      CholeskyFactor(of: SquareMatrix(size: rows.count, entries: rows.flatMap(\.self))) == nil)
  }
}
