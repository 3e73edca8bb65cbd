import Bound
import Schedules
import TestSupport
import Testing

#if arch(x86_64)
  @Suite struct GradientTests {
    /// V in 80 bits.
    static func noise(_ eta: [Float80], _ norms: [Float80]) -> Float80 {
      var suffix: Float80 = 0
      var sum: Float80 = 0
      for index in eta.indices.reversed() {
        let weight = eta[index] * norms[index]
        sum += index == eta.count - 1 ? weight * norms[index] : weight * weight / suffix
        suffix += eta[index]
      }
      return sum
    }

    static func schedules() throws -> [(Schedule, [Double])] {
      var generator = SplitMix64(seed: 3)
      let random = (0..<40).map { _ in Double.random(in: 0.01...1, using: &generator) }
      let norms = (0..<40).map { _ in Double.random(in: 0.3...3, using: &generator) }
      let ones = [Double](repeating: 1, count: 40)
      return [
        (try ScheduleSpec("linear").schedule(steps: 40), ones),
        (try ScheduleSpec("wsd20").schedule(steps: 40), norms),
        (try Schedule(values: random), ones),
        (try Schedule(values: random), norms),
      ]
    }

    /// Against fourth-order differences in 80 bits, good to about 10⁻¹⁴.
    @Test func equalsDifferences() throws {
      for (schedule, norms) in try Self.schedules() {
        let gradient = try BoundGradient(of: schedule, gradientNorms: .perStep(norms))
        let eta = schedule.multipliers.map { Float80($0) }
        let exactNorms = norms.map { Float80($0) }
        let largest = gradient.noiseSlopes.map { abs($0) }.max() ?? 1
        for index in eta.indices {
          let step = eta[index] * 1e-4
          func at(_ offset: Float80) -> Float80 {
            var moved = eta
            moved[index] += offset * step
            return Self.noise(moved, exactNorms)
          }
          let near = at(1) - at(-1)
          let far = at(2) - at(-2)
          let slope = Double((8 * near - far) / (12 * step))
          #expect(abs(gradient.noiseSlopes[index] - slope) < 2e-13 * largest)
        }
      }
    }

    /// V is of degree one: Σ η_j ∂V/∂η_j = V (Euler).
    @Test func eulersTheorem() throws {
      for (schedule, norms) in try Self.schedules() {
        let gradient = try BoundGradient(of: schedule, gradientNorms: .perStep(norms))
        let sum = zip(schedule.multipliers, gradient.noiseSlopes).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(relativeError(sum, gradient.terms.noiseSum) < 1e-14)
        // Ω* does not change with the scale of η, so its slopes are orthogonal to η.
        let terms = gradient.terms
        let flat = zip(schedule.multipliers, gradient.noiseSlopes).reduce(0) {
          $0 + $1.0 * ($1.1 / terms.noiseSum - 1 / terms.stepSum) / 2
        }
        #expect(abs(flat) < 1e-14)
      }
    }
  }
#endif
