import Glibc

/// Returns the coefficients x that minimise Σ_i w_i·(rows_i · x − values_i)², by Householder reflections in
/// O(rows · n²) time.
///
/// Weights are positive. Returns nil if the columns are linearly dependent to working precision or
/// outnumber the rows.
public func leastSquares(rows: [[Double]], values: [Double], weights: [Double]) -> [Double]? {
  precondition(
    rows.count == values.count && rows.count == weights.count, "one value and one weight per row")
  guard let columns = rows.first?.count, rows.count >= columns, columns > 0 else { return nil }
  var matrix = zip(rows, weights).map { row, weight in row.map { $0 * weight.squareRoot() } }
  var right = zip(values, weights).map { $0 * $1.squareRoot() }

  // Scales columns of very different size (1/γ beside γ) to unit length.
  var scales: [Double] = []
  for column in 0..<columns {
    let length = matrix.reduce(0) { $0 + $1[column] * $1[column] }.squareRoot()
    guard length > 0, length.isFinite else { return nil }
    scales.append(length)
    for row in matrix.indices { matrix[row][column] /= length }
  }

  for column in 0..<columns {
    var norm = 0.0
    for row in column..<matrix.count { norm += matrix[row][column] * matrix[row][column] }
    norm = norm.squareRoot()
    guard norm > 1e-12 else { return nil }
    let pivot = matrix[column][column] > 0 ? -norm : norm
    var reflector = matrix.map { $0[column] }
    for row in 0..<column { reflector[row] = 0 }
    reflector[column] -= pivot
    let length = reflector.reduce(0) { $0 + $1 * $1 }
    for target in column..<columns {
      var dot = 0.0
      for row in column..<matrix.count { dot += reflector[row] * matrix[row][target] }
      let factor = 2 * dot / length
      for row in column..<matrix.count { matrix[row][target] -= factor * reflector[row] }
    }
    var dot = 0.0
    for row in column..<matrix.count { dot += reflector[row] * right[row] }
    let factor = 2 * dot / length
    for row in column..<matrix.count { right[row] -= factor * reflector[row] }
  }

  var solution = [Double](repeating: 0, count: columns)
  for column in (0..<columns).reversed() {
    var remainder = right[column]
    for later in (column + 1)..<columns {
      remainder -= matrix[column][later] * solution[later]
    }
    solution[column] = remainder / matrix[column][column]
  }
  return zip(solution, scales).map { $0 / $1 }
}
