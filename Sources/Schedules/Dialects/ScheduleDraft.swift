/// Puts the phases of another library's schedule one after the other, cut at the end of the run.
///
/// Steps are counted from 0, as the libraries count them; a phase lasts while k < `end`, whole or not.
struct ScheduleDraft {
  /// T.
  let steps: Int

  private(set) var segments: [Segment] = []

  /// The steps that are laid out.
  private(set) var position = 0

  init(steps: Int) { self.steps = steps }

  /// Whether there is nothing left to lay out.
  var isComplete: Bool { position == steps }

  /// A ramp while k < `end`.
  mutating func ramp(
    _ shape: Ramp.Shape, from start: Double, to end: Double, origin: Double, width: Double,
    until limit: Double
  ) {
    let count = room(until: limit)
    guard count > 0 else { return }
    let ramp = Ramp(shape: shape, origin: origin, width: width, start: start, end: end)
    append(.init(law: .ramp(ramp.shifted(by: position)), count: count))
  }

  /// One level while k < `end`.
  mutating func level(_ level: Double, until limit: Double) {
    let count = room(until: limit)
    if count > 0 { append(.level(level, steps: count)) }
  }

  /// One level for the rest of the run.
  mutating func level(_ level: Double) { self.level(level, until: Double(steps)) }

  /// Given values while k < `end`, each from its step.
  mutating func values(until limit: Double, _ value: (Double) -> Double) {
    let count = room(until: limit)
    guard count > 0 else { return }
    let first = position
    append(.init(law: .values((0..<count).map { value(Double(first + $0)) }), count: count))
  }

  /// The phases of another draft, as far as they go, while k < `end`; its steps are counted from 0.
  mutating func phases(of other: ScheduleDraft, scale: Double = 1, until limit: Double) {
    var count = room(until: limit)
    for segment in other.segments where count > 0 {
      let part = min(count, segment.count)
      append(
        Segment(
          law: segment.law, count: part, skipped: segment.skipped, scale: segment.scale * scale))
      count -= part
    }
  }

  private mutating func append(_ segment: Segment) {
    segments.append(segment)
    position += segment.count
  }

  private func room(until limit: Double) -> Int {
    guard limit < Double(steps) else { return steps - position }
    return max(0, Int(max(0, limit).rounded(.up)) - position)
  }
}
