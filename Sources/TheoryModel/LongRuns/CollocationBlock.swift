import Glibc
import Numerics

/// Many steps of the exact recursion at once, where the learning rate follows a polynomial (derived here).
///
/// Over a block the loss is a polynomial of the step, up to an estimated error. A mode that decays by more than
/// a factor of twenty follows a smooth solution, from which its initial deviation dies out by the product of
/// its decays; a slower mode is a polynomial itself. The loss at the nodes then obeys eight linear equations.
struct CollocationBlock {
  let excess: [SIMD8<Double>]

  /// The loss's last Chebyshev coefficient, relative to the loss.
  let error: Double

  /// Takes N steps, given N + 1 learning rates; nil if they are no polynomial to rounding or there is no solution.
  init?(_ model: FeatureModel, state: ModelState, rates: ArraySlice<Double>) {
    let degree = CollocationNodes.degree
    let size = degree + 1
    let nodes = CollocationNodes(length: rates.count - 1)
    let here = nodes.offsets.map { rates[rates.startIndex + $0] }
    guard let peak = here.max(), peak > 0, Self.isPolynomial(rates, nodes: nodes, here: here) else {
      return nil
    }
    let scale = Double(rates.count - 1)
    let batch = model.task.batch
    let curvature = Recursion.exact.curvature(batch: batch)
    let sources = here.map { scale * $0 * $0 / batch }
    let spectrum = model.spectrum

    var response = ModeResponse(nodes: nodes, scale: scale)
    var base = [Double](repeating: 0, count: degree)
    var coupling = [Double](repeating: 0, count: degree * size)
    var ends = [Double](repeating: 0, count: spectrum.count * (size + 1))
    for mode in 0..<spectrum.count {
      let eigenvalue = spectrum.eigenvalues[mode / 8][mode % 8]
      let gain = spectrum.noiseGains[mode / 8][mode % 8]
      let before = state.excess[mode / 8][mode % 8]
      let decays = here.map { scale * eigenvalue * $0 * (2 - curvature * $0 * eigenvalue) }
      guard response.solve(decays: decays, sources: sources, gain: gain) else { return nil }
      for row in 0..<degree { base[row] += response.starts[row] * before }
      for index in coupling.indices { coupling[index] += response.responses[index] }
      ends[mode * (size + 1)] = response.starts[degree - 1]
      for column in 0..<size {
        ends[mode * (size + 1) + 1 + column] = response.responses[(degree - 1) * size + column]
      }
    }

    // L_i = σ² + Σ of the modes at every node but the first, where it is known.
    let firstLoss = model.noise + state.total
    var system = SquareMatrix(size: degree)
    var right = [Double](repeating: 0, count: degree)
    for row in 0..<degree {
      for column in 0..<degree {
        system[row, column] = (row == column ? 1 : 0) - coupling[row * size + column + 1]
      }
      right[row] = model.noise + base[row] + coupling[row * size] * firstLoss
    }
    guard system.eliminate(&right) else { return nil }
    let losses = [firstLoss] + right
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

  /// Whether the learning rates follow the polynomial through the nodes, judged by partial sums of them and
  /// of their squares up to each node.
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

/// A mode's excess at node i + 1, start·starts[i] + Σ_k responses[i·9 + k]·L_k with the losses L_k at the nodes.
private struct ModeResponse {
  private(set) var starts: [Double]
  private(set) var responses: [Double]

  private let nodes: CollocationNodes

  private let scale: Double

  private var fast: SquareMatrix
  private var fastRight: [Double]
  private var slow: SquareMatrix
  private var slowRight: [Double]

  private static let degree = CollocationNodes.degree
  private static let size = degree + 1

  /// A mode that decays by less than e to minus this counts as slow.
  ///
  /// Below, the smooth solution amplifies the polynomial's error by about 8!/decay⁸; above, the mode is no
  /// polynomial.
  private static let fastDecay = 3.0

  init(nodes: CollocationNodes, scale: Double) {
    self.nodes = nodes
    self.scale = scale
    starts = [Double](repeating: 0, count: Self.degree)
    responses = [Double](repeating: 0, count: Self.degree * Self.size)
    fast = SquareMatrix(size: Self.size)
    fastRight = fast.entries
    slow = SquareMatrix(size: Self.degree)
    slowRight = responses
  }

  /// Solves a mode given N times its decay and source per step at each node; false if there is no solution.
  mutating func solve(decays: [Double], sources: [Double], gain: Double) -> Bool {
    (decays.min() ?? 0) >= Self.fastDecay
      ? solveFast(decays, sources, gain) : solveSlow(decays, sources, gain)
  }

  private mutating func solveFast(_ decays: [Double], _ sources: [Double], _ gain: Double) -> Bool {
    let size = Self.size
    fast = nodes.difference
    for row in 0..<size {
      fast[row, row] += decays[row]
      for column in 0..<size {
        fastRight[row * size + column] = row == column ? gain * sources[row] : 0
      }
    }
    guard fast.eliminate(&fastRight) else { return false }
    let exponents = nodes.sums(decays.map { scale * log1p(-$0 / scale) })
    for row in 0..<Self.degree {
      starts[row] = exp(exponents[row])
      for column in 0..<size {
        responses[row * size + column] =
          fastRight[(row + 1) * size + column] - starts[row] * fastRight[column]
      }
    }
    return true
  }

  private mutating func solveSlow(_ decays: [Double], _ sources: [Double], _ gain: Double) -> Bool {
    let (degree, size) = (Self.degree, Self.size)
    for row in 0..<degree {
      for column in 0..<degree {
        slow[row, column] = nodes.difference[row, column + 1]
        slowRight[row * size + column] = row == column ? gain * sources[row] : 0
      }
      if row > 0 { slow[row, row - 1] += decays[row] }
      slowRight[row * size + degree] = -nodes.difference[row, 0] - (row == 0 ? decays[0] : 0)
    }
    guard slow.eliminate(&slowRight) else { return false }
    for row in 0..<degree {
      starts[row] = slowRight[row * size + degree]
      for column in 0..<degree { responses[row * size + column] = slowRight[row * size + column] }
      responses[row * size + degree] = 0
    }
    return true
  }
}
