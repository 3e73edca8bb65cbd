import Support

/// What a schedule is called: a family with its parameters, a warmup and a floor, not yet tied to a
/// number of steps.
///
/// Specs are written `name[percent][:key=value,…]`; see ``init(_:)``. Two specs are equal when they have
/// the same family and parameters, however they were written.
public struct ScheduleSpec: Sendable {
  /// The spec as it was written.
  public let text: String

  /// The family and its parameters.
  package let family: any ScheduleFamily

  /// The length of the linear warmup, if any; for `onecycle` that of its rising half.
  public let warmup: Extent?

  /// The floor that the decay goes down to, if it is not zero.
  public let floor: Floor?

  /// A spec, written in canonical form unless its text is given.
  init(
    text: String? = nil, family: any ScheduleFamily, warmup: Extent? = nil, floor: Floor? = nil
  ) {
    self.family = family
    self.warmup = warmup
    self.floor = floor
    self.text = text ?? Self.canonical(family: family, warmup: warmup, floor: floor)
  }

  /// Reads a spec of the grammar `name[percent][:key=value,…]`, in any case of letters.
  ///
  /// - Parameter text: for example `wsd20`, `cosine:min=0.1`, `wsd:cooldown=5000steps,decay=1-sqrt`.
  /// - Throws: `InputError` naming the character at fault and what to write instead.
  /// - Complexity: O(length).
  public init(_ text: String) throws(InputError) {
    var parser = try SpecParser(text)
    self = try parser.entry.read(&parser)
  }

  /// The same schedule in the one form that the grammar prefers: full names, defaults left out.
  public var canonical: String { Self.canonical(family: family, warmup: warmup, floor: floor) }

  private static func canonical(family: any ScheduleFamily, warmup: Extent?, floor: Floor?)
    -> String
  {
    let rise = warmup.map { ["warmup=\($0.canonical)"] } ?? []
    var options = family.needsWarmup ? rise + family.options : family.options + rise
    switch floor?.level {
    case .ratio(let ratio)?: options.append("min=\(decimalText(ratio))")
    case .absolute(let rate)?: options.append("min-lr=\(decimalText(rate))")
    case nil: break
    }
    if let floor, floor.mode != .rescale { options.append("floor=\(floor.mode.rawValue)") }
    return options.isEmpty ? family.name : "\(family.name):\(options.joined(separator: ","))"
  }

  /// Whether the floor is an absolute learning rate, so that the shape depends on the base one.
  public var hasAbsoluteFloor: Bool {
    if case .absolute = floor?.level { return true }
    return false
  }

  /// The same spec without its floor.
  package var withoutFloor: ScheduleSpec { ScheduleSpec(family: family, warmup: warmup) }

  /// The same spec without its warmup.
  public var withoutWarmup: ScheduleSpec {
    family.needsWarmup ? self : ScheduleSpec(family: family, floor: floor)
  }

  /// The same schedule with a cooldown of another length: `constant`, `linear` and `wsd` become a
  /// `wsd` with the same decay, warmup and floor.
  ///
  /// - Parameter steps: the cooldown's steps, at least 1.
  /// - Returns: the new spec, or nil for families without a cooldown to vary.
  public func replacingCooldown(steps: Int) -> ScheduleSpec? {
    let decay: Curve
    switch family {
    case is ConstantFamily, is LinearFamily: decay = .linear
    case let wsd as WSDFamily: decay = wsd.decay
    default: return nil
    }
    let family = WSDFamily(length: .steps(steps), decay: decay)
    return ScheduleSpec(family: family, warmup: warmup, floor: floor)
  }

  /// The same cosine with a cycle of another length.
  ///
  /// - Parameter steps: the cycle's steps from the start of the run, at least 1.
  /// - Returns: the new spec, or nil for other families.
  public func replacingPeriod(steps: Int) -> ScheduleSpec? {
    guard var cosine = family as? CosineFamily else { return nil }
    cosine.period = .steps(steps)
    return ScheduleSpec(family: cosine, warmup: warmup, floor: floor)
  }

  /// The cooldown that the family ends with, down to the floor as a ratio of the peak; nil for families
  /// without one.
  package func plannedCooldown(floor ratio: Double) -> PlannedCooldown? {
    family.cooldown.map { extent, decay in
      PlannedCooldown(
        decay: decay, extent: extent,
        end: decay == .exponential && floor == nil ? Curve.exponentialFloor : ratio,
        isClamped: floor?.mode == .clamp)
    }
  }
}

extension ScheduleSpec: Equatable {
  /// Whether two specs have the same family and parameters, however they were written.
  public static func == (first: ScheduleSpec, second: ScheduleSpec) -> Bool {
    first.family.equals(second.family) && first.warmup == second.warmup
      && first.floor == second.floor
  }
}

extension InputError {
  /// An error about a schedule as it was written, cut at 60 characters.
  package static func schedule(
    _ text: String, at position: Int? = nil, problem: String, hint: String
  ) -> InputError {
    InputError(
      .value, "schedule '\(printable(text))'", at: position.map { .character($0) },
      problem: problem, hint: hint)
  }
}
