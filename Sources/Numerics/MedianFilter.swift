/// Returns the running median of finite numbers over a centred window of odd width, in O(n log n) time.
///
/// The first value is repeated before the start; at the end the sequence is mirrored without its last
/// value, as in the refinement of 2310.07831.
public func runningMedian(_ values: [Double], width: Int) -> [Double] {
  precondition(width >= 1 && width % 2 == 1, "the window has an odd width")
  guard width > 1, values.count > 1 else { return values }
  let half = width / 2
  let last = values.count - 1
  /// Mirrors an index past the end, as often as needed.
  func source(_ place: Int) -> Int {
    if place <= 0 { return 0 }
    let folded = place % (2 * last)
    return place <= last ? place : folded <= last ? folded : 2 * last - folded
  }

  // Ties are broken by index, so that a window is a set of ranks.
  let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  var rank = [Int](repeating: 0, count: values.count)
  for (position, index) in order.enumerated() { rank[index] = position }

  // A Fenwick tree over the ranks in the window.
  var tree = [Int](repeating: 0, count: values.count + 1)
  var top = 1
  while top * 2 <= values.count { top *= 2 }
  func change(_ index: Int, by amount: Int) {
    var place = rank[index] + 1
    while place <= values.count {
      tree[place] += amount
      place += place & -place
    }
  }
  func middle() -> Int {
    var place = 0
    var remaining = half
    var step = top
    while step > 0 {
      if place + step <= values.count, tree[place + step] <= remaining {
        place += step
        remaining -= tree[place]
      }
      step /= 2
    }
    return place
  }

  for place in -half...half { change(source(place), by: 1) }
  return values.indices.map { centre in
    if centre > 0 {
      change(source(centre - 1 - half), by: -1)
      change(source(centre + half), by: 1)
    }
    return values[order[middle()]]
  }
}
