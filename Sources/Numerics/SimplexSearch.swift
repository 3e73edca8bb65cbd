/// Returns the lowest value found for a function of several variables in a box, by the Nelder–Mead simplex.
///
/// Derivative-free; tolerates small discontinuities and treats NaN as infinite. Finds a local minimum, so
/// start nearby. Points outside the box are clamped. The first simplex spans a fraction `scale` of each
/// range; the function is called about `evaluations` times.
public func minimum(
  near start: [Double], in box: [ClosedRange<Double>], scale: Double = 0.1, evaluations: Int = 2000,
  of function: ([Double]) -> Double
) -> (point: [Double], value: Double) {
  precondition(start.count == box.count, "one range per variable")
  func evaluated(_ point: [Double]) -> (point: [Double], value: Double) {
    let inside = zip(point, box).map { min(max($0, $1.lowerBound), $1.upperBound) }
    let value = function(inside)
    return (inside, value.isNaN ? .infinity : value)
  }
  var simplex = [evaluated(start)]
  guard !box.isEmpty else { return simplex[0] }
  for index in box.indices {
    var corner = simplex[0].point
    let reach = scale * (box[index].upperBound - box[index].lowerBound)
    // Steps away from the nearer face, so that the simplex is not flat.
    let isLow = corner[index] - box[index].lowerBound < box[index].upperBound - corner[index]
    corner[index] += isLow ? reach : -reach
    simplex.append(evaluated(corner))
  }
  var left = evaluations - simplex.count
  while left > 0 {
    simplex.sort { $0.value < $1.value }
    let worst = simplex[simplex.count - 1]
    let others = simplex.dropLast()
    let spread = worst.value - simplex[0].value
    if spread <= 1e-15 * abs(simplex[0].value) { break }
    let center = box.indices.map { index in
      others.reduce(0) { $0 + $1.point[index] } / Double(others.count)
    }
    func along(_ factor: Double) -> (point: [Double], value: Double) {
      left -= 1
      return evaluated(zip(center, worst.point).map { $0 + factor * ($1 - $0) })
    }
    let reflected = along(-1)
    if reflected.value < simplex[0].value {
      let expanded = along(-2)
      simplex[simplex.count - 1] = expanded.value < reflected.value ? expanded : reflected
      continue
    }
    if reflected.value < simplex[simplex.count - 2].value {
      simplex[simplex.count - 1] = reflected
      continue
    }
    let contracted = along(reflected.value < worst.value ? -0.5 : 0.5)
    if contracted.value < min(reflected.value, worst.value) {
      simplex[simplex.count - 1] = contracted
      continue
    }
    for index in 1..<simplex.count {
      simplex[index] = evaluated(zip(simplex[0].point, simplex[index].point).map { ($0 + $1) / 2 })
    }
    left -= simplex.count - 1
  }
  return simplex.min { $0.value < $1.value } ?? simplex[0]
}
