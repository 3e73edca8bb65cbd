import Bound
import Foundation
import Schedules
import Support
import TestSupport
import Testing

#if arch(x86_64)
  @Suite struct BoundCurveTests {
    /// V_t by sums in 80 bits.
    static func direct(_ eta: [Double], _ norms: [Double], _ t: Int) -> Double {
      var suffix: Float80 = 0
      var noise: Float80 = 0
      for index in stride(from: t, through: 0, by: -1) where eta[index] > 0 {
        let move = Float80(eta[index]) * Float80(norms[index])
        noise += index == t ? move * Float80(norms[index]) : move * move / suffix
        suffix += Float80(eta[index])
      }
      return Double(noise)
    }

    static func check(_ schedule: Schedule, _ norms: GradientNorms, _ values: [Double]?) throws {
      let curve = try BoundCurve(of: schedule, gradientNorms: norms)
      let eta = schedule.multipliers
      let steps = eta.count
      let each = values ?? [Double](repeating: 1, count: steps)
      var generator = SplitMix64(seed: UInt64(steps))
      var sampled = [0, 1, 2, 47, 48, 49, steps / 2, steps - 2, steps - 1]
      sampled += (0..<12).map { _ in Int.random(in: 0..<steps, using: &generator) }
      for t in sampled where t >= 0 && t < steps && eta[t] > 0 {
        let terms = curve.terms(at: t + 1)
        #expect(relativeError(terms.noiseSum, direct(eta, each, t)) < 2e-13, "t = \(t + 1)")
      }
      let whole = try BoundTerms.lastIterate(of: schedule, gradientNorms: norms)
      #expect(relativeError(curve.terms(at: steps).noiseSum, whole.noiseSum) < 2e-13)
      #expect(relativeError(curve.terms(at: steps).stepSum, whole.stepSum) < 1e-14)
    }

    /// Long runs belong to release builds; LRBOUND_HEAVY=1 asks for them.
    static let lengths =
      isHeavy
      ? [1, 2, 3, 48, 49, 97, 1000, 12_345, 1_000_000] : [1, 2, 3, 48, 49, 97, 1000, 12_345]

    @Test(
      arguments: [
        "linear", "cosine", "wsd20", "wsd20:decay=1-sqrt", "wsd20:min=1e-10", "constant", "invsqrt",
        "wsd:cooldown=100%,decay=exponential,min=1e-12", "wsds:period=10%,cooldown=3%",
      ], lengths)
    func equalsDirectSums(_ text: String, _ steps: Int) throws {
      try Self.check(ScheduleSpec(text).schedule(steps: steps), .one, nil)
    }

    @Test(arguments: sampled(lengths), [0.5, 4.0])
    func randomStepsAndNorms(_ steps: Int, _ spread: Double) throws {
      var generator = SplitMix64(seed: 5)
      // A sum of uniforms is near enough to a normal variable.
      func normal() -> Double {
        (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0...1, using: &generator) }
      }
      let schedule = try Schedule(values: (0..<steps).map { _ in exp(spread * normal()) })
      let norms = (0..<steps).map { _ in exp(normal()) }
      try Self.check(schedule, .perStep(norms), norms)
    }

    @Test func sameBitsForAnyNumberOfThreads() throws {
      let schedule = try ScheduleSpec("cosine:warmup=5%").schedule(steps: 20_000)
      let one = try BoundCurve(of: schedule, threads: 1)
      let two = try BoundCurve(of: schedule, threads: 2)
      #expect(one.noiseSums == two.noiseSums && one.stepSums == two.stepSums)
    }

    /// x_t is that of the next step that moves; how the end is bounded, LastStepTests say.
    @Test func zerosMoveNothing() throws {
      let curve = try BoundCurve(of: Schedule(values: [0, 0, 1, 0.5, 0, 0.25, 0, 0]))
      #expect(curve.firstStep == 3 && curve.stepSums[..<4] == [1, 1.5, 1.75, 1.75])
      let moving = try BoundCurve(of: Schedule(values: [1, 0.5, 0.25]))
      for (step, other) in [(3, 1), (4, 2), (5, 3), (6, 3)] {
        #expect(
          relativeError(curve.terms(at: step).noiseSum, moving.terms(at: other).noiseSum) < 1e-15)
      }
    }

    @Test func manyBaseLearningRatesFromOneCurve() throws {
      let curve = try BoundCurve(of: ScheduleSpec("wsd20").schedule(steps: 300))
      for gamma in [1e-3, 0.05] {
        let bounds = try curve.bounds(at: gamma, distance: 2)
        let single = try curve.terms(at: 300).bound(at: gamma, distance: 2)
        #expect(relativeError(bounds[299], single) < 1e-15)
        #expect(bounds.count == 300)
      }
      #expect(throws: InputError.self) { try curve.bounds(at: 0) }
    }

    @Test func tooLongForACurve() throws {
      let schedule = try ScheduleSpec("linear").schedule(steps: 60_000_000)
      #expect(throws: InputError.self) { try BoundCurve(of: schedule) }
    }
  }
#endif
