/// What a schedule is called: a family with its parameters, a warmup and a floor, not yet tied to a
/// number of steps.
///
/// Specs are written `name[percent][:key=value,…]`; see ``init(_:)``. Two specs are equal when they have
/// the same family and parameters, however they were written.
public struct ScheduleSpec: Sendable {
  /// The spec as it was written.
  public let text: String

  /// The family and its parameters.
  public let family: ScheduleFamily

  /// The length of the linear warmup, if any; for `onecycle` that of its rising half.
  public let warmup: Extent?

  /// The floor that the decay goes down to, if it is not zero.
  public let floor: Floor?

  /// A spec from its parts, written in canonical form.
  init(text: String? = nil, family: ScheduleFamily, warmup: Extent? = nil, floor: Floor? = nil) {
    self.family = family
    self.warmup = warmup
    self.floor = floor
    self.text = text ?? Self.canonical(family: family, warmup: warmup, floor: floor)
  }

  /// The same schedule in the one form that the grammar prefers: full names, defaults left out.
  public var canonical: String { Self.canonical(family: family, warmup: warmup, floor: floor) }

  /// Whether the floor is an absolute learning rate, so that the shape depends on the base one.
  public var hasAbsoluteFloor: Bool {
    if case .absolute = floor?.level { return true }
    return false
  }

  /// The same spec without its floor.
  package var withoutFloor: ScheduleSpec {
    ScheduleSpec(family: family, warmup: warmup, floor: nil)
  }

  /// The same spec without its warmup.
  public var withoutWarmup: ScheduleSpec {
    if case .oneCycle = family { return self }
    return ScheduleSpec(family: family, warmup: nil, floor: floor)
  }
}

extension ScheduleSpec: Equatable {
  /// Whether two specs have the same family and parameters, however they were written.
  public static func == (first: ScheduleSpec, second: ScheduleSpec) -> Bool {
    first.family == second.family && first.warmup == second.warmup && first.floor == second.floor
  }
}

extension ScheduleSpec {
  /// The same schedule with a cooldown of another length: `constant`, `linear` and `wsd` become a
  /// `wsd` with the same decay, warmup and floor.
  ///
  /// - Parameter steps: the cooldown's steps, at least 1.
  /// - Returns: the new spec, or nil for families without a cooldown to vary.
  public func replacingCooldown(steps: Int) -> ScheduleSpec? {
    let decay: CooldownDecay
    switch family {
    case .constant, .linear: decay = .linear
    case .wsd(_, let kept): decay = kept
    default: return nil
    }
    let family = ScheduleFamily.wsd(cooldown: .steps(steps), decay: decay)
    return ScheduleSpec(family: family, warmup: warmup, floor: floor)
  }

  /// The same cosine with a cycle of another length.
  ///
  /// - Parameter steps: the cycle's steps from the start of the run, at least 1.
  /// - Returns: the new spec, or nil for other families.
  public func replacingPeriod(steps: Int) -> ScheduleSpec? {
    guard case .cosine(let power, _) = family else { return nil }
    let family = ScheduleFamily.cosine(power: power, period: .steps(steps))
    return ScheduleSpec(family: family, warmup: warmup, floor: floor)
  }
}
