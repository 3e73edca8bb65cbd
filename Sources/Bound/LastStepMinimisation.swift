import Glibc
import Numerics
import Schedules
import Support

/// Chooses the last step of a run, a dummy in the proof: x_T depends on η_1 … η_{T−1} only, and every η_T >
/// 0 gives a valid bound.
///
/// If a schedule ends in zeros after n moving steps, x_T = x_{n+1} depends on all of η_1 … η_n. Its bound
/// is that of n + 1 steps, the last a dummy h > 0 (the bound of n steps is that of x_n, which can lie far
/// below):
///
///     S(h) = Σ_{t≤n} η_t + h        V(h) = h·G_{n+1}² + Σ_{k≤n} η_k² G_k²/(h + Σ_{k<t≤n} η_t)
///
/// V is convex and tends to ∞ as h → 0 and h → ∞, so the tightest h is finite and unique. At a fixed γ it
/// solves dΩ/dh = (γ/2)·V′ − D²/(2γS²) = 0; with γ tuned too, Ω*² = D²·V/S is minimal at V′·S = V. Both are
/// roots of increasing functions (V′S − V has the slope V″S).
struct LastStepMinimisation {
  let schedule: Schedule

  /// n, the number of steps before the dummy.
  let moving: Int

  let gradientNorms: GradientNorms

  /// Returns the tightest h within 10⁻¹⁴, up to a million times S, at a fixed D/γ or with γ tuned as well;
  /// O(n) for each of about 20 evaluations.
  func tightest(fixed: Double? = nil) -> Double {
    var sum = CompensatedSum()
    schedule.forEachBlockFromEnd(in: 0..<moving, length: BoundTerms.blockLength) { _, block in
      sum.add(block.reduce(0, +))
    }
    // Norms are relative to the largest, and D/γ in their units.
    let largest = gradientNorms.perStep.max() ?? gradientNorms.norm(at: 0)
    func excess(_ logarithm: Double) -> Double {
      let h = exp(logarithm)
      let (noise, slope) = noise(h, unit: largest)
      let total = sum.value + h
      guard let fixed else { return slope * total - noise }
      let ratio = fixed / largest / total
      return slope - ratio * ratio
    }
    let least = log(sum.value) - 80
    // Without noise in the last moving step, smaller is better.
    guard excess(least) < 0 else { return exp(least) }
    var upper = log(sum.value)
    let most = upper + 14
    while upper < most, excess(upper) < 0 { upper += 1 }
    return exp(root(in: least...upper, tolerance: 1e-15, of: excess) ?? upper)
  }

  /// V and dV/dh at norms relative to a unit.
  private func noise(_ h: Double, unit: Double) -> (noise: Double, slope: Double) {
    let last = gradientNorms.norm(at: moving) / unit
    var suffix = CompensatedSum(h)
    var noise = CompensatedSum(h * last * last)
    var slope = CompensatedSum(last * last)
    schedule.forEachBlockFromEnd(in: 0..<moving, length: BoundTerms.blockLength) { start, block in
      for index in block.indices.reversed() {
        let weight = block[index] * (gradientNorms.norm(at: start + index) / unit)
        let part = weight / suffix.value
        noise.add(weight * part)
        slope.add(-part * part)
        suffix.add(block[index])
      }
    }
    return (noise.value, slope.value)
  }
}

extension BoundTerms {
  /// Returns S and V with the last multiplier that makes the bound tightest at γ, or at γ* if γ is nil.
  ///
  /// The terms of a single step are returned unchanged. Takes O(T) for each of about 20 evaluations.
  public static func lastIterateMinimisingLastStep(
    of schedule: Schedule, gradientNorms: GradientNorms = .one, baseLearningRate: Double? = nil,
    distance: Double = 1
  ) throws(InputError) -> BoundTerms {
    if let baseLearningRate { try InputError.check(baseLearningRate, "base learning rate") }
    try InputError.check(distance, "distance")
    let moving = try movingSteps(of: schedule, gradientNorms: gradientNorms)
    let steps = min(schedule.steps, moving + 1)
    guard steps > 1 else { return try lastIterate(of: schedule, gradientNorms: gradientNorms) }
    let dummy = LastStepMinimisation(
      schedule: schedule, moving: steps - 1, gradientNorms: gradientNorms)
    let terms = lastIterate(
      of: schedule, steps: steps,
      lastMultiplier: dummy.tightest(fixed: baseLearningRate.map { distance / $0 }),
      isChosen: true, gradientNorms: gradientNorms)
    guard terms.noiseSum > 0 else { throw InputError.zeroGradientNorms }
    return terms
  }

  /// The number of steps that count and the last multiplier: the schedule's own, or if it ends in zeros the
  /// tightest dummy.
  static func lastStep(of schedule: Schedule, gradientNorms: GradientNorms) throws(InputError)
    -> (steps: Int, multiplier: Double, isChosen: Bool)
  {
    let moving = try movingSteps(of: schedule, gradientNorms: gradientNorms)
    guard moving < schedule.steps else {
      return (moving, schedule.multipliers(in: moving - 1..<moving)[0], false)
    }
    let dummy = LastStepMinimisation(
      schedule: schedule, moving: moving, gradientNorms: gradientNorms)
    return (moving + 1, dummy.tightest(), true)
  }

  /// Checks the norms and returns the number of steps up to the last non-zero one.
  static func movingSteps(of schedule: Schedule, gradientNorms: GradientNorms)
    throws(InputError) -> Int
  {
    try gradientNorms.check(steps: schedule.steps)
    let moving = schedule.steps - schedule.trailingZeros
    // Without noise in the moving steps there is nothing to balance.
    if case .perStep(let norms) = gradientNorms.storage, norms[..<moving].allSatisfy({ $0 == 0 }) {
      throw InputError.zeroGradientNorms
    }
    return moving
  }
}
