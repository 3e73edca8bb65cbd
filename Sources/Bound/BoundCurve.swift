import Numerics
import Schedules
import Support

/// The bound Ω_t of every iterate of a run, t = 1…T: S_t and V_t as if the run ended at step t.
///
/// V_t = η_t G_t² + Σ_{k<t} η_k² G_k²/Σ_{k<i≤t} η_i is a causal Cauchy sum, computed for all t at once.
public struct BoundCurve: Sendable {
  /// S_t for t = ``firstStep``…T.
  public let stepSums: [Double]

  /// V_t for t = ``firstStep``…T, within 2·10⁻¹³ relative (10⁻¹² if gradient norms span ten orders of magnitude).
  public let noiseSums: [Double]

  /// The first step, counted from 1, with a non-zero multiplier; earlier iterates have no bound.
  public let firstStep: Int

  /// The longest supported run, at about 60 bytes per step.
  public static let mostSteps = 50_000_000

  /// Computes the curve in O(T) time and memory; the thread count does not change a bit of the result.
  ///
  /// A step with a multiplier of zero (below 1e-100) has the bound of the next step that moves, or at the end of
  /// the run that of the tightest dummy step. Fails beyond ``mostSteps`` or if the norms don't fit the schedule.
  public init(of schedule: Schedule, gradientNorms: GradientNorms = .one, threads: Int = 2)
    throws(InputError)
  {
    _ = try BoundTerms.movingSteps(of: schedule, gradientNorms: gradientNorms)
    try InputError.check(steps: schedule.steps, most: Self.mostSteps)
    let multipliers = schedule.multipliers
    // Norms are relative to the largest, so that their squares neither overflow nor underflow.
    var norms: [Double]?
    let norm: Double
    switch gradientNorms.storage {
    case .constant(let constant): norm = constant
    case .perStep(let each):
      norm = each.max() ?? 1
      norms = each.map { $0 / norm }
    }
    let scale = norm * norm
    let moving = multipliers.indices.filter { multipliers[$0] >= Schedule.negligibleMultiplier }
    let isWhole = moving.count == multipliers.count
    let noise = CausalMultipole.noiseSums(
      steps: isWhole ? multipliers : moving.map { multipliers[$0] },
      norms: isWhole ? norms : norms.map { all in moving.map { all[$0] } }, threads: threads)
    var total = CompensatedSum()
    var stepSums: [Double] = []
    var noiseSums: [Double] = []
    stepSums.reserveCapacity(multipliers.count)
    noiseSums.reserveCapacity(multipliers.count)
    for (place, index) in moving.enumerated() {
      total.add(multipliers[index])
      // The step and the zeros before it; zeros before the first move have no bound.
      for _ in (place == 0 ? index : moving[place - 1] + 1)...index {
        stepSums.append(total.value)
        noiseSums.append(noise[place] * scale)
      }
    }
    firstStep = moving[0] + 1
    if schedule.trailingZeros > 0 {
      let end = try BoundTerms.lastIterate(of: schedule, gradientNorms: gradientNorms)
      stepSums += repeatElement(end.stepSum, count: end.trimmedSteps)
      noiseSums += repeatElement(end.noiseSum, count: end.trimmedSteps)
    }
    self.stepSums = stepSums
    self.noiseSums = noiseSums
  }

  /// Returns S_t and V_t of a run that ends at step t, ``firstStep``…T.
  public func terms(at step: Int) -> BoundTerms {
    let index = step - firstStep
    precondition(stepSums.indices.contains(index), "the step lies on the curve")
    return BoundTerms(stepSum: stepSums[index], noiseSum: noiseSums[index], steps: step)
  }

  /// Returns Ω_t for t = ``firstStep``…T at one base learning rate, in O(T) time.
  public func bounds(at baseLearningRate: Double, distance: Double = 1)
    throws(InputError) -> [Double]
  {
    try InputError.check(baseLearningRate, "base learning rate")
    try InputError.check(distance, "distance")
    let bias = distance * distance / (2 * baseLearningRate)
    let half = baseLearningRate / 2
    return zip(stepSums, noiseSums).map { bias / $0 + half * $1 }
  }
}
