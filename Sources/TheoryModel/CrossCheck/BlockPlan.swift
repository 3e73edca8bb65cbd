/// A schedule over the model's steps, cut into blocks for ``BlockDynamics``.
///
/// A block spans a fifteenth of the steps from the start or to the end, whichever is less; the first 8 and
/// the last 12 steps stand alone, and blocks end at kinks. Thousands of steps make some 230 blocks, ten
/// times as many about 70 more.
package struct BlockPlan: Equatable, Sendable {
  /// Consecutive steps.
  package struct Block: Equatable, Sendable {
    /// The number of steps, a whole number.
    package let steps: Double

    /// The mean of their multipliers.
    package let mean: Double

    /// The mean of the multipliers' squares.
    package let meanSquare: Double
  }

  /// The blocks in order.
  package let blocks: [Block]

  /// The number of steps in the run.
  package let steps: Int

  /// The sum of the multipliers.
  package var sum: Double { blocks.reduce(0) { $0 + $1.steps * $1.mean } }

  /// Creates the plan in O(log steps + kinks).
  package init(of profile: ScheduleProfile, steps: Int) {
    let kinks = profile.kinks.count > Self.mostKinks ? [] : profile.kinks
    var ends = kinks.map { Int(($0 * Double(steps) - 1e-9).rounded(.up)) } + [steps]
    ends.reverse()
    self.steps = steps
    var blocks: [Block] = []
    var start = 0
    while start < steps {
      while let end = ends.last, end <= start { ends.removeLast() }
      let remaining = steps - start
      var length = 1
      if start >= Self.firstSingles, remaining > Self.lastSingles {
        length = max(1, min(start, remaining) / Self.parts)
        length = min(length, remaining - Self.lastSingles)
      }
      if let end = ends.last { length = min(length, end - start) }
      blocks.append(Self.block(start..<start + length, of: steps, profile))
      start += length
    }
    self.blocks = blocks
  }

  private static let firstSingles = 8
  private static let lastSingles = 12
  private static let parts = 15

  /// With more kinks, as in many short cycles, blocks span them.
  private static let mostKinks = 64

  /// A block with means over up to 16 evenly spaced groups of steps.
  private static func block(_ range: Range<Int>, of steps: Int, _ profile: ScheduleProfile) -> Block
  {
    let groups = min(range.count, 16)
    let length = Double(range.count)
    var sum = 0.0
    var squares = 0.0
    for group in 0..<groups {
      let first = range.lowerBound + range.count / groups * group + min(group, range.count % groups)
      let count = range.count / groups + (group < range.count % groups ? 1 : 0)
      let middle = Double(first) + Double(count - 1) / 2
      let multiplier = profile.multiplier(at: middle / Double(steps))
      sum += Double(count) * multiplier
      squares += Double(count) * multiplier * multiplier
    }
    return Block(steps: length, mean: sum / length, meanSquare: squares / length)
  }
}
