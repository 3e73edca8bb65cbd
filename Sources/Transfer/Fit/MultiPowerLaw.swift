import Glibc
import Runs

/// The annealing term of the multi-power law (2503.12811).
///
///     LD_t/B = Σ_{k≤t} (η_{k−1} − η_k)·(1 − (C·η_k^−γ·S_k(t) + 1)^−β),   S_k(t) = Σ_{τ=k}^t η_τ.
///
/// Changes between two rows are combined at their midpoint (derived here: exact for one row per step,
/// else second order in the spacing). Those before the first row belong to the warmup and are omitted. θ
/// is ln C, ln β and ln γ.
enum MultiPowerLaw {
  static let starts: [[Double]] = [0.1, 1, 10].flatMap { scale in
    [(0.3, 0.3), (0.6, 0.6), (0.6, 1.2)].map { [log(scale), log($0.0), log($0.1)] }
  }

  /// C = 1, β = γ = 1/2, each to within a factor of 2 to 3.
  ///
  /// Few curves do not identify all three (β → 0 with B·β fixed, γ → ∞), and without priors such a fit
  /// predicts no other curve.
  static let priors: [(mean: Double, deviation: Double)] = [
    (0, 1), (log(0.5), 0.5), (log(0.5), 0.5),
  ]

  static func annealing(of curve: CurveTerms, at theta: [Double]) -> AnnealingTerm {
    let (scale, beta, gamma) = (exp(theta[0]), exp(theta[1]), exp(theta[2]))
    // A zero learning rate has no negative power.
    let least = 1e-6 * (curve.learningRates.max() ?? 1)
    struct Change {
      var row: Int
      var fall: Double
      var sumBefore: Double
      var factor: Double
      var logRate: Double
    }
    var changes: [Change] = []
    for row in 1..<curve.steps.count {
      let fall = curve.learningRates[row - 1] - curve.learningRates[row]
      guard fall != 0 else { continue }
      let logRate = log(max(curve.learningRates[row], least))
      let beforeRow = curve.stepSums[row] - curve.learningRates[row]
      changes.append(
        Change(
          row: row, fall: fall, sumBefore: 0.5 * (curve.stepSums[row - 1] + beforeRow),
          factor: scale * exp(-gamma * logRate), logRate: logRate))
    }
    let rows = curve.steps.count
    var term = AnnealingTerm(
      values: [Double](repeating: 0, count: rows),
      derivatives: [Double](repeating: 0, count: 3 * rows))
    for row in 0..<rows {
      var (value, byScale, byBeta, byGamma) = (0.0, 0.0, 0.0, 0.0)
      for change in changes {
        if change.row > row { break }
        let inner = change.factor * max(0, curve.stepSums[row] - change.sumBefore)
        let logarithm = log1p(inner)
        let power = exp(-beta * logarithm)
        value += change.fall * (1 - power)
        // Derivative with respect to ln of the inner part: β·x·(1 + x)^(−β−1).
        let slope = change.fall * beta * inner / (1 + inner) * power
        byScale += slope
        byBeta += change.fall * beta * logarithm * power
        byGamma -= slope * gamma * change.logRate
      }
      term.values[row] = value
      term.derivatives[3 * row] = byScale
      term.derivatives[3 * row + 1] = byBeta
      term.derivatives[3 * row + 2] = byGamma
    }
    return term
  }
}
