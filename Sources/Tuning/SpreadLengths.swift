import Glibc

/// Whole numbers over a range, both ends among them, none twice: where to sample a curve.
enum SpreadLengths {
  /// Distances that grow evenly, so that the lower end, where a curve is steep, has the most.
  ///
  /// - Parameters:
  ///   - range: the range.
  ///   - count: how many numbers, at least 2; fewer where neighbours round to the same.
  /// - Returns: the numbers, rising.
  static func dense(_ range: ClosedRange<Int>, count: Int) -> [Int] {
    let width = Double(range.upperBound - range.lowerBound)
    return numbers(range, count: count) { Double(range.lowerBound) + width * $0 * $0 }
  }

  /// Equal ratios.
  ///
  /// - Parameters:
  ///   - range: the range, of positive numbers.
  ///   - count: how many numbers, at least 2; fewer where neighbours round to the same.
  /// - Returns: the numbers, rising.
  static func geometric(_ range: ClosedRange<Int>, count: Int) -> [Int] {
    let ratio = Double(range.upperBound) / Double(range.lowerBound)
    return numbers(range, count: count) { Double(range.lowerBound) * pow(ratio, $0) }
  }

  /// The whole numbers next to a rising function of 0…1.
  private static func numbers(
    _ range: ClosedRange<Int>, count: Int, _ position: (Double) -> Double
  ) -> [Int] {
    var numbers = [range.lowerBound]
    for index in 1..<count {
      let rounded = Int(position(Double(index) / Double(count - 1)).rounded())
      let number = index == count - 1 ? range.upperBound : min(rounded, range.upperBound)
      if number > numbers[numbers.count - 1] { numbers.append(number) }
    }
    return numbers
  }
}
