/// Minimises a smooth function of many variables under upper bounds, by a limited-memory quasi-Newton
/// method with projection (L-BFGS on the variables that are free, backtracking along the projected
/// path).
public struct BoundedQuasiNewton: Sendable {
  /// How many pairs of steps and gradient changes are kept.
  public var memory = 20

  /// The most iterations.
  public var mostIterations = 5000

  /// The largest entry of the projected gradient at which the search ends.
  public var tolerance = 1e-12

  /// What was found.
  public struct Result: Sendable {
    /// The point.
    public let point: [Double]

    /// The function's value there.
    public let value: Double

    /// The largest entry of the projected gradient: zero for a variable at its bound that wants to go
    /// beyond it.
    public let projectedGradient: Double

    /// How many iterations it took.
    public let iterations: Int
  }

  /// A method with the usual settings.
  public init() {}

  /// Minimises a function.
  ///
  /// - Parameters:
  ///   - function: the value at a point; it sets the gradient. Not finite is taken as too far.
  ///   - start: the first point; it is moved into the bounds.
  ///   - upperBounds: one bound a variable, infinite where there is none.
  ///   - progress: called after each iteration with its number and the value; false stops the search.
  /// - Returns: the best point found, converged or not.
  /// - Complexity: O(n·memory) an iteration, and one or two evaluations.
  public func minimise(
    _ function: (_ point: [Double], _ gradient: inout [Double]) -> Double, from start: [Double],
    upperBounds: [Double], progress: (Int, Double) -> Bool = { _, _ in true }
  ) -> Result {
    let count = start.count
    var point = zip(start, upperBounds).map { min($0, $1) }
    var gradient = [Double](repeating: 0, count: count)
    var value = function(point, &gradient)
    var pairs: [(step: [Double], change: [Double], curvature: Double)] = []
    var iterations = 0
    var trial = point
    var trialGradient = gradient

    while iterations < mostIterations {
      // Variables at their bound that want to go beyond it are held.
      let isFree = (0..<count).map { point[$0] < upperBounds[$0] || gradient[$0] > 0 }
      var largest = 0.0
      for index in 0..<count where isFree[index] { largest = max(largest, abs(gradient[index])) }
      if largest <= tolerance { break }

      var direction = searchDirection(gradient: gradient, isFree: isFree, pairs: pairs)
      var slope = dot(direction, gradient)
      if !(slope < 0) {
        pairs.removeAll()
        direction = (0..<count).map { isFree[$0] ? -gradient[$0] : 0 }
        slope = dot(direction, gradient)
      }
      // The first step is kept short; later ones are scaled by the curvature seen.
      var length = 1.0
      if pairs.isEmpty {
        let steepest = direction.reduce(0) { max($0, abs($1)) }
        length = min(1, 0.1 / steepest)
      }
      var trialValue = Double.infinity
      var isAccepted = false
      for _ in 0..<60 {
        for index in 0..<count {
          trial[index] = min(point[index] + length * direction[index], upperBounds[index])
        }
        trialValue = function(trial, &trialGradient)
        var expected = 0.0
        for index in 0..<count { expected += gradient[index] * (trial[index] - point[index]) }
        // At the end, values agree to rounding, and the gradient decides.
        let rounding = 4 * abs(value).ulp
        if trialValue.isFinite, trialValue <= value + 1e-4 * expected + rounding {
          isAccepted = true
          break
        }
        length /= 2
      }
      guard isAccepted else {
        if pairs.isEmpty { break }
        pairs.removeAll()
        continue
      }
      iterations += 1
      var step = [Double](repeating: 0, count: count)
      var change = step
      var curvature = 0.0
      var square = 0.0
      for index in 0..<count {
        step[index] = trial[index] - point[index]
        change[index] = trialGradient[index] - gradient[index]
        curvature += step[index] * change[index]
        square += change[index] * change[index]
      }
      swap(&point, &trial)
      swap(&gradient, &trialGradient)
      value = trialValue
      if curvature > 1e-12 * square {
        pairs.append((step, change, curvature))
        if pairs.count > memory { pairs.removeFirst() }
      }
      if !progress(iterations, value) { break }
    }
    var projected = 0.0
    for index in 0..<count where point[index] < upperBounds[index] || gradient[index] > 0 {
      projected = max(projected, abs(gradient[index]))
    }
    return Result(
      point: point, value: value, projectedGradient: projected, iterations: iterations)
  }

  /// −H·gradient on the free variables, by the two-loop recursion.
  private func searchDirection(
    gradient: [Double], isFree: [Bool],
    pairs: [(step: [Double], change: [Double], curvature: Double)]
  ) -> [Double] {
    var direction = gradient
    for index in direction.indices where !isFree[index] { direction[index] = 0 }
    guard let latest = pairs.last else { return direction.map { -$0 } }
    var factors = [Double](repeating: 0, count: pairs.count)
    for (index, pair) in pairs.enumerated().reversed() {
      factors[index] = dot(pair.step, direction) / pair.curvature
      add(-factors[index], pair.change, to: &direction)
    }
    let scale = latest.curvature / dot(latest.change, latest.change)
    for index in direction.indices { direction[index] *= scale }
    for (index, pair) in pairs.enumerated() {
      let correction = factors[index] - dot(pair.change, direction) / pair.curvature
      add(correction, pair.step, to: &direction)
    }
    for index in direction.indices { direction[index] = isFree[index] ? -direction[index] : 0 }
    return direction
  }

  private func dot(_ first: [Double], _ second: [Double]) -> Double {
    var lanes = SIMD8<Double>.zero
    var rest = 0.0
    let whole = first.count / 8 * 8
    first.withUnsafeBytes { first in
      second.withUnsafeBytes { second in
        for index in stride(from: 0, to: whole, by: 8) {
          lanes +=
            first.loadUnaligned(fromByteOffset: 8 * index, as: SIMD8<Double>.self)
            * second.loadUnaligned(fromByteOffset: 8 * index, as: SIMD8<Double>.self)
        }
      }
    }
    for index in whole..<first.count { rest += first[index] * second[index] }
    return lanes.sum() + rest
  }

  private func add(_ factor: Double, _ first: [Double], to second: inout [Double]) {
    for index in first.indices { second[index] += factor * first[index] }
  }
}
