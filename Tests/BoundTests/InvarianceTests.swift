import Bound
import Schedules
import TestSupport
import Testing

@Suite struct InvarianceTests {
  static let specs = [
    "constant", "linear", "cosine:min=0.1", "wsd20", "wsd20:decay=1-sqrt,warmup=30steps",
  ]

  /// A schedule and its own values give the same bits, whatever the blocks fall on.
  @Test(arguments: specs + ["cosine", "onecycle", "piecewise:0=0.2,0.3=1,1=0.01", "invsqrt"])
  func aSpecAndItsValuesAgreeToTheBit(_ text: String) throws {
    for steps in [100, 513, 4097, 30_000] {
      let schedule = try ScheduleSpec(text).schedule(steps: steps)
      let values = try Schedule(values: schedule.multipliers)
      #expect(
        try BoundTerms.lastIterate(of: schedule) == BoundTerms.lastIterate(of: values), "\(steps)")
      #expect(
        try BoundTerms.averageIterate(of: schedule) == BoundTerms.averageIterate(of: values))
    }
  }

  /// Only γη matters: scaled learning rates give the same shape.
  @Test(arguments: specs, [1e-6, 0.37, 1e12])
  func scalingTheSchedule(_ text: String, _ factor: Double) throws {
    let schedule = try ScheduleSpec(text).schedule(steps: 1000)
    let scaled = try Schedule(values: schedule.multipliers.map { $0 * factor })
    let terms = try BoundTerms.lastIterate(of: schedule)
    let scaledTerms = try BoundTerms.lastIterate(of: scaled)
    #expect(relativeError(scaledTerms.stepSum, terms.stepSum) < 1e-14)
    #expect(relativeError(scaledTerms.noiseSum, terms.noiseSum) < 1e-14)
  }

  /// γ* = D/G·…, Ω* = D·G·….
  @Test(arguments: [1e-8, 3.0, 1e20], [1e-10, 0.5, 1e15])
  func scalingDistanceAndNorm(_ distance: Double, _ norm: Double) throws {
    let schedule = try ScheduleSpec("wsd20").schedule(steps: 777)
    let unit = try BoundTerms.lastIterate(of: schedule)
    let terms = try BoundTerms.lastIterate(of: schedule, gradientNorms: .constant(norm))
    let gamma = try terms.optimalBaseLearningRate(distance: distance)
    let omega = try terms.optimalBound(distance: distance)
    #expect(relativeError(gamma, try unit.optimalBaseLearningRate() * distance / norm) < 1e-14)
    #expect(relativeError(omega, try unit.optimalBound() * distance * norm) < 1e-14)
    #expect(relativeError(try terms.bound(at: gamma, distance: distance), omega) < 1e-14)
    let perStep = try BoundTerms.lastIterate(
      of: schedule, gradientNorms: .perStep([Double](repeating: norm, count: 777)))
    #expect(relativeError(perStep.noiseSum, terms.noiseSum) < 1e-14)
  }

  /// Ω(ργ*)/Ω* = (ρ + 1/ρ)/2 for every schedule.
  @Test(arguments: specs, [0.1, 0.5, 2, 64])
  func misTunedBase(_ text: String, _ rho: Double) throws {
    let terms = try BoundTerms.lastIterate(of: ScheduleSpec(text).schedule(steps: 321))
    let gamma = try terms.optimalBaseLearningRate()
    let ratio = try terms.bound(at: rho * gamma) / terms.optimalBound()
    #expect(relativeError(ratio, (rho + 1 / rho) / 2) < 1e-14)
  }

  /// The blocks of the fast sum against compensated sums over every step.
  @Test(arguments: [1, 2, 63, 64, 65, 511, 512, 513, 5000], [0.0, 4.0])
  func fastEqualsCompensated(_ steps: Int, _ spread: Double) throws {
    var generator = SplitMix64(seed: 99 + UInt64(steps))
    let values = (0..<steps).map { _ in
      spread == 0
        ? Double.random(in: 0...1, using: &generator) + 1e-9
        : Double.random(in: 1e-300...1, using: &generator).squareRoot()
    }
    let norms = (0..<steps).map { _ in Double.random(in: 0.1...10, using: &generator) }
    let schedule = try Schedule(values: values)
    let eta = schedule.multipliers
    var suffix: Float80 = Float80(eta[steps - 1])
    var noise = suffix * Float80(norms[steps - 1]) * Float80(norms[steps - 1])
    for index in stride(from: steps - 2, through: 0, by: -1) {
      let weight = Float80(eta[index]) * Float80(norms[index])
      noise += weight * weight / suffix
      suffix += Float80(eta[index])
    }
    let terms = try BoundTerms.lastIterate(of: schedule, gradientNorms: .perStep(norms))
    #expect(relativeError(terms.stepSum, Double(suffix)) < 5e-15)
    #expect(relativeError(terms.noiseSum, Double(noise)) < 1e-14)
  }
}
