import Numerics
import TestSupport
import Testing

@Suite struct MedianFilterTests {
  /// Sorting every window.
  static func direct(_ values: [Double], _ width: Int) -> [Double] {
    let last = values.count - 1
    var padded = [Double](repeating: values[0], count: width) + values
    var (place, step) = (last, -1)
    for _ in 0..<2 * width {
      if place + step < 0 || place + step > last { step = -step }
      place += step
      padded.append(values[place])
    }
    return values.indices.map { index in
      let centre = index + width
      return padded[centre - width / 2...centre + width / 2].sorted()[width / 2]
    }
  }

  @Test(arguments: [2, 3, 10, 57], [1, 3, 5, 11, 41])
  func equalsSortedWindows(_ count: Int, _ width: Int) {
    var generator = SplitMix64(seed: UInt64(count * 100 + width))
    let values = (0..<count).map { _ in Double(Int.random(in: 0...9, using: &generator)) }
    #expect(runningMedian(values, width: width) == Self.direct(values, width))
  }

  @Test func removesSpikes() {
    var values = [Double](repeating: 1, count: 50)
    values[20] = 100
    #expect(runningMedian(values, width: 5) == [Double](repeating: 1, count: 50))
  }
}
