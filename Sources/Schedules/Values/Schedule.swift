import Support

/// A learning-rate schedule: T multipliers η_1 … η_T of the base learning rate, the largest of them 1.
///
/// The base learning rate γ is never part of a schedule: the learning rate at step t is γ·η_t. Values
/// are produced on demand from a few segments, so that a schedule of 10⁹ steps takes no memory.
public struct Schedule: Sendable {
  /// The number of optimiser steps, T ≥ 1.
  public let steps: Int

  /// The largest value as it was written, by which all were divided: 1 for a family that reaches its
  /// peak, the base learning rate for a file of learning rates.
  public let peak: Double

  let segments: [Segment]
  private let starts: [Int]

  /// What the segments' entries are divided by: the peak, or 1 where that has been done.
  let divisor: Double

  /// A schedule from explicit values, divided by their largest.
  ///
  /// - Parameter values: one a step: multipliers or learning rates, finite, none negative, one positive.
  /// - Throws: `InputError` for anything else.
  /// - Complexity: O(T).
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

  /// A schedule of segments one after the other, divided by their largest entry.
  ///
  /// Nil where every entry is zero.
  init?(segments: [Segment]) {
    let present = segments.filter { $0.count > 0 }
    let peak = present.reduce(0) { max($0, $1.largest) }
    guard peak > 0 else { return nil }
    self.init(segments: present, peak: peak, divisor: peak)
  }

  /// A schedule of segments whose largest entry is the divisor.
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

  /// The segments with the 0-based steps that they cover.
  var stretchedSegments: [(segment: Segment, steps: Range<Int>)] {
    zip(segments, starts).map { ($0, $1..<$1 + $0.count) }
  }

  /// All T multipliers, η_1 first.
  ///
  /// - Complexity: O(T) time and memory.
  public var multipliers: [Double] { multipliers(in: 0..<steps) }

  /// The multipliers η_{t+1} for t in a range of 0-based indices.
  ///
  /// - Parameter range: within 0..<steps.
  /// - Returns: one multiplier an index.
  /// - Complexity: O(range.count).
  public func multipliers(in range: Range<Int>) -> [Double] {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= steps, "the range lies within the run")
    return [Double](unsafeUninitializedCapacity: range.count) { buffer, count in
      fill(UnsafeMutableBufferPointer(rebasing: buffer[0..<range.count]), from: range.lowerBound)
      count = range.count
    }
  }

  /// How the learning rates λ_t = γ·η_t of a spec with an absolute floor follow γ: dλ_t/dγ.
  ///
  /// Without such a floor they are the multipliers.
  ///
  /// - Complexity: O(T) time and memory.
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

  /// Calls `body` on consecutive blocks of the range, the last block first.
  ///
  /// `body` gets the 0-based index of the block's first entry, and its entries. Blocks end at
  /// `range.upperBound`, and all but the earliest have `length` entries, whatever the schedule is made
  /// of, so that sums over blocks have the same bits for a spec and for its values.
  ///
  /// - Complexity: O(range.count) time, O(length) memory.
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
        // The blocks of one plateau are all the same, so that the scratch is filled for the first.
        let plateau = plateau(covering: start..<end)
        if plateau == nil || plateau != heldPlateau { fill(block, from: start) }
        heldPlateau = plateau
        body(start, UnsafeBufferPointer(block))
        end = start
      }
    }
  }

  /// The index of the plateau that covers the whole range, if there is one.
  private func plateau(covering range: Range<Int>) -> Int? {
    let index = segmentIndex(at: range.lowerBound)
    guard range.upperBound <= starts[index] + segments[index].count,
      case .level = segments[index].law
    else { return nil }
    return index
  }

  /// The segment that holds a 0-based step, by bisection: there may be many cycles.
  private func segmentIndex(at step: Int) -> Int {
    var low = 0
    var high = starts.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= step { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// Writes the multipliers from 0-based index `start` on to the buffer.
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
  /// The fraction of the peak above which the last learning rate is not about zero.
  public static let annealedLevel = 0.05

  /// Whether the schedule goes down to about zero: elsewhere the bound is off by up to 2× on real runs.
  ///
  /// - Complexity: that of ``finalLevel``.
  public var isAnnealed: Bool { finalLevel <= Self.annealedLevel }

  /// The level that the end of the schedule tends to: the line through its last steps, drawn on by one
  /// step, so that the 1/n that every linear cooldown ends on counts as zero.
  ///
  /// Trailing zeros are left out first; the line spans half a per cent of the run, at least three steps.
  ///
  /// - Complexity: O(1) where the last step is not zero, else O(T).
  public var finalLevel: Double {
    let end = steps - trailingZeros - 1
    let reach = min(end, max(3, end / 200))
    let last = multipliers(in: end..<end + 1)[0]
    guard reach > 0 else { return last }
    let before = multipliers(in: end - reach..<end - reach + 1)[0]
    return min(1, max(0, last + (last - before) / Double(reach)))
  }

  /// How many steps at the end have a multiplier of zero, or below 1e-100, which moves nothing either.
  ///
  /// - Complexity: O(1) where the last step is not zero, else O(T).
  public var trailingZeros: Int { steps - (lastMovingStep(upTo: steps) ?? steps) }

  /// The last of the first `count` steps, counted from 1, that moves; nil where none does.
  ///
  /// - Complexity: O(1) where it is the last one, else O(count).
  package func lastMovingStep(upTo count: Int) -> Int? {
    if multipliers(in: count - 1..<count)[0] >= Self.negligibleMultiplier { return count }
    var found: Int?
    forEachBlockFromEnd(in: 0..<count, length: 4096) { start, block in
      guard found == nil else { return }
      found = block.lastIndex { $0 >= Self.negligibleMultiplier }.map { start + $0 + 1 }
    }
    return found
  }

  /// Multipliers at the end of a schedule that are smaller than this count as zero: they move nothing,
  /// and dividing by them would overflow.
  package static let negligibleMultiplier = 1e-100
}
