/// The norms of the stochastic gradients, G_t = √E‖g_t‖², that enter a bound.
public struct GradientNorms: Equatable, Sendable {
  enum Storage: Equatable, Sendable {
    case constant(Double)
    case perStep([Double])
  }

  let storage: Storage

  /// G = 1 at every step; it cancels in every ratio of learning rates.
  public static let one = GradientNorms(storage: .constant(1))

  /// The same norm at every step.
  ///
  /// - Parameter norm: G, 1e-50 to 1e50.
  /// - Returns: the norms.
  /// - Throws: ``BoundError/outOfRange(name:value:range:)``.
  public static func constant(_ norm: Double) throws(BoundError) -> GradientNorms {
    try requireUsable(norm, "gradient norm")
    return GradientNorms(storage: .constant(norm))
  }

  /// One norm a step, G_1 first.
  ///
  /// - Parameter norms: from 0 to 1e50, at least one of them above 1e-50.
  /// - Returns: the norms.
  /// - Throws: ``BoundError`` naming the first norm at fault.
  /// - Complexity: O(T).
  public static func perStep(_ norms: [Double]) throws(BoundError) -> GradientNorms {
    var largest = 0.0
    for (index, norm) in norms.enumerated() {
      guard norm >= 0, norm <= usableMagnitudes.upperBound else {
        throw BoundError.norm(index: index, value: norm)
      }
      largest = max(largest, norm)
    }
    guard largest >= usableMagnitudes.lowerBound else { throw BoundError.normsAllZero }
    return GradientNorms(storage: .perStep(norms))
  }

  /// The norm, where it is the same at every step.
  public var constant: Double? {
    if case .constant(let norm) = storage { return norm }
    return nil
  }

  /// The norms, one a step; empty for a constant norm.
  public var perStep: [Double] {
    if case .perStep(let norms) = storage { return norms }
    return []
  }

  /// The norm at a 0-based step.
  func norm(at index: Int) -> Double {
    switch storage {
    case .constant(let norm): return norm
    case .perStep(let norms): return norms[index]
    }
  }

  /// The number of steps that the norms are for; nil for a constant norm.
  public var steps: Int? {
    if case .perStep(let norms) = storage { return norms.count }
    return nil
  }
}
