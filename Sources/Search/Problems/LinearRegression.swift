import Glibc
import Support

/// Least squares on D points without label noise, in terms of the residuals z (arXiv:2603.10301).
///
/// With the kernel K = VΛVᵀ, a step on a batch b of B points drawn without replacement is z ← (1 − ηω)z −
/// η(D/B)·K[:,b]·z_b + ηω·z₀, and the loss is |z|²/(2D). The terms in the decoupled weight decay ω (derived
/// here) pull residuals back to z₀, because weights that start at zero shrink by 1 − ηω.
public struct LinearRegression: Equatable, Sendable {
  /// λ_1 … λ_D, the kernel's eigenvalues.
  public let eigenvalues: [Double]

  /// E(v_i·z₀)², the initial squared residuals in the eigenbasis.
  public let start: [Double]

  /// B, the batch size.
  public let batch: Int

  /// ω, the decoupled weight decay.
  public let weightDecay: Double

  /// The spectrum and the start in a workload's identity.
  public let name: String

  /// D, the number of data points.
  public var dimension: Int { eigenvalues.count }

  /// Creates a problem with D ≥ 2 eigenvalues λ and as many squared residuals E(v_i·z₀)², each 0 to 10⁶.
  ///
  /// B is 1 to D and ω is 0 to 10³. The name stands for the spectrum and the start in the identity. Throws
  /// `InputError` for a number out of range.
  public init(
    eigenvalues: [Double], start: [Double], batch: Int, weightDecay: Double = 0,
    name: String = "given"
  ) throws(InputError) {
    precondition(eigenvalues.count == start.count, "one start per eigenvalue")
    try InputError.check(Double(eigenvalues.count), in: 2...100_000, "the number of data points")
    try InputError.check(Double(batch), in: 1...Double(eigenvalues.count), "the batch of")
    try InputError.check(weightDecay, in: 0...1e3, "the weight decay")
    for value in eigenvalues { try InputError.check(value, in: 0...1e6, "the eigenvalue") }
    for value in start { try InputError.check(value, in: 0...1e6, "the squared residual") }
    self.eigenvalues = eigenvalues
    self.start = start
    self.batch = batch
    self.weightDecay = weightDecay
    self.name = name
  }

  /// The initial residuals in the eigenbasis.
  public enum Start: String, CaseIterable, Sendable {
    /// Equal in every direction: m = 1.
    case isotropic

    /// m ∝ λ² with mean 1, a target that is easy to learn.
    case aligned
  }

  /// Returns the problem with the spectrum λ_i ∝ 1/i, normalised to sum 1.
  ///
  /// D is 2 to 100,000, B is 1 to D and ω is 0 to 10³. Throws `InputError` for a number out of range.
  public static func harmonic(
    dimension: Int = 100, batch: Int = 5, start: Start = .isotropic, weightDecay: Double = 0
  ) throws(InputError) -> LinearRegression {
    try InputError.check(Double(dimension), in: 2...100_000, "the number of data points")
    let inverses = (1...dimension).map { 1 / Double($0) }
    let total = inverses.reduce(0, +)
    let eigenvalues = inverses.map { $0 / total }
    let first: [Double]
    switch start {
    case .isotropic: first = [Double](repeating: 1, count: dimension)
    case .aligned:
      let squares = eigenvalues.map { $0 * $0 }
      let mean = squares.reduce(0, +) / Double(dimension)
      first = squares.map { $0 / mean }
    }
    return try LinearRegression(
      eigenvalues: eigenvalues, start: first, batch: batch, weightDecay: weightDecay,
      name: "harmonic-\(start.rawValue)")
  }

  /// 1/B − 1/D, the noise strength to leading order in D.
  public var noiseStrength: Double { 1 / Double(batch) - 1 / Double(dimension) }

  var identity: String {
    let decay = weightDecay == 0 ? "" : " weight-decay=\(decimalText(weightDecay))"
    return "problem=\(name) dimension=\(dimension) batch=\(batch)\(decay)"
  }

  /// Losses beyond this multiple of the first count as diverged.
  static let divergenceFactor = 1e6
}
