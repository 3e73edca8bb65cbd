/// Whole numbers spread evenly over a range, both ends among them, none twice.
///
/// - Parameters:
///   - range: the range.
///   - count: how many, at least 2; all of the range where it has no more.
/// - Returns: the numbers, rising.
func spread(_ range: ClosedRange<Int>, count: Int) -> [Int] {
  guard range.count > count else { return Array(range) }
  let width = Double(range.upperBound - range.lowerBound)
  return (0..<count).map { index in
    range.lowerBound + Int((width * Double(index) / Double(count - 1)).rounded())
  }
}
