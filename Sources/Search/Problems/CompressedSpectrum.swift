import Glibc
import Numerics

/// Few eigenvalues with weights that stand for many in the recursion without weight decay.
///
/// All that the recursion adds up over the eigenvalues are sums of Π(1 − η_tλ)² times 1 or λ², which is a
/// polynomial of λ. The largest eigenvalues are kept; for the others a Gauss rule is used, whose error on an
/// interval [a, b] with middle c and half-width r is at most (64/15)·M·ρ^(−2n)/(1 − ρ^(−2)) for any ρ > 1, where M
/// bounds the polynomial on Bernstein's ellipse (Trefethen, Approximation Theory, theorem 19.3). As long as
/// no η_t exceeds 1/b it is largest at the ellipse's left end x = c − r(ρ + 1/ρ)/2, and
/// M ≤ exp(−2x·Ση_t) (derived here).
struct CompressedSpectrum: Sendable {
  /// λ of the kept eigenvalues and of the nodes.
  let eigenvalues: [Double]

  /// How many eigenvalues each stands for.
  let weights: [Double]

  /// Learning rates for which the bound is 10⁻¹⁵ of the number of eigenvalues.
  struct Reach: Sendable {
    /// The largest η; none may be negative.
    let rate: Double

    /// The largest Ση.
    let progress: Double
  }

  let reach: Reach

  private static let kept = 8
  private static let nodes = 16

  /// Nil where there is little to gain, or the smaller eigenvalues are not distinct.
  init?(of spectrum: [Double]) {
    guard spectrum.count > 2 * (Self.kept + Self.nodes) else { return nil }
    let sorted = spectrum.sorted(by: >)
    let rest = Array(sorted.dropFirst(Self.kept))
    guard let top = rest.first, let bottom = rest.last,
      zip(rest, rest.dropFirst()).allSatisfy({ $0 > $1 })
    else { return nil }
    let rule = DiscreteGaussRule(points: rest, count: Self.nodes)
    eigenvalues = sorted.prefix(Self.kept) + rule.nodes
    weights = [Double](repeating: 1, count: Self.kept) + rule.weights
    let (middle, half) = ((top + bottom) / 2, (top - bottom) / 2)
    func logarithmOfError(_ progress: Double) -> Double {
      let found = minimum(in: 0.01...5, tolerance: 1e-6) { logarithm in
        let left = middle - half * cosh(logarithm)
        return -2 * progress * left - 2 * Double(Self.nodes) * logarithm
          - log1p(-exp(-2 * logarithm))
      }
      return found.value + log(64.0 / 15)
    }
    // The bound rises with the progress until the polynomial vanishes all over the interval.
    var (lower, upper) = (0.0, 1 / half)
    while logarithmOfError(upper) < log(1e-15), upper < 1e12 { (lower, upper) = (upper, upper * 2) }
    for _ in 0..<40 {
      let between = (lower + upper) / 2
      if logarithmOfError(between) < log(1e-15) { lower = between } else { upper = between }
    }
    reach = Reach(rate: 1 / top, progress: lower)
  }
}
