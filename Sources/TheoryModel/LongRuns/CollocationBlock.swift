import Glibc
import Numerics

/// Many steps of the exact recursion at once, where the learning rate follows a polynomial (derived here).
///
/// Over a block the loss is a polynomial of the step, up to an error that is estimated. A mode that decays
/// by more than a factor of twenty follows a smooth solution, and what it was off at the start dies
/// out by the product of its decays; a slower mode is a polynomial itself. The loss at the nodes then
/// obeys eight linear equations.
struct CollocationBlock {
  /// The state after the block.
  let excess: [SIMD8<Double>]

  /// The last Chebyshev coefficient of the loss relative to the loss.
  let error: Double

  /// A mode that decays by less than e to minus this is taken as slow.
  ///
  /// Below, what the polynomial of the loss leaves out is amplified by about 8!/decay⁸ in the smooth
  /// solution; above, the mode itself is no polynomial.
  private static let fastDecay = 3.0

  /// Steps over N steps, with the learning rates of N + 1.
  ///
  /// Nil where the learning rates are no polynomial to rounding, or the equations have no solution.
  ///
  /// - Complexity: O(modes) with a factor of a few thousand, and O(N) for a sum.
  init?(_ model: FeatureModel, state: ModelState, rates: ArraySlice<Double>) {
    let degree = CollocationNodes.degree
    let size = degree + 1
    let length = rates.count - 1
    let start = rates.startIndex
    let nodes = CollocationNodes(length: length)
    let here = nodes.offsets.map { rates[start + $0] }
    guard let peak = here.max(), peak > 0, Self.isPolynomial(rates, nodes: nodes, here: here) else {
      return nil
    }
    let scale = Double(length)
    let batch = model.task.batch
    let curvature = Recursion.exact.curvature(batch: batch)
    let sources = here.map { scale * $0 * $0 / batch }
    let spectrum = model.spectrum

    // Excess of a mode at node i: start·starts[i] + Σ_k responses[i·size + k]·L_k.
    var fast = LinearSystem(size: size, columns: size)
    var slow = LinearSystem(size: degree, columns: size)
    var base = [Double](repeating: 0, count: degree)
    var coupling = [Double](repeating: 0, count: degree * size)
    var ends = [Double](repeating: 0, count: spectrum.count * (size + 1))
    var starts = [Double](repeating: 0, count: degree)
    var responses = [Double](repeating: 0, count: degree * size)
    for mode in 0..<spectrum.count {
      let eigenvalue = spectrum.eigenvalues[mode / 8][mode % 8]
      let gain = spectrum.noiseGains[mode / 8][mode % 8]
      let before = state.excess[mode / 8][mode % 8]
      let decays = here.map { scale * eigenvalue * $0 * (2 - curvature * $0 * eigenvalue) }
      if (decays.min() ?? 0) >= Self.fastDecay {
        fast.matrix = nodes.difference
        for row in 0..<size {
          fast.matrix[row * size + row] += decays[row]
          for column in 0..<size {
            fast.right[row * size + column] = row == column ? gain * sources[row] : 0
          }
        }
        guard fast.solve() else { return nil }
        let exponents = nodes.sums(decays.map { scale * log1p(-$0 / scale) })
        for row in 0..<degree {
          starts[row] = exp(exponents[row])
          for column in 0..<size {
            responses[row * size + column] =
              fast.right[(row + 1) * size + column] - starts[row] * fast.right[column]
          }
        }
      } else {
        for row in 0..<degree {
          for column in 0..<degree {
            slow.matrix[row * degree + column] = nodes.difference[row * size + column + 1]
            slow.right[row * size + column] = row == column ? gain * sources[row] : 0
          }
          if row > 0 { slow.matrix[row * degree + row - 1] += decays[row] }
          slow.right[row * size + degree] =
            -nodes.difference[row * size] - (row == 0 ? decays[0] : 0)
        }
        guard slow.solve() else { return nil }
        for row in 0..<degree {
          starts[row] = slow.right[row * size + degree]
          for column in 0..<degree {
            responses[row * size + column] = slow.right[row * size + column]
          }
          responses[row * size + degree] = 0
        }
      }
      for row in 0..<degree { base[row] += starts[row] * before }
      for index in coupling.indices { coupling[index] += responses[index] }
      ends[mode * (size + 1)] = starts[degree - 1]
      for column in 0..<size {
        ends[mode * (size + 1) + 1 + column] = responses[(degree - 1) * size + column]
      }
    }

    // L_i = σ² + Σ of the modes at every node but the first, where it is known.
    let firstLoss = model.noise + state.total
    var system = LinearSystem(size: degree, columns: 1)
    for row in 0..<degree {
      for column in 0..<degree {
        system.matrix[row * degree + column] =
          (row == column ? 1 : 0) - coupling[row * size + column + 1]
      }
      system.right[row] = model.noise + base[row] + coupling[row * size] * firstLoss
    }
    guard system.solve() else { return nil }
    let losses = [firstLoss] + system.right
    var excess = spectrum.excess
    for mode in 0..<spectrum.count {
      var after = state.excess[mode / 8][mode % 8] * ends[mode * (size + 1)]
      for column in 0..<size { after += ends[mode * (size + 1) + 1 + column] * losses[column] }
      excess[mode / 8][mode % 8] = after
    }
    self.excess = excess
    let last = zip(nodes.lastCoefficient, losses).reduce(0) { $0 + $1.0 * $1.1 }
    error = abs(last) / (losses.min() ?? 0)
    guard error.isFinite, losses.allSatisfy({ $0 > 0 }) else { return nil }
  }

  /// Whether all learning rates of the block are on the polynomial through those at the nodes, as far as
  /// the sums of all, of every second half and of all squares tell.
  private static func isPolynomial(
    _ rates: ArraySlice<Double>, nodes: CollocationNodes, here: [Double]
  ) -> Bool {
    let degree = CollocationNodes.degree
    let length = Double(rates.count - 1)
    let sums = nodes.sums(here)
    let squares = nodes.sums(here.map { $0 * $0 })
    var sum = CompensatedSum()
    var square = CompensatedSum()
    var node = 1
    for (offset, rate) in rates.enumerated() {
      if offset == nodes.offsets[node] {
        guard abs(sum.value / length - sums[node - 1]) <= 1e-12 * sums[node - 1],
          abs(square.value / length - squares[node - 1]) <= 1e-11 * squares[node - 1]
        else { return false }
        if node == degree { break }
        node += 1
      }
      sum.add(rate)
      square.add(rate * rate)
    }
    return true
  }
}
