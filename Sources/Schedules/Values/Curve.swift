import Glibc

/// The way from one level to another: a fraction f of the drop that is left at progress u, 1 at u = 0.
///
/// Every decay, warmup and cooldown follows one; most reach f = 0 at u = 1. Fractions are computed from
/// the steps that are left, r = 1 − u, so that the last entries of a long decay keep all their digits.
public enum Curve: Equatable, Sendable {
  /// 1 − u.
  case linear

  /// 1 − √u (the cooldown that others call `sqrt` or `minus_sqrt`).
  case oneMinusSquareRoot

  /// ½(1 + cos πu).
  case cosine

  /// (½(1 + cos πu))^power; power > 0.
  case cosinePower(Double)

  /// (1 − u)².
  case square

  /// (1 − u)^power; power > 0.
  case polynomial(power: Double)

  /// (1 − u)/(1 − u(1 − β)); β = 1 is linear, ½ the REX schedule, β > 1 convex. β > 0.
  case rex(beta: Double)

  /// (1 − u²)^(power/2), a quarter of a circle for power 1; power ≥ 0.
  case circle(power: Double)

  /// ratio^u.
  case geometric(ratio: Double)

  /// 1/√(1 + u), which never reaches 0.
  case inverseSquareRoot

  /// (1 + u)^exponent.
  case power(exponent: Double)

  /// 1 − u².
  case oneMinusSquare

  /// 2(1 − u) − ½(1 + cos πu).
  case mirroredCosine

  /// 2·½^u − 1, which Megatron-LM calls exponential.
  case halving

  /// 1 − ln(1 + u·span)/ln span: a rise by the logarithm of the step.
  case logarithm(span: Double)

  /// The level, a fraction of the peak, on which an exponential decay ends unless a floor is given.
  public static let exponentialFloor = 0.01

  /// An exponential decay to ``exponentialFloor``; where it has another end, that decides on the ratio.
  public static let exponential = Curve.geometric(ratio: exponentialFloor)

  /// The cosine to a power.
  static func cosine(power: Double) -> Curve { power == 1 ? .cosine : .cosinePower(power) }

  /// The fraction left after `done` steps, whole or not, and `left` before the end of a `width`.
  @inline(__always)
  func fraction(done: Double, left: Double, of width: Double) -> Double {
    let progress = done / width
    let rest = left / width
    switch self {
    case .linear: return rest
    case .oneMinusSquareRoot: return rest / (1 + max(0, progress).squareRoot())
    case .cosine: return Self.cosine(rest)
    case .cosinePower(let power): return pow(Self.cosine(rest), power)
    case .square: return rest * rest
    case .polynomial(let power): return pow(max(0, rest), power)
    case .rex(let beta): return rest / (rest + beta * progress)
    case .circle(let power): return pow((rest * (2 - rest)).squareRoot(), power)
    case .geometric(let ratio): return pow(ratio, progress)
    case .inverseSquareRoot: return (width / (done + width)).squareRoot()
    case .power(let exponent): return pow(1 + progress, exponent)
    case .oneMinusSquare: return rest * (1 + progress)
    case .mirroredCosine: return 2 * rest - Self.cosine(rest)
    case .halving: return 2 * pow(0.5, progress) - 1
    case .logarithm(let span): return 1 - log(1 + progress * span) / log(span)
    }
  }

  private static func cosine(_ rest: Double) -> Double {
    let sine = sin(Double.pi / 2 * rest)
    return sine * sine
  }

  /// The fraction left after step `done` of a decay over `steps` steps.
  package func fraction(done: Int, of steps: Int) -> Double {
    fraction(done: Double(done), left: Double(steps - done), of: Double(steps))
  }
}

extension Curve {
  /// A decay that a cooldown can take: its curve, and what the grammar calls it, the preferred name first.
  public typealias NamedDecay = (curve: Curve, names: [String])

  /// The decays that cooldowns can take.
  public static let decays: [NamedDecay] = [
    (.linear, ["linear", "lin"]),
    (.oneMinusSquareRoot, ["1-sqrt", "1sqrt", "one-minus-sqrt", "minus-sqrt"]),
    (.cosine, ["cosine", "cos"]),
    (.exponential, ["exponential", "exp"]),
    (.square, ["square", "quadratic"]),
  ]

  /// The decay of a name in the grammar; nil for other words.
  static func decay(named name: String) -> Curve? {
    decays.first { $0.names.contains(name) }?.curve
  }

  /// What the grammar calls the decay; nil for curves that cooldowns cannot take.
  package var decayName: String? { Self.decays.first { $0.curve == self }?.names[0] }

  /// What a reader calls the curve.
  var name: String {
    switch self {
    case .linear: "linear"
    case .oneMinusSquareRoot: "1-sqrt"
    case .cosine, .cosinePower: "cosine"
    case .square, .polynomial(2): "square"
    case .polynomial: "polynomial"
    case .rex: "REX"
    case .circle: "circular"
    case .geometric: "exponential"
    case .inverseSquareRoot, .power(-0.5): "inverse square root"
    case .power: "power law"
    case .oneMinusSquare: "1-square"
    case .mirroredCosine: "mirrored cosine"
    case .halving: "halving"
    case .logarithm: "logarithmic"
    }
  }
}
