/// Direct Cauchy sums Σ_j q_j/(y_i − x_j) of sources before their targets.
enum CauchySums {
  /// Adds Σ_j q_j/(y_i + (x_j + gap)) at every target y_i, eight at a time; four fractions share a division.
  static func add(
    _ positions: UnsafePointer<Double>, _ strengths: UnsafePointer<Double>, _ sourceCount: Int,
    gap: Double, _ targets: UnsafePointer<Double>, _ targetCount: Int,
    into result: UnsafeMutablePointer<Double>
  ) {
    for index in Swift.stride(from: 0, to: targetCount, by: 8) {
      let target = loadLanes(targets + index)
      var sum = SIMD8<Double>.zero
      if gap > 1e-30 {
        for j in Swift.stride(from: 0, to: sourceCount, by: 4) {
          let a = target + (positions[j] + gap)
          let b = target + (positions[j + 1] + gap)
          let c = target + (positions[j + 2] + gap)
          let d = target + (positions[j + 3] + gap)
          let first = strengths[j] * b + strengths[j + 1] * a
          let second = strengths[j + 2] * d + strengths[j + 3] * c
          let firstProduct = a * b
          let secondProduct = c * d
          sum += (first * secondProduct + second * firstProduct) / (firstProduct * secondProduct)
        }
      } else {
        // Products of four such distances and a weight could underflow.
        for j in 0..<sourceCount { sum += strengths[j] / (target + (positions[j] + gap)) }
      }
      storeLanes(loadLanes(result + index) + sum, to: result + index)
    }
  }

  /// Adds the strictly causal sums of a group at its own points, lag by lag; only the first `held` places
  /// have steps.
  static func addWithin(
    steps: UnsafePointer<Double>, held: Int, weights: UnsafePointer<Double>,
    into sums: UnsafeMutablePointer<Double>, size: Int
  ) {
    // As many points of weight zero, a step of 1 apart, precede the group.
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 5 * size) { scratch in
      guard let weight = scratch.baseAddress else { return }
      let step = weight + 2 * size
      let distance = weight + 4 * size
      weight.initialize(repeating: 0, count: size)
      (weight + size).initialize(from: weights, count: size)
      step.initialize(repeating: 1, count: 2 * size)
      (step + size).update(from: steps, count: held)
      distance.initialize(repeating: 0, count: size)
      for lag in Swift.stride(from: 1, to: size, by: 2) {
        for index in Swift.stride(from: lag / 8 * 8, to: size, by: 8) {
          let place = size + index
          let first = loadLanes(distance + index) + loadLanes(step + place - lag + 1)
          let second = first + loadLanes(step + place - lag)
          let nearer = loadLanes(weight + place - lag)
          let farther = loadLanes(weight + place - lag - 1)
          let sum = (nearer * second + farther * first) / (first * second)
          storeLanes(loadLanes(sums + index) + sum, to: sums + index)
          storeLanes(second, to: distance + index)
        }
      }
    }
  }
}

/// Eight consecutive numbers.
@inline(__always)
func loadLanes(_ pointer: UnsafePointer<Double>) -> SIMD8<Double> {
  UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Double>.self)
}

/// Writes eight consecutive numbers.
@inline(__always)
func storeLanes(_ lanes: SIMD8<Double>, to pointer: UnsafeMutablePointer<Double>) {
  UnsafeMutableRawPointer(pointer).storeBytes(of: lanes, as: SIMD8<Double>.self)
}
