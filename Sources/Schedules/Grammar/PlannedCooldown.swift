/// The cooldown at the end of a schedule.
public struct PlannedCooldown: Equatable, Sendable {
  /// The shape of the decay.
  public var decay: CooldownDecay

  /// The length.
  public var extent: Extent

  /// The level that it ends on, a part of the peak.
  public var end: Double

  /// Whether the decay runs towards zero and is cut off at its end.
  public var isClamped: Bool

  /// Whether the schedule follows the shape; otherwise linear stands in for another.
  public var isExact = true

  /// A cooldown.
  ///
  /// - Parameters:
  ///   - decay: the shape.
  ///   - extent: the length.
  ///   - end: the level that it ends on, a part of the peak.
  ///   - isClamped: whether the decay is cut off at its end.
  public init(decay: CooldownDecay, extent: Extent, end: Double, isClamped: Bool) {
    self.decay = decay
    self.extent = extent
    self.end = end
    self.isClamped = isClamped
  }
}

extension Schedule {
  /// The cooldown after the last steady stretch, read off the multipliers.
  ///
  /// It has the grammar's shape that is nearest, within 0.01 of the level, else linear and not exact. Nil
  /// without a steady stretch, and where the schedule ends with it.
  ///
  /// Zeros at the end are no part of it. Its first step still has the steady level.
  ///
  /// - Complexity: O(1) an entry; O(T) for stored values.
  public var plannedCooldown: PlannedCooldown? {
    guard let steady = stablePhase else { return nil }
    let end = steps - trailingZeros
    let start = steady.steps.upperBound
    guard start < end else { return nil }
    let level = multipliers(in: start - 1..<start)[0]
    // A law that has gone on for a first step of the cooldown counts one step less.
    let isHeld = multipliers(in: start..<start + 1)[0] != level
    let first = isHeld ? start - 1 : start
    let count = end - first
    let floor = finalLevel < 1e-9 ? 0 : finalLevel
    func distance(_ decay: CooldownDecay) -> Double {
      let segment = Segment.decay(
        decay.shape, steps: count, span: count, start: level,
        end: decay == .exponential ? max(floor, 0.01 * level) : min(floor, level))
      var farthest = 0.0
      for sample in 0..<64 {
        let index = sample * (count - 1) / 63
        let own = multipliers(in: first + index..<first + index + 1)[0]
        farthest = max(farthest, abs(own - segment.value(at: index)))
      }
      return farthest / level
    }
    let nearest = CooldownDecay.allCases.min { distance($0) < distance($1) } ?? .linear
    let isExact = distance(nearest) < 0.01
    let decay = isExact ? nearest : .linear
    var cooldown = PlannedCooldown(
      decay: decay, extent: .fraction(Double(count) / Double(steps)),
      end: decay == .exponential ? max(floor, 0.01 * level) : floor, isClamped: false)
    cooldown.isExact = isExact
    return cooldown
  }

  /// How many steps rise at the start before the peak or a steady level is reached: a warmup.
  ///
  /// - Complexity: O(T) at most.
  public var risingSteps: Int {
    var last = 0.0
    var start = 0
    while start < steps {
      let block = multipliers(in: start..<min(steps, start + 4096))
      for (offset, multiplier) in block.enumerated() {
        if multiplier <= last { return start + offset == 1 ? 0 : start + offset }
        last = multiplier
      }
      start += block.count
    }
    return steps
  }
}
