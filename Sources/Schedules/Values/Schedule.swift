import Support

/// A learning-rate schedule: T multipliers η_1 … η_T, the largest of them 1.
///
/// The learning rate at step t is γ·η_t; the base learning rate γ is not part of the schedule. Multipliers are
/// computed on demand from a few segments, so 10⁹ steps take no memory.
public struct Schedule: Sendable {
  /// The number of optimiser steps, T ≥ 1.
  public let steps: Int

  /// The largest value before normalisation: 1 for most families, the base learning rate for a file of learning
  /// rates.
  public let peak: Double

  let segments: [Segment]
  private let starts: [Int]

  /// What entries are divided by: the peak, or 1 if that has been done.
  let divisor: Double

  /// Creates a schedule from multipliers or learning rates, one per step, divided by their maximum.
  ///
  /// Throws `InputError` unless the values are finite and non-negative with a positive maximum. O(T).
  public init(values: [Double]) throws(InputError) {
    func failure(_ problem: String) -> InputError {
      InputError(
        .value, "the schedule's values", problem: problem,
        hint: "give finite numbers of at least 0, one of them positive")
    }
    guard !values.isEmpty else { throw failure("there are none") }
    var peak = 0.0
    for (index, value) in values.enumerated() {
      guard value.isFinite, value >= 0 else {
        throw failure("value \(index + 1) is \(value), which is not a learning rate")
      }
      if value > peak { peak = value }
    }
    guard peak > 0 else { throw failure("every value is zero") }
    let normalised = peak == 1 ? values : values.map { $0 / peak }
    self.init(
      segments: [Segment(law: .values(normalised), count: values.count)], peak: peak, divisor: 1)
  }

  /// Creates a schedule from consecutive segments, divided by their maximum; nil if every entry is zero.
  init?(segments: [Segment]) {
    let present = segments.filter { $0.count > 0 }
    let peak = present.reduce(0) { max($0, $1.largest) }
    guard peak > 0 else { return nil }
    self.init(segments: present, peak: peak, divisor: peak)
  }

  init(segments: [Segment], peak: Double, divisor: Double) {
    var starts: [Int] = []
    var total = 0
    for segment in segments {
      starts.append(total)
      total += segment.count
    }
    self.segments = segments
    self.starts = starts
    self.peak = peak
    self.divisor = divisor
    steps = total
  }

  var stretchedSegments: [(segment: Segment, steps: Range<Int>)] {
    zip(segments, starts).map { ($0, $1..<$1 + $0.count) }
  }

  /// All T multipliers, η_1 first.
  public var multipliers: [Double] { multipliers(in: 0..<steps) }

  /// Returns the multipliers η_{t+1} for a range of indices t within 0..<steps.
  public func multipliers(in range: Range<Int>) -> [Double] {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= steps, "the range lies within the run")
    return [Double](unsafeUninitializedCapacity: range.count) { buffer, count in
      fill(UnsafeMutableBufferPointer(rebasing: buffer[0..<range.count]), from: range.lowerBound)
      count = range.count
    }
  }

  /// dλ_t/dγ of the learning rates λ_t = γ·η_t: the multipliers, unless the floor is absolute.
  package var slopes: [Double] {
    [Double](unsafeUninitializedCapacity: steps) { buffer, count in
      for (segment, start) in zip(segments, starts) {
        segment.fillSlope(
          UnsafeMutableBufferPointer(rebasing: buffer[start..<start + segment.count]), from: 0)
      }
      if divisor != 1 {
        for index in 0..<steps { buffer[index] /= divisor }
      }
      count = steps
    }
  }

  /// The first multiplier, η_1.
  public var first: Double { multipliers(in: 0..<1)[0] }

  /// The last multiplier, η_T.
  public var last: Double { multipliers(in: steps - 1..<steps)[0] }

  /// Calls `body` on consecutive blocks of the range, the last first, with the block's first index and its
  /// entries.
  ///
  /// Blocks end at `range.upperBound`, and all but the earliest have `length` entries. Since this does not
  /// depend on the segments, sums over blocks have the same bits for a spec and for its values. O(length)
  /// memory.
  package func forEachBlockFromEnd(
    in range: Range<Int>, length: Int, _ body: (Int, UnsafeBufferPointer<Double>) -> Void
  ) {
    if segments.count == 1, segments[0].isPlain, case .values(let values) = segments[0].law {
      values.withUnsafeBufferPointer { values in
        var end = range.upperBound
        while end > range.lowerBound {
          let start = max(range.lowerBound, end - length)
          body(start, UnsafeBufferPointer(rebasing: values[start..<end]))
          end = start
        }
      }
      return
    }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: length) { scratch in
      var end = range.upperBound
      var heldPlateau: Int?
      while end > range.lowerBound {
        let start = max(range.lowerBound, end - length)
        let block = UnsafeMutableBufferPointer(rebasing: scratch[0..<end - start])
        // Blocks within one plateau are identical, so the scratch is filled once.
        let plateau = plateau(covering: start..<end)
        if plateau == nil || plateau != heldPlateau { fill(block, from: start) }
        heldPlateau = plateau
        body(start, UnsafeBufferPointer(block))
        end = start
      }
    }
  }

  /// The index of the plateau that covers the whole range, if any.
  private func plateau(covering range: Range<Int>) -> Int? {
    let index = segmentIndex(at: range.lowerBound)
    guard range.upperBound <= starts[index] + segments[index].count,
      case .level = segments[index].law
    else { return nil }
    return index
  }

  /// Bisection, because cycles can make many segments.
  private func segmentIndex(at step: Int) -> Int {
    var low = 0
    var high = starts.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= step { low = middle } else { high = middle - 1 }
    }
    return low
  }

  private func fill(_ buffer: UnsafeMutableBufferPointer<Double>, from start: Int) {
    guard !buffer.isEmpty else { return }
    let end = start + buffer.count
    var index = segmentIndex(at: start)
    while index < segments.count, starts[index] < end {
      let lower = max(start, starts[index])
      let upper = min(end, starts[index] + segments[index].count)
      let part = UnsafeMutableBufferPointer(rebasing: buffer[lower - start..<upper - start])
      segments[index].fill(part, from: lower - starts[index])
      index += 1
    }
    if divisor != 1 {
      for index in buffer.indices { buffer[index] = min(1, buffer[index] / divisor) }
    }
  }
}

extension Schedule {
  /// The final level, as a fraction of the peak, above which a schedule does not count as annealed.
  public static let annealedLevel = 0.05

  /// Whether the schedule ends near zero; otherwise the bound is off by up to 2× on real runs.
  public var isAnnealed: Bool { finalLevel <= Self.annealedLevel }

  /// The level to which the end of the schedule tends: the line through its last steps, extended by one step.
  ///
  /// The 1/n at the end of a linear cooldown thus counts as zero. The line spans half a per cent of the run, at
  /// least three steps, before any trailing zeros. O(1) unless the last step is zero, then O(T).
  public var finalLevel: Double {
    let end = steps - trailingZeros - 1
    let reach = min(end, max(3, end / 200))
    let last = multipliers(in: end..<end + 1)[0]
    guard reach > 0 else { return last }
    let before = multipliers(in: end - reach..<end - reach + 1)[0]
    return min(1, max(0, last + (last - before) / Double(reach)))
  }

  /// The number of steps at the end with a multiplier of zero or below 1e-100.
  public var trailingZeros: Int { steps - (lastMovingStep(upTo: steps) ?? steps) }

  /// The last of the first `count` steps, counted from 1, whose multiplier is not negligible; nil if none.
  package func lastMovingStep(upTo count: Int) -> Int? {
    if multipliers(in: count - 1..<count)[0] >= Self.negligibleMultiplier { return count }
    var found: Int?
    forEachBlockFromEnd(in: 0..<count, length: 4096) { start, block in
      guard found == nil else { return }
      found = block.lastIndex { $0 >= Self.negligibleMultiplier }.map { start + $0 + 1 }
    }
    return found
  }

  /// Multipliers below this at the end of a schedule count as zero; dividing by them would overflow.
  package static let negligibleMultiplier = 1e-100
}
