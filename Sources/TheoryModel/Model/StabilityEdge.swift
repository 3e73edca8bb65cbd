import Numerics

extension FeatureModel {
  /// The highest constant learning rate whose loss stays bounded (mean-square stability; derived here).
  ///
  /// Every mode contracts, (1 + 1/m)·ηλ_1 < 2, and gradient noise feeds back less than it is damped:
  /// Σ_k ηλ_k/(m·(2 − (1 + 1/m)·ηλ_k)) < 1. The root of the second is found to 10⁻¹³. A decaying
  /// schedule may start somewhat higher and end well.
  public var stabilityEdge: Double {
    let batch = task.batch
    let feedback = 1 + 1 / batch
    let contraction = 2 / feedback
    func excess(_ rate: Double) -> Double {
      var sum = 0.0
      spectrum.forEachMode { eigenvalue, _, gain in
        guard eigenvalue > 0 else { return }
        sum += rate * gain / eigenvalue / (batch * (2 - feedback * rate * eigenvalue))
      }
      return sum - 1
    }
    // Beside the first mode's limit the sum is past all bounds.
    let highest = contraction * (1 - 1e-15)
    guard excess(highest) > 0 else { return highest }
    return root(in: 0...highest, tolerance: 1e-14, of: excess) ?? highest
  }
}
