import Numerics

/// Accumulates S and V of a schedule from its end.
///
/// V = η_T G_T² + Σ_{k<T} η_k² G_k²/A_{k+1}, A_{k+1} = Σ_{t>k} η_t. Suffix sums are built backwards, never
/// as differences: plain sums over at most 64 steps start from a compensated sum, so that the error does
/// not grow with T. Eight such runs go side by side in fixed lanes, which keeps the division units busy and
/// the bits reproducible.
struct SuffixAccumulator {
  private static let run = 64
  private static let lanes = 8

  /// A, the sum of the multipliers seen so far.
  private(set) var suffix: CompensatedSum

  private(set) var noise: CompensatedSum

  /// Starts from the last step, η_T > 0 and G_T.
  init(last: Double, norm: Double) {
    suffix = CompensatedSum(last)
    noise = CompensatedSum(last * norm * norm)
  }

  /// Adds the preceding steps at norm 1.
  mutating func absorb(_ multipliers: UnsafeBufferPointer<Double>) {
    guard let eta = multipliers.baseAddress else { return }
    absorb(count: multipliers.count, eta: eta, norms: nil) { Self.lanes(of: eta, at: $0) }
  }

  mutating func absorb(
    _ multipliers: UnsafeBufferPointer<Double>, norms: UnsafeBufferPointer<Double>
  ) {
    guard let eta = multipliers.baseAddress, let norm = norms.baseAddress else { return }
    absorb(count: multipliers.count, eta: eta, norms: norm) {
      Self.lanes(of: eta, at: $0) * Self.lanes(of: norm, at: $0)
    }
  }

  /// Adds whole groups of eight runs from the end; `weight` gives η·G of the lanes at an index.
  @inline(__always)
  private mutating func absorb(
    count: Int, eta: UnsafePointer<Double>, norms: UnsafePointer<Double>?,
    weight: (Int) -> SIMD8<Double>
  ) {
    let group = Self.run * Self.lanes
    var end = count
    while end >= group {
      // Below this the product of four suffix sums could underflow, which only a run's last steps can
      // cause.
      if suffix.value < 1e-60 {
        absorbRest(from: end - group, to: end, eta: eta, norms: norms)
        end -= group
        continue
      }
      end -= group
      var running = takeLaneBases(eta + end)
      var sum = SIMD8<Double>.zero
      for index in stride(from: end + Self.run - 1, to: end, by: -4) {
        let (a, b, c, d) = (weight(index), weight(index - 1), weight(index - 2), weight(index - 3))
        let afterA = running
        let afterB = afterA + Self.lanes(of: eta, at: index)
        let afterC = afterB + Self.lanes(of: eta, at: index - 1)
        let afterD = afterC + Self.lanes(of: eta, at: index - 2)
        running = afterD + Self.lanes(of: eta, at: index - 3)
        // Four fractions share a division: a/b + c/d = (ad + cb)/(bd), twice.
        let first = a * a * afterB + b * b * afterA
        let second = c * c * afterD + d * d * afterC
        let firstProduct = afterA * afterB
        let secondProduct = afterC * afterD
        sum += (first * secondProduct + second * firstProduct) / (firstProduct * secondProduct)
      }
      noise.add(sum.sum())
    }
    absorbRest(from: 0, to: end, eta: eta, norms: norms)
  }

  /// Adds a range step by step: less than a group, or very small steps.
  private mutating func absorbRest(
    from first: Int, to last: Int, eta: UnsafePointer<Double>, norms: UnsafePointer<Double>?
  ) {
    var end = last
    while end > first {
      let start = max(first, end - Self.run)
      let base = suffix.value
      var local = 0.0
      var sum = 0.0
      for index in stride(from: end - 1, through: start, by: -1) {
        let value = eta[index]
        let weight = value * (norms?[index] ?? 1)
        sum += weight * weight / (base + local)
        local += value
      }
      suffix.add(local)
      noise.add(sum)
      end = start
    }
  }

  /// Returns the suffix sum at the right end of each lane's run and adds all the runs.
  @inline(__always)
  private mutating func takeLaneBases(_ eta: UnsafePointer<Double>) -> SIMD8<Double> {
    var bases = SIMD8<Double>.zero
    for lane in stride(from: Self.lanes - 1, through: 0, by: -1) {
      bases[lane] = suffix.value
      var total = SIMD8<Double>.zero
      for start in stride(from: lane * Self.run, to: (lane + 1) * Self.run, by: 8) {
        total += loadLanes(eta + start)
      }
      suffix.add(total.sum())
    }
    return bases
  }

  /// The entries `index`, `index` + 64, … of eight consecutive runs.
  @inline(__always)
  private static func lanes(of values: UnsafePointer<Double>, at index: Int) -> SIMD8<Double> {
    SIMD8(
      values[index], values[index + 64], values[index + 128], values[index + 192],
      values[index + 256], values[index + 320], values[index + 384], values[index + 448])
  }
}
