import Glibc
import Runs

/// The annealing term of the momentum law (2408.11029).
///
///     S2 = Σ_{i≤t} m_i,   m_i = λ·m_{i−1} + (η_{i−1} − η_i),
///
/// which equals Σ_i Σ_{k≤i} (η_{k−1} − η_k)·λ^{i−k}. It starts at the first row, after the warmup. θ is
/// ln(1/(1 − λ)).
enum MomentumLaw {
  /// λ = 0.98, 0.99, 0.995, 0.999 and 0.9995.
  static let starts: [[Double]] = [0.02, 0.01, 0.005, 0.001, 0.0005].map { [-log($0)] }

  /// λ.
  static func decay(_ theta: [Double]) -> Double { -expm1(-theta[0]) }

  static func annealing(of curve: CurveTerms, at theta: [Double]) -> AnnealingTerm {
    let decay = decay(theta)
    // dλ/dθ = 1 − λ.
    let slope = exp(-theta[0])
    var term = AnnealingTerm(values: [], derivatives: [])
    term.values.reserveCapacity(curve.steps.count)
    term.derivatives.reserveCapacity(curve.steps.count)
    var (momentum, momentumSlope, area, areaSlope) = (0.0, 0.0, 0.0, 0.0)
    var step = curve.steps[0]
    for end in curve.steps {
      while step < end {
        step += 1
        momentumSlope = momentum + decay * momentumSlope
        momentum = decay * momentum + (curve.rates[step - 2] - curve.rates[step - 1])
        area += momentum
        areaSlope += momentumSlope
      }
      term.values.append(area)
      term.derivatives.append(slope * areaSlope)
    }
    return term
  }
}
