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

  /// The most that a variable moves in an iteration.
  public var longestMove = 1.0

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
    var pairs: [(step: [Double], change: [Double])] = []
    var iterations = 0
    var trial = point
    var trialGradient = gradient

    while iterations < mostIterations, value.isFinite {
      let largest = projectedGradient(point, gradient, upperBounds)
      if largest <= tolerance { break }
      // Variables at their bound, or nearly, that want to go beyond it are held there (Bertsekas 1982):
      // in the subspace of the others the curvature seen is that of the function.
      let isFree = (0..<count).map {
        upperBounds[$0] - point[$0] > Self.nearness || gradient[$0] >= 0
      }
      var isMoved = false
      for index in 0..<count where !isFree[index] && point[index] < upperBounds[index] {
        point[index] = upperBounds[index]
        isMoved = true
      }
      if isMoved { value = function(point, &gradient) }

      var (direction, isScaled) = searchDirection(
        gradient: gradient, isFree: isFree, pairs: pairs)
      if !(dot(direction, gradient) < 0) {
        pairs.removeAll()
        direction = (0..<count).map { isFree[$0] ? -gradient[$0] : 0 }
        isScaled = false
      }
      // No variable moves far in one iteration. Without a curvature to scale it by, a step begins as
      // long as it may be: where the function is concave, that is how to get out of there.
      let steepest = direction.reduce(0) { max($0, abs($1)) }
      var length = longestMove / steepest
      if isScaled { length = min(1, length) }
      var trialValue = Double.infinity
      var isAccepted = false
      for _ in 0..<60 {
        for index in 0..<count {
          trial[index] = min(point[index] + length * direction[index], upperBounds[index])
        }
        trialValue = function(trial, &trialGradient)
        var expected = 0.0
        for index in 0..<count { expected += gradient[index] * (trial[index] - point[index]) }
        // What the bounds cut off may have been the descent. At the end, values agree to rounding.
        let rounding = 4 * abs(value).ulp
        if expected < 0, trialValue.isFinite, trialValue <= value + 1e-4 * expected + rounding {
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
      for index in 0..<count {
        step[index] = trial[index] - point[index]
        change[index] = trialGradient[index] - gradient[index]
      }
      swap(&point, &trial)
      swap(&gradient, &trialGradient)
      value = trialValue
      pairs.append((step, change))
      if pairs.count > memory { pairs.removeFirst() }
      if !progress(iterations, value) { break }
    }
    let projected = value.isFinite ? projectedGradient(point, gradient, upperBounds) : .infinity
    return Result(
      point: point, value: value, projectedGradient: projected, iterations: iterations)
  }

  /// How near its bound a variable that wants to go beyond it is put on it.
  private static let nearness = 1e-9

  /// The largest entry of the gradient, of variables at their bound only where it points inwards.
  private func projectedGradient(
    _ point: [Double], _ gradient: [Double], _ upperBounds: [Double]
  ) -> Double {
    var largest = 0.0
    for index in point.indices {
      // Towards the bound a variable can go no further than its distance.
      let room = upperBounds[index] - point[index]
      let entry = gradient[index] < 0 ? min(-gradient[index], room) : gradient[index]
      if !(entry <= largest) { largest = entry }
    }
    return largest
  }

  /// −H·gradient on the free variables, by the two-loop recursion over the pairs' free parts, and
  /// whether a curvature scales it.
  ///
  /// A pair whose free part shows no positive curvature says nothing about the subspace.
  private func searchDirection(
    gradient: [Double], isFree: [Bool], pairs: [(step: [Double], change: [Double])]
  ) -> (direction: [Double], isScaled: Bool) {
    var direction = gradient
    for index in direction.indices where !isFree[index] { direction[index] = 0 }
    let usable: [(step: [Double], change: [Double], curvature: Double, square: Double)] =
      pairs.compactMap { pair in
        var curvature = 0.0
        var square = 0.0
        for index in isFree.indices where isFree[index] {
          curvature += pair.step[index] * pair.change[index]
          square += pair.change[index] * pair.change[index]
        }
        return curvature > 1e-12 * square ? (pair.step, pair.change, curvature, square) : nil
      }
    guard let latest = usable.last else { return (direction.map { -$0 }, false) }
    func clear(_ vector: inout [Double]) {
      for index in vector.indices where !isFree[index] { vector[index] = 0 }
    }
    var factors = [Double](repeating: 0, count: usable.count)
    for (index, pair) in usable.enumerated().reversed() {
      factors[index] = dot(pair.step, direction) / pair.curvature
      add(-factors[index], pair.change, to: &direction)
      clear(&direction)
    }
    let scale = latest.curvature / latest.square
    for index in direction.indices { direction[index] *= scale }
    for (index, pair) in usable.enumerated() {
      let correction = factors[index] - dot(pair.change, direction) / pair.curvature
      add(correction, pair.step, to: &direction)
      clear(&direction)
    }
    return (direction.map { -$0 }, true)
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
