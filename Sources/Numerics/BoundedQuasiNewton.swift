/// Minimises a smooth function of many variables under upper bounds, by a limited-memory quasi-Newton
/// method with projection (L-BFGS on the variables that are free, backtracking along the projected
/// path).
public struct BoundedQuasiNewton: Sendable {
  /// The number of pairs of steps and gradient changes to keep.
  public var memory = 20

  /// The most iterations.
  public var mostIterations = 5000

  /// The largest entry of the projected gradient at which the search ends.
  public var tolerance = 1e-12

  /// How far a variable moves in an iteration at most.
  public var longestMove = 1.0

  /// The result of a search.
  public struct Result: Sendable {
    /// The point.
    public let point: [Double]

    /// The function's value there.
    public let value: Double

    /// The largest entry of the projected gradient, in which variables at their bound that push against
    /// it count as zero.
    public let projectedGradient: Double

    /// The number of iterations.
    public let iterations: Int
  }

  /// A method with the usual settings.
  public init() {}

  /// Minimises a function of `start.count` variables from a start, which is moved into the bounds.
  ///
  /// The function returns its value at a point and sets the gradient; a value that is not finite counts
  /// as too far. Upper bounds are infinite where a variable has none. `progress` is called after each
  /// iteration with its number and the value; false stops the search. The result is the best point found,
  /// converged or not.
  ///
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

      let (direction, length) = searchDirection(gradient, isFree: isFree, pairs: &pairs)
      guard
        let trialValue = backtracked(
          function, from: point, value, gradient, along: direction, length,
          upperBounds: upperBounds, into: &trial, &trialGradient)
      else {
        if pairs.isEmpty { break }
        pairs.removeAll()
        continue
      }
      iterations += 1
      pairs.append(
        (zip(trial, point).map { $0 - $1 }, zip(trialGradient, gradient).map { $0 - $1 }))
      if pairs.count > memory { pairs.removeFirst() }
      swap(&point, &trial)
      swap(&gradient, &trialGradient)
      value = trialValue
      if !progress(iterations, value) { break }
    }
    let projected = value.isFinite ? projectedGradient(point, gradient, upperBounds) : .infinity
    return Result(
      point: point, value: value, projectedGradient: projected, iterations: iterations)
  }

  /// Goes from a point along the projected path, halving the length until the value falls enough; returns
  /// that value, or nil where no length serves.
  private func backtracked(
    _ function: (_ point: [Double], _ gradient: inout [Double]) -> Double, from point: [Double],
    _ value: Double, _ gradient: [Double], along direction: [Double], _ longest: Double,
    upperBounds: [Double], into trial: inout [Double], _ trialGradient: inout [Double]
  ) -> Double? {
    var length = longest
    for _ in 0..<60 {
      for index in point.indices {
        trial[index] = min(point[index] + length * direction[index], upperBounds[index])
      }
      let trialValue = function(trial, &trialGradient)
      var expected = 0.0
      for index in point.indices { expected += gradient[index] * (trial[index] - point[index]) }
      // The bounds may have cut off the descent. At the end, values agree to rounding.
      let rounding = 4 * abs(value).ulp
      if expected < 0, trialValue.isFinite, trialValue <= value + 1e-4 * expected + rounding {
        return trialValue
      }
      length /= 2
    }
    return nil
  }

  /// A direction of descent and the longest step along it; pairs that lead uphill are dropped.
  private func searchDirection(
    _ gradient: [Double], isFree: [Bool], pairs: inout [(step: [Double], change: [Double])]
  ) -> (direction: [Double], length: Double) {
    var (direction, isScaled) = scaledDirection(gradient, isFree: isFree, pairs: pairs)
    if !(dot(direction, gradient) < 0) {
      pairs.removeAll()
      direction = isFree.indices.map { isFree[$0] ? -gradient[$0] : 0 }
      isScaled = false
    }
    // No variable moves far in one iteration. Without a curvature to scale it by, a step begins as
    // long as it may be: where the function is concave, that is how to get out of there.
    let length = longestMove / direction.reduce(0) { max($0, abs($1)) }
    return (direction, isScaled ? min(1, length) : length)
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
  private func scaledDirection(
    _ gradient: [Double], isFree: [Bool], pairs: [(step: [Double], change: [Double])]
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
