/// The decays that a cooldown can take, by the names of the grammar.
public enum CooldownDecay: String, CaseIterable, Equatable, Sendable {
  /// 1 − u.
  case linear

  /// 1 − √u.
  case oneMinusSquareRoot = "1-sqrt"

  /// ½(1 + cos πu).
  case cosine

  /// floor^u, the floor 0.01 of the peak unless `min` is given.
  case exponential

  /// (1 − u)².
  case square

  /// The decay as a function of progress.
  package var shape: DecayShape {
    switch self {
    case .linear: return .linear
    case .oneMinusSquareRoot: return .oneMinusSquareRoot
    case .cosine: return .cosine(power: 1)
    case .exponential: return .exponential
    case .square: return .polynomial(power: 2)
    }
  }
}
