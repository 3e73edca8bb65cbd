import Glibc

/// The shape of a decay from 1 towards 0 as a function of its progress u = j/n, the j-th of n steps.
///
/// Each is computed from the steps that remain, r = 1 − u = (n − j)/n, so that the last entries of a
/// long decay keep all their digits.
public enum DecayShape: Equatable, Sendable {
  /// 1 − u.
  case linear

  /// 1 − √u (the cooldown that others call `sqrt` or `minus_sqrt`).
  case oneMinusSquareRoot

  /// (½(1 + cos πu))^power; power > 0, 1 for the plain cosine.
  case cosine(power: Double)

  /// Geometric from the level at the start down to the floor: floor^u where it starts at 1.
  case exponential

  /// (1 − u)^power; power > 0.
  case polynomial(power: Double)

  /// (1 − u)/(1 − u(1 − β)); β = 1 is linear, ½ the REX schedule, β > 1 convex. β > 0.
  case rex(beta: Double)

  /// (1 − u²)^(power/2), a quarter of a circle for power 1; power ≥ 0.
  case circle(power: Double)

  /// The value at step `j` of `n`, between 1 at j = 0 and 0 at j = n (the floor for `.exponential`).
  ///
  /// This is the definition, one entry at a time; ``Segment`` fills long ranges faster.
  ///
  /// - Parameters:
  ///   - j: steps done, 0 to n.
  ///   - n: steps of the whole decay, at least 1.
  ///   - floor: the final level relative to the first; used by `.exponential` only, and positive there.
  /// - Returns: the multiplier, 0 to 1.
  package func value(step j: Int, of n: Int, floor: Double) -> Double {
    let span = Double(n)
    let remaining = Double(n - j) / span
    switch self {
    case .linear: return remaining
    case .oneMinusSquareRoot: return remaining / (1 + (Double(j) / span).squareRoot())
    case .cosine(let power):
      let sine = sin(Double.pi / 2 * remaining)
      return power == 1 ? sine * sine : pow(sine * sine, power)
    case .exponential: return pow(floor, Double(j) / span)
    case .polynomial(let power):
      return power == 2 ? remaining * remaining : pow(remaining, power)
    case .rex(let beta): return remaining / (remaining + beta * (Double(j) / span))
    case .circle(let power): return pow((remaining * (2 - remaining)).squareRoot(), power)
    }
  }
}
