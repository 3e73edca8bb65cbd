import Support

/// A named schedule of no fixed length: a family with its parameters, a warmup and a floor.
///
/// Specs are written `name[percent][:key=value,…]`; see <doc:TheSpecGrammar>. Specs are equal if their families
/// and parameters are, however they are written.
public struct ScheduleSpec: Sendable {
  /// The spec as written.
  public let text: String

  package let family: any ScheduleFamily

  /// The length of the linear warmup, if any; for `onecycle`, that of its rise.
  public let warmup: Extent?

  /// The floor of the decay; nil if it is zero.
  public let floor: Floor?

  init(
    text: String? = nil, family: any ScheduleFamily, warmup: Extent? = nil, floor: Floor? = nil
  ) {
    self.family = family
    self.warmup = warmup
    self.floor = floor
    self.text = text ?? Self.canonical(family: family, warmup: warmup, floor: floor)
  }

  /// Parses a spec such as `wsd20`, `cosine:min=0.1` or `wsd:cooldown=5000steps,decay=1-sqrt`.
  ///
  /// Case does not matter. `batchTokens` turns lengths in tokens (`warmup=2Btokens`) into steps, rounded up;
  /// without it they are refused. Throws `InputError` with the position of the mistake and a suggestion.
  public init(_ text: String, batchTokens: Int? = nil) throws(InputError) {
    var parser = try SpecParser(text, batchTokens: batchTokens)
    self = try parser.entry.read(&parser)
  }

  /// The canonical form: full names, no defaults.
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

  /// Whether the floor is a learning rate, which makes the shape depend on the base learning rate.
  public var hasAbsoluteFloor: Bool {
    if case .absolute = floor?.level { return true }
    return false
  }

  package var withoutFloor: ScheduleSpec { ScheduleSpec(family: family, warmup: warmup) }

  /// The spec without its warmup.
  public var withoutWarmup: ScheduleSpec {
    family.needsWarmup ? self : ScheduleSpec(family: family, floor: floor)
  }

  /// Returns the spec with a cooldown of another length, at least 1 step; nil for families without a cooldown.
  ///
  /// `constant`, `linear` and `wsd` become `wsd` with the same decay, warmup and floor.
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

  /// Returns a cosine with another period, at least 1 step; nil for other families.
  public func replacingPeriod(steps: Int) -> ScheduleSpec? {
    guard var cosine = family as? CosineFamily else { return nil }
    cosine.period = .steps(steps)
    return ScheduleSpec(family: cosine, warmup: warmup, floor: floor)
  }

  /// The family's cooldown down to a floor as a ratio of the peak; nil without one.
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
  /// Whether two specs have the same family and parameters.
  public static func == (first: ScheduleSpec, second: ScheduleSpec) -> Bool {
    first.family.equals(second.family) && first.warmup == second.warmup
      && first.floor == second.floor
  }
}

extension InputError {
  /// An error about a schedule, quoting at most 60 characters of it.
  package static func schedule(
    _ text: String, at position: Int? = nil, problem: String, hint: String
  ) -> InputError {
    InputError(
      .value, "schedule '\(printable(text))'", at: position.map { .character($0) },
      problem: problem, hint: hint)
  }
}
