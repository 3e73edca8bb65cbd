/// Minimises a smooth function of many variables under upper bounds by projected L-BFGS: limited memory on
/// the free variables, backtracking along the projected path.
public struct BoundedQuasiNewton: Sendable {
  /// How many pairs of steps and gradient changes are kept.
  public var memory = 20

  /// The maximum number of iterations.
  public var mostIterations = 5000

  /// The search ends when no entry of the projected gradient exceeds this.
  public var tolerance = 1e-12

  /// The longest move of a variable in one iteration.
  public var longestMove = 1.0

  /// The result of a search.
  public struct Result: Sendable {
    /// The best point found.
    public let point: [Double]

    /// The function's value there.
    public let value: Double

    /// The largest entry of the projected gradient; a variable held at its bound counts as zero.
    public let projectedGradient: Double

    /// The number of iterations.
    public let iterations: Int
  }

  /// Creates a method with the default settings.
  public init() {}

  /// Minimises a function of `start.count` variables from a start, which is moved into the bounds.
  ///
  /// `function` returns its value and sets the gradient; a non-finite value shortens the step. Bounds may be
  /// infinite. `progress` gets each iteration's number and value, and stops the search by returning false. The
  /// result is the best point found, converged or not. An iteration takes O(n·memory) and one or two evaluations.
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
      // Variables at or near their bound that want to go beyond it are held there (Bertsekas 1982): in the
      // subspace of the others the curvature seen is that of the function.
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

  /// Halves the step along the projected path until the value falls enough; nil if it never does.
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

  /// A descent direction and the longest step along it; pairs that lead uphill are dropped.
  private func searchDirection(
    _ gradient: [Double], isFree: [Bool], pairs: inout [(step: [Double], change: [Double])]
  ) -> (direction: [Double], length: Double) {
    var (direction, isScaled) = scaledDirection(gradient, isFree: isFree, pairs: pairs)
    if !(dot(direction, gradient) < 0) {
      pairs.removeAll()
      direction = isFree.indices.map { isFree[$0] ? -gradient[$0] : 0 }
      isScaled = false
    }
    // Limits the move of every variable. Without curvature to scale it, a step starts at full length, which
    // leaves regions where the function is concave.
    let length = longestMove / direction.reduce(0) { max($0, abs($1)) }
    return (direction, isScaled ? min(1, length) : length)
  }

  /// Within this distance a variable that wants to go beyond its bound is put on it.
  private static let nearness = 1e-9

  /// The largest entry of the gradient; at a bound only if it points inwards.
  private func projectedGradient(
    _ point: [Double], _ gradient: [Double], _ upperBounds: [Double]
  ) -> Double {
    var largest = 0.0
    for index in point.indices {
      // A variable can move no further than its bound.
      let room = upperBounds[index] - point[index]
      let entry = gradient[index] < 0 ? min(-gradient[index], room) : gradient[index]
      if !(entry <= largest) { largest = entry }
    }
    return largest
  }

  /// −H·gradient on the free variables by the two-loop recursion over pairs with positive curvature there,
  /// and whether curvature scales it.
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
