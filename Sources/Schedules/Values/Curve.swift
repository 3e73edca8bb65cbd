import Glibc

/// The shape of a decay or rise: the fraction f of the drop that is left at progress u, with f = 1 at u = 0.
///
/// Most curves reach f = 0 at u = 1. Computing from the remaining r = 1 − u keeps all digits at the end of a
/// long decay.
public enum Curve: Equatable, Sendable {
  /// 1 − u.
  case linear

  /// 1 − √u, elsewhere called `sqrt` or `minus_sqrt`.
  case oneMinusSquareRoot

  /// ½(1 + cos πu).
  case cosine

  /// (½(1 + cos πu))^power; power > 0.
  case cosinePower(Double)

  /// (1 − u)².
  case square

  /// (1 − u)^power; power > 0.
  case polynomial(power: Double)

  /// (1 − u)/(1 − u(1 − β)) for β > 0: β = 1 is linear, ½ is REX, β > 1 is convex.
  case rex(beta: Double)

  /// (1 − u²)^(power/2) for power ≥ 0; a quarter circle for power 1.
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

  /// 2·½^u − 1, Megatron-LM's "exponential".
  case halving

  /// 1 − ln(1 + u·span)/ln span, a logarithmic rise.
  case logarithm(span: Double)

  /// The default end of an exponential decay, as a fraction of the peak.
  public static let exponentialFloor = 0.01

  /// Exponential decay to ``exponentialFloor``; another end changes the ratio.
  public static let exponential = Curve.geometric(ratio: exponentialFloor)

  static func cosine(power: Double) -> Curve { power == 1 ? .cosine : .cosinePower(power) }

  /// The fraction left `done` steps after the start and `left` steps before the end; both may be fractional.
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

  package func fraction(done: Int, of steps: Int) -> Double {
    fraction(done: Double(done), left: Double(steps - done), of: Double(steps))
  }
}

extension Curve {
  /// A cooldown's curve with its names in the grammar, the preferred one first.
  public typealias NamedDecay = (curve: Curve, names: [String])

  /// The curves available for cooldowns.
  public static let decays: [NamedDecay] = [
    (.linear, ["linear", "lin"]),
    (.oneMinusSquareRoot, ["1-sqrt", "1sqrt", "one-minus-sqrt", "minus-sqrt"]),
    (.cosine, ["cosine", "cos"]),
    (.exponential, ["exponential", "exp"]),
    (.square, ["square", "quadratic"]),
  ]

  static func decay(named name: String) -> Curve? {
    decays.first { $0.names.contains(name) }?.curve
  }

  /// The preferred name in the grammar; nil for curves that cooldowns cannot take.
  package var decayName: String? { Self.decays.first { $0.curve == self }?.names[0] }

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
