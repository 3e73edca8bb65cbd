/// A family of schedules with its parameters, apart from warmup and floor, which all share.
///
/// In the plain convention (that of most trainers) the first step of a decay still has the level it
/// decays from, and the last of n steps has n remaining 1 of n: `linear` is η_t = (T + 1 − t)/T.
public enum ScheduleFamily: Equatable, Sendable {
  /// The peak throughout.
  case constant

  /// Linear decay to zero over the run.
  case linear

  /// Cosine decay raised to `power`, over `period`: the whole run, or longer (cut off when the run
  /// ends) or shorter (the rest of the run stays on the floor).
  case cosine(power: Double, period: Extent)

  /// Warmup–stable–decay: a plateau and a cooldown at the end.
  case wsd(cooldown: Extent, decay: CooldownDecay)

  /// √(timescale/(t − W − 1 + timescale)) for t after the W steps of warmup; timescale 1 is 1/√(t − W).
  case inverseSquareRoot(timescale: Double)

  /// (1 − u)^power.
  case polynomial(power: Double)

  /// (1 − u)/(1 − u(1 − β)), the (generalised) REX schedule.
  case rex(beta: Double)

  /// Cosine up from `start` to the peak, then cosine down to `end`, which the last step reaches.
  case oneCycle(start: Double, end: Double)

  /// Plateau and cooldown over and over, each cycle back at the peak. A last cycle no longer than the
  /// cooldown joins the one before.
  case repeatedWSD(period: Extent, cooldown: Extent, decay: CooldownDecay)

  /// A plateau, from `at` on a lower one at `factor`, and a cooldown from there.
  case twoStage(at: Extent, factor: Double, cooldown: Extent, decay: CooldownDecay)

  /// Linear interpolation over u = (t − 1)/T between knots that begin at 0 and end at 1.
  case piecewise([Knot])

  /// A shape of the families that a search draws from; their warmup and rounding are their own.
  case shape(Shape)

  /// A knot of a piecewise-linear schedule.
  public struct Knot: Equatable, Sendable {
    /// The fraction of the run (after the warmup), 0 to 1.
    public var progress: Double

    /// The value there, 0 or more.
    public var value: Double

    /// A knot.
    ///
    /// - Parameters:
    ///   - progress: the fraction of the run, 0 to 1.
    ///   - value: the value there.
    public init(progress: Double, value: Double) {
      self.progress = progress
      self.value = value
    }
  }

  /// The name under which the grammar knows the family.
  public var name: String {
    switch self {
    case .constant: return "constant"
    case .linear: return "linear"
    case .cosine: return "cosine"
    case .wsd: return "wsd"
    case .inverseSquareRoot: return "invsqrt"
    case .polynomial: return "poly"
    case .rex: return "rex"
    case .oneCycle: return "onecycle"
    case .repeatedWSD: return "wsds"
    case .twoStage: return "twostage"
    case .piecewise: return "piecewise"
    case .shape(let shape): return shape.family.rawValue
    }
  }
}
