/// The cooldown at the end of a schedule.
public struct PlannedCooldown: Equatable, Sendable {
  /// The curve.
  public var decay: Curve

  /// The length.
  public var extent: Extent

  /// The final level as a fraction of the peak.
  public var end: Double

  /// Whether the decay aims at zero and is cut off at the final level.
  public var isClamped: Bool

  /// Whether the schedule follows the curve; otherwise linear is a stand-in.
  public var isExact = true

  /// Creates an exact cooldown.
  public init(decay: Curve, extent: Extent, end: Double, isClamped: Bool) {
    self.decay = decay
    self.extent = extent
    self.end = end
    self.isClamped = isClamped
  }
}

extension Schedule {
  /// The cooldown after the last steady stretch, inferred from the multipliers.
  ///
  /// Picks the nearest decay of the grammar if it is within 0.01 of the level, and otherwise an inexact linear
  /// one. Nil without a steady stretch or anything after it. Trailing zeros are ignored. O(1) per segment; O(T)
  /// for stored values.
  public var plannedCooldown: PlannedCooldown? {
    guard let steady = stablePhase else { return nil }
    let last = steps - trailingZeros
    let start = steady.steps.upperBound
    guard start < last else { return nil }
    let level = multipliers(in: start - 1..<start)[0]
    // The cooldown's first step usually still has the steady level.
    let isHeld = multipliers(in: start..<start + 1)[0] != level
    let first = isHeld ? start - 1 : start
    let count = last - first
    let floor = finalLevel < 1e-9 ? 0 : finalLevel
    func end(of decay: Curve) -> Double {
      decay == .exponential ? max(floor, Curve.exponentialFloor * level) : floor
    }
    func distance(_ decay: Curve) -> Double {
      let segment = Segment.decay(
        decay, steps: count, span: count, start: level,
        end: decay == .exponential ? end(of: decay) : min(floor, level))
      var farthest = 0.0
      for sample in 0..<64 {
        let index = sample * (count - 1) / 63
        let own = multipliers(in: first + index..<first + index + 1)[0]
        farthest = max(farthest, abs(own - segment.value(at: index)))
      }
      return farthest / level
    }
    let nearest = Curve.decays.map(\.curve).min { distance($0) < distance($1) } ?? .linear
    let isExact = distance(nearest) < 0.01
    let decay = isExact ? nearest : .linear
    var cooldown = PlannedCooldown(
      decay: decay, extent: .fraction(Double(count) / Double(steps)), end: end(of: decay),
      isClamped: false)
    cooldown.isExact = isExact
    return cooldown
  }
}
