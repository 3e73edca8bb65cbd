import Glibc

/// Interpolation on [0, 1] at Chebyshev nodes of the first kind, in fixed lanes of eight points for
/// reproducible bits.
struct ChebyshevBasis: Sendable {
  /// The number of nodes, a multiple of eight.
  static let count = 16
  private static let groups = count / 8

  /// The nodes ½(1 + cos θ_m), as cos²(θ_m/2) so that the small ones keep their digits.
  let nodes: [Double]

  /// T_k at node m: row k, and row m.
  private let byDegree: [SIMD8<Double>]
  private let byNode: [SIMD8<Double>]

  init() {
    let p = Self.count
    func angle(_ m: Int) -> Double { Double.pi * (Double(m) + 0.5) / Double(p) }
    func row(_ entry: (Int) -> Double) -> [SIMD8<Double>] {
      (0..<Self.groups).map { group in
        var lanes = SIMD8<Double>.zero
        for lane in 0..<8 { lanes[lane] = entry(8 * group + lane) }
        return lanes
      }
    }
    nodes = (0..<p).map { m in
      let half = cos(angle(m) / 2)
      return half * half
    }
    byDegree = (0..<p).flatMap { k in row { m in cos(Double(k) * angle(m)) } }
    byNode = (0..<p).flatMap { m in row { k in cos(Double(k) * angle(m)) } }
  }

  /// Adds to the nodes' charges those equivalent to charges q_i at points x_i of [0, length]: Q_m = Σ_i
  /// q_i·L_m(x_i), by way of the moments M_k = Σ_i q_i·T_k(x_i).
  ///
  /// `points` holds x_i − `shift`, padded to a multiple of eight with charges of zero.
  func project(
    points: UnsafePointer<Double>, charges: UnsafePointer<Double>, count: Int, shift: Double,
    length: Double, into result: UnsafeMutablePointer<Double>
  ) {
    let p = Self.count
    withUnsafeTemporaryAllocation(of: SIMD8<Double>.self, capacity: p) { moments in
      moments.initialize(repeating: .zero)
      for index in stride(from: 0, to: count, by: 8) {
        let t = Self.argument(loadLanes(points + index) + shift, length: length)
        var previous = loadLanes(charges + index)
        var current = previous * t
        let twice = t + t
        moments[0] += previous
        moments[1] += current
        for k in 2..<p {
          let next = twice * current - previous
          previous = current
          current = next
          moments[k] += current
        }
      }
      // M_k in the first lane; M_0 counts half.
      for k in 0..<p { moments[k][0] = moments[k].sum() }
      moments[0][0] /= 2
      byDegree.withUnsafeBufferPointer { rows in
        for group in 0..<Self.groups {
          var sum = SIMD8<Double>.zero
          for k in 0..<p { sum += rows[k * Self.groups + group] * moments[k][0] }
          let charge = sum * (2 / Double(p))
          storeLanes(loadLanes(result + 8 * group) + charge, to: result + 8 * group)
        }
      }
    }
  }

  /// Adds to `result` the polynomial through the nodes' values at points of [0, length], given less `shift`.
  func interpolate(
    values: UnsafePointer<Double>, points: UnsafePointer<Double>, count: Int, shift: Double,
    length: Double, into result: UnsafeMutablePointer<Double>
  ) {
    let p = Self.count
    withUnsafeTemporaryAllocation(of: Double.self, capacity: p) { coefficients in
      byNode.withUnsafeBufferPointer { rows in
        for group in 0..<Self.groups {
          var sum = SIMD8<Double>.zero
          for m in 0..<p { sum += rows[m * Self.groups + group] * values[m] }
          for lane in 0..<8 { coefficients[8 * group + lane] = sum[lane] * 2 / Double(p) }
        }
      }
      for index in stride(from: 0, to: count, by: 8) {
        let t = Self.argument(loadLanes(points + index) + shift, length: length)
        let twice = t + t
        // Clenshaw's recurrence.
        var next = SIMD8<Double>.zero
        var nextButOne = SIMD8<Double>.zero
        for k in stride(from: p - 1, to: 0, by: -1) {
          let current = twice * next - nextButOne + coefficients[k]
          nextButOne = next
          next = current
        }
        let value = t * next - nextButOne + coefficients[0] / 2
        storeLanes(loadLanes(result + index) + value, to: result + index)
      }
    }
  }

  private static func argument(_ point: SIMD8<Double>, length: Double) -> SIMD8<Double> {
    length > 0 ? 2 * (point / length) - 1 : .zero
  }
}
