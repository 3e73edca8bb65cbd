import Support

/// The norms of the stochastic gradients, G_t = √E‖g_t‖², in a bound.
public struct GradientNorms: Equatable, Sendable {
  enum Storage: Equatable, Sendable {
    case constant(Double)
    case perStep([Double])
  }

  let storage: Storage

  /// G = 1 at every step; it cancels in every ratio of learning rates.
  public static let one = GradientNorms(storage: .constant(1))

  /// Returns the same norm G, 1e-50 to 1e50, for every step.
  public static func constant(_ norm: Double) throws(InputError) -> GradientNorms {
    try InputError.check(norm, "gradient norm")
    return GradientNorms(storage: .constant(norm))
  }

  /// Returns one norm per step, G_1 first: 0 to 1e50, at least one of them above 1e-50.
  public static func perStep(_ norms: [Double]) throws(InputError) -> GradientNorms {
    var largest = 0.0
    for (index, norm) in norms.enumerated() {
      guard norm >= 0, norm <= usableMagnitudes.upperBound else {
        throw .gradientNorm(norm, at: index, hint: "give numbers from 0 to 1e50")
      }
      largest = max(largest, norm)
    }
    guard largest >= usableMagnitudes.lowerBound else { throw .zeroGradientNorms }
    return GradientNorms(storage: .perStep(norms))
  }

  /// The norm if it is constant.
  public var constant: Double? {
    if case .constant(let norm) = storage { return norm }
    return nil
  }

  /// One norm per step; empty for a constant norm.
  public var perStep: [Double] {
    if case .perStep(let norms) = storage { return norms }
    return []
  }

  /// The number of per-step norms; nil for a constant norm.
  public var steps: Int? {
    if case .perStep(let norms) = storage { return norms.count }
    return nil
  }

  func norm(at index: Int) -> Double {
    switch storage {
    case .constant(let norm): return norm
    case .perStep(let norms): return norms[index]
    }
  }

  /// Throws if the number of norms differs from the run's steps.
  package func check(steps: Int) throws(InputError) {
    guard let count = self.steps, count != steps else { return }
    throw InputError(
      problem: "\(count) gradient norms were given for \(steps) steps",
      hint: "give one per step")
  }
}

extension InputError {
  static let zeroGradientNorms = InputError(
    problem: "every gradient norm is zero", hint: "give at least one positive norm")

  static func gradientNorm(_ norm: Double, at index: Int, hint: String) -> InputError {
    InputError(problem: "gradient norm \(index + 1) is \(decimalText(norm))", hint: hint)
  }
}
