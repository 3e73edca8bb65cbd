import Numerics
import Testing

@Suite struct LeastSquaresTests {
  @Test func recoversExactCoefficients() throws {
    let xs = [1e-4, 5e-4, 1e-3, 2e-3]
    let rows = xs.map { [1, 1 / $0, $0] }
    let values = xs.map { 3 + 2e-5 / $0 + 20 * $0 }
    let found = try #require(
      leastSquares(rows: rows, values: values, weights: [1, 2, 3, 4]))
    for (value, expected) in zip(found, [3, 2e-5, 20]) {
      #expect(abs(value / expected - 1) < 1e-10)
    }
  }

  @Test func weightsCount() throws {
    let mean = try #require(
      leastSquares(rows: [[1], [1]], values: [0, 10], weights: [3, 1]))
    #expect(abs(mean[0] - 2.5) < 1e-14)
  }

  @Test func refusesDependentColumns() {
    #expect(leastSquares(rows: [[1, 2], [2, 4]], values: [1, 2], weights: [1, 1]) == nil)
    #expect(leastSquares(rows: [[1, 2]], values: [1], weights: [1]) == nil)
  }
}
