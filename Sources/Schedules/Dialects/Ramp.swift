import Glibc

/// The law of one phase of a schedule as other libraries have them: from one level to another along a shape, with an
/// origin and a width that need not be whole steps.
///
/// At step k the progress is u = (k − origin)/width and the value end + (start − end)·f(u). Between them
/// origin and width hold what libraries do differently: whether the first step counts as 0 or 1, and
/// horizons in samples, tokens or micro-batches.
struct Ramp: Sendable, Equatable {
  /// How the value gets from the start (f = 1) to the end (f = 0).
  enum Shape: Sendable, Equatable {
    /// 1 − u.
    case linear

    /// (½(1 + cos πu))^power.
    case cosine(power: Double)

    /// 1 − √u.
    case oneMinusSquareRoot

    /// 1 − u².
    case oneMinusSquare

    /// 2(1 − u) − ½(1 + cos πu).
    case mirroredCosine

    /// (1 − u)^power.
    case polynomial(power: Double)

    /// (1 − u)/(1 − u(1 − β)).
    case rex(beta: Double)

    /// 2·½^u − 1, which Megatron-LM calls exponential.
    case halving

    /// (1 + u)^exponent; −½ is the inverse square root.
    case power(exponent: Double)

    /// ratio^u.
    case geometric(ratio: Double)

    /// 1 − ln(1 + u·span)/ln span, a rise by the logarithm of the step.
    case logarithm(span: Double)
  }

  let shape: Shape
  var origin: Double
  let width: Double
  let start: Double
  let end: Double

  /// The value at step `k` of the phase, counted from 0 as ``origin`` is.
  func value(at k: Double) -> Double {
    let done = (k - origin) / width
    // The steps that remain are counted first, so that a ramp to zero ends without cancelling.
    let remaining = (origin + width - k) / width
    let fraction: Double
    switch shape {
    case .linear: fraction = remaining
    case .cosine(let power):
      let sine = sin(Double.pi / 2 * remaining)
      fraction = power == 1 ? sine * sine : pow(sine * sine, power)
    case .oneMinusSquareRoot: fraction = remaining / (1 + max(0, done).squareRoot())
    case .oneMinusSquare: fraction = remaining * (1 + done)
    case .mirroredCosine:
      let sine = sin(Double.pi / 2 * remaining)
      fraction = 2 * remaining - sine * sine
    case .polynomial(let power): fraction = pow(max(0, remaining), power)
    case .rex(let beta): fraction = remaining / (beta + (1 - beta) * remaining)
    case .halving: fraction = 2 * pow(0.5, done) - 1
    case .power(let exponent): fraction = pow(1 + done, exponent)
    case .geometric(let ratio): fraction = pow(ratio, done)
    case .logarithm(let span): fraction = 1 - log(1 + done * span) / log(span)
    }
    let value = end + (start - end) * fraction
    // Rounding must not take a level below zero; a value that is not a number stays one.
    return value < 0 ? 0 : value
  }

  /// The same ramp for steps counted from `position` on.
  func shifted(by position: Int) -> Ramp {
    var ramp = self
    ramp.origin -= Double(position)
    return ramp
  }

  /// What happens along it, for a reader.
  var kind: String {
    let direction = start < end ? "rise" : "decay"
    switch shape {
    case .linear: return start < end ? "linear warmup" : "linear decay"
    case .cosine(1): return "cosine \(direction)"
    case .cosine: return "cosine-power \(direction)"
    case .oneMinusSquareRoot: return "1-sqrt \(direction)"
    case .oneMinusSquare: return "1-square \(direction)"
    case .mirroredCosine: return "mirrored cosine \(direction)"
    case .polynomial(2): return "square \(direction)"
    case .polynomial: return "polynomial \(direction)"
    case .rex: return "REX \(direction)"
    case .halving: return "halving \(direction)"
    case .power(-0.5): return "inverse square root"
    case .power: return "power law"
    case .geometric: return "exponential \(direction)"
    case .logarithm: return "logarithmic \(direction)"
    }
  }
}
