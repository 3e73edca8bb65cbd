/// A sequence of T logarithms, linear between a few knots that are dense at both ends of the run.
struct LogarithmicSpline {
  /// The 0-based steps of the knots, ascending.
  let knots: [Int]

  var count: Int { (knots.last ?? 0) + 1 }

  /// Creates knots at 0, 1, 2, 4 … steps from either end.
  init(steps: Int) {
    var places: Set<Int> = [0, steps - 1, (steps - 1) / 2]
    var distance = 1
    while distance < (steps + 1) / 2 {
      places.formUnion([distance, steps - 1 - distance])
      distance *= 2
    }
    knots = places.sorted()
  }

  func values(_ logarithms: ArraySlice<Double>) -> [Double] {
    var values = [logarithms[logarithms.startIndex]]
    for index in 1..<knots.count {
      let place = logarithms.startIndex + index
      let width = knots[index] - knots[index - 1]
      for step in 1...width {
        let part = Double(step) / Double(width)
        values.append(logarithms[place - 1] * (1 - part) + logarithms[place] * part)
      }
    }
    return values
  }

  /// Returns the slopes with respect to the knots, given those with respect to every step.
  func slopes(_ each: [Double]) -> [Double] {
    var slopes = [Double](repeating: 0, count: knots.count)
    slopes[0] = each[0]
    for index in 1..<knots.count {
      let width = knots[index] - knots[index - 1]
      for step in 1...width {
        let part = Double(step) / Double(width)
        slopes[index - 1] += (1 - part) * each[knots[index - 1] + step]
        slopes[index] += part * each[knots[index - 1] + step]
      }
    }
    return slopes
  }
}
