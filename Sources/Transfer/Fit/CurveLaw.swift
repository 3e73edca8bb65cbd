import Glibc
import Runs

/// A law for the loss at every step of a run, from its learning rates.
///
///     L_t = L0 + A·S_t^−α ± K·f_t(θ),   S_t the sum of the learning rates.
///
/// The laws differ in f, the effect of annealing.
public enum CurveLaw: String, CaseIterable, Sendable {
  /// The generalised bound at one peak learning rate: + B·V_t.
  case generalisedBound = "bound"

  /// The momentum law (2408.11029): − C·S2.
  case momentum

  /// The multi-power law (2503.12811): − B·LD.
  case multiPower = "multi-power"

  /// The formula, for tables.
  public var formula: String {
    switch self {
    case .generalisedBound: return "L0 + A·S^-α + B·V"
    case .momentum: return "L0 + A·S^-α - C·S2(λ)"
    case .multiPower: return "L0 + A·S^-α - B·Σ Δη·(1 - (C·η^-γ·S_k + 1)^-β)"
    }
  }

  var sign: Double { self == .generalisedBound ? 1 : -1 }

  package var starts: [[Double]] {
    switch self {
    case .generalisedBound: return [[]]
    case .momentum: return MomentumLaw.starts
    case .multiPower: return MultiPowerLaw.starts
    }
  }

  /// Weak priors of θ for directions that the curves may leave undetermined.
  var priors: [(mean: Double, deviation: Double)] {
    self == .multiPower ? MultiPowerLaw.priors : []
  }

  /// f_t and ∂f_t/∂θ at every row of a curve.
  package func annealing(of curve: CurveTerms, at theta: [Double]) -> AnnealingTerm {
    switch self {
    case .generalisedBound: return AnnealingTerm(values: curve.noiseSums, derivatives: [])
    case .momentum: return MomentumLaw.annealing(of: curve, at: theta)
    case .multiPower: return MultiPowerLaw.annealing(of: curve, at: theta)
    }
  }

  /// The published parameters by name, from L0, A, α, K and θ.
  func parameters(
    _ common: (loss: Double, scale: Double, exponent: Double, gain: Double), _ theta: [Double]
  ) -> [CurveFit.Parameter] {
    var named = [("L0", common.loss), ("A", common.scale), ("alpha", common.exponent)]
    named.append((self == .momentum ? "C" : "B", common.gain))
    switch self {
    case .generalisedBound: break
    case .momentum: named.append(("lambda", MomentumLaw.decay(theta)))
    case .multiPower: named += zip(["C", "beta", "gamma"], theta).map { ($0, exp($1)) }
    }
    return named.map(CurveFit.Parameter.init)
  }
}

package struct AnnealingTerm {
  package var values: [Double]

  /// ∂f/∂θ_j at index row·n + j.
  package var derivatives: [Double]
}
