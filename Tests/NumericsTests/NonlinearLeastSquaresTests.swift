import Glibc
import Numerics
import TestSupport
import Testing

@Suite struct NonlinearLeastSquaresTests {
  /// y = A·e^(−kx) + C at 20 points.
  static func fit(
    _ values: [Double], width: Double = .infinity, from start: [Double] = [1, 0.3, 0]
  ) -> NonlinearLeastSquares.Result {
    var method = NonlinearLeastSquares()
    method.width = width
    return method.minimise(from: start, count: values.count) { point, residuals in
      for (index, value) in values.enumerated() {
        let x = Double(index) / 4
        let decay = exp(-point[1] * x)
        residuals.values[index] = point[0] * decay + point[2] - value
        residuals.jacobian[3 * index] = decay
        residuals.jacobian[3 * index + 1] = -point[0] * x * decay
        residuals.jacobian[3 * index + 2] = 1
      }
    }
  }

  static let exact = (0..<20).map { 2.5 * exp(-0.8 * Double($0) / 4) + 0.7 }

  @Test func recoversExactValues() {
    let found = Self.fit(Self.exact)
    #expect(found.isConverged && found.value < 1e-20)
    for (value, expected) in zip(found.point, [2.5, 0.8, 0.7]) {
      #expect(relativeError(value, expected) < 1e-8)
    }
  }

  /// One value far off moves plain least squares, and Huber's hardly.
  @Test func outliers() {
    var values = Self.exact
    values[9] += 3
    let plain = Self.fit(values).point
    let robust = Self.fit(values, width: 1e-3).point
    #expect(abs(plain[1] - 0.8) > 0.05)
    #expect(abs(robust[1] - 0.8) < 1e-3)
  }

  @Test func aStartThatIsNotFinite() {
    let found = Self.fit(Self.exact, from: [1, -1e4, 0])
    #expect(found.value == .infinity && !found.isConverged && found.point == [1, -1e4, 0])
  }

  /// Directions that change nothing neither trap nor lead away.
  @Test func aFlatDirection() {
    let found = NonlinearLeastSquares().minimise(from: [3, 5], count: 1) { point, residuals in
      residuals.values[0] = point[0] - 1
      residuals.jacobian[0] = 1
      residuals.jacobian[1] = 0
    }
    #expect(abs(found.point[0] - 1) < 1e-8 && found.point[1] == 5)
  }
}
