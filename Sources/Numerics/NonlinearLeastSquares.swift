/// Minimises a robust sum over residuals, Σ ρ(r_i(x)), by the Levenberg–Marquardt method.
///
/// ρ is Huber's loss: r²/2 up to a width w, w·(|r| − w/2) beyond. The default width is infinite: ordinary
/// least squares.
public struct NonlinearLeastSquares: Sendable {
  /// Huber's width, in the units of the residuals.
  public var width = Double.infinity

  /// The maximum number of iterations.
  public var mostIterations = 300

  /// The search ends when an accepted step lowers the sum by less than this, relatively.
  public var tolerance = 1e-12

  /// The result of a search.
  public struct Result: Sendable {
    /// The point.
    public let point: [Double]

    /// Σ ρ there; infinite if the residuals are not finite at the start.
    public let value: Double

    /// Whether the search ended because no step helped.
    public let isConverged: Bool
  }

  /// The residuals at a point.
  public struct Residuals: Sendable {
    /// r_i.
    public var values: [Double]

    /// ∂r_i/∂x_j at index i·n + j.
    public var jacobian: [Double]

    /// Creates zeros for a number of residuals and parameters.
    public init(count: Int, parameters: Int) {
      values = [Double](repeating: 0, count: count)
      jacobian = [Double](repeating: 0, count: count * parameters)
    }
  }

  /// Creates a method with the default settings.
  public init() {}

  /// Minimises over `count` residuals from one start of n numbers, in O(count·n²) and one evaluation per iteration.
  ///
  /// `residuals` sets all residuals and derivatives; a step to non-finite values is rejected.
  public func minimise(
    from start: [Double], count: Int,
    _ residuals: (_ point: [Double], _ into: inout Residuals) -> Void
  ) -> Result {
    let parameters = start.count
    var point = start
    var here = Residuals(count: count, parameters: parameters)
    residuals(point, &here)
    var value = sum(of: here)
    guard value.isFinite else { return Result(point: start, value: .infinity, isConverged: false) }
    var there = here
    var damping = 1e-3
    for _ in 0..<mostIterations {
      let (matrix, gradient) = normalEquations(of: here, parameters: parameters)
      var gain: Double?
      while damping < 1e16 {
        // Marquardt's scaling: each variable is damped by its own curvature.
        var damped = matrix
        for index in 0..<parameters {
          damped[index, index] += damping * max(matrix[index, index], 1e-12)
        }
        if let factored = CholeskyFactor(of: damped) {
          let step = factored.solve(gradient)
          let trial = zip(point, step).map { $0 - $1 }
          residuals(trial, &there)
          let trialValue = sum(of: there)
          if trialValue.isFinite, trialValue < value {
            gain = value - trialValue
            value = trialValue
            point = trial
            swap(&here, &there)
            damping = max(damping / 5, 1e-12)
            break
          }
        }
        damping *= 4
      }
      guard let gain, gain > tolerance * value else {
        return Result(point: point, value: value, isConverged: true)
      }
    }
    return Result(point: point, value: value, isConverged: false)
  }

  private func sum(of residuals: Residuals) -> Double {
    var total = 0.0
    for residual in residuals.values {
      let size = abs(residual)
      total += size <= width ? size * size / 2 : width * (size - width / 2)
    }
    return residuals.jacobian.allSatisfy(\.isFinite) ? total : .infinity
  }

  /// The lower triangle of JᵀWJ, and JᵀWr, with W = ρ′(r)/r.
  private func normalEquations(
    of residuals: Residuals, parameters: Int
  ) -> (matrix: SquareMatrix, gradient: [Double]) {
    var matrix = SquareMatrix(size: parameters)
    var gradient = [Double](repeating: 0, count: parameters)
    for (index, residual) in residuals.values.enumerated() {
      let size = abs(residual)
      let weight = size <= width ? 1 : width / size
      let row = index * parameters
      for first in 0..<parameters {
        let weighted = weight * residuals.jacobian[row + first]
        gradient[first] += weighted * residual
        for second in 0...first {
          matrix[first, second] += weighted * residuals.jacobian[row + second]
        }
      }
    }
    return (matrix, gradient)
  }
}
