import Glibc
import Numerics
import Schedules
import Support

/// The last step of a run, a dummy of the proof: x_T depends on η_1 … η_{T−1} only, and every positive η_T gives
/// a valid bound on it.
///
/// A step of zero moves nothing. Where a schedule ends in zeros, with n the last step that moves,
/// x_T = x_{n+1} depends on all of η_1 … η_n. So its bound is that of n + 1 steps, the last a dummy h > 0 (the
/// bound of n steps is that of x_n, which can lie far below):
///
///     S(h) = Σ_{t≤n} η_t + h        V(h) = h·G_{n+1}² + Σ_{k≤n} η_k² G_k²/(h + Σ_{k<t≤n} η_t)
///
/// V is convex and tends to ∞ with h → 0 (by its term k = n) and h → ∞, so that the tightest h is finite and
/// unique. At a fixed γ it is where dΩ/dh = (γ/2)·V′ − D²/(2γS²) = 0; with γ tuned too, where Ω*² = D²·V/S is
/// least, V′·S = V. Both are the zeros of rising functions (V′S − V has the slope V″S).
struct LastStepMinimisation {
  let schedule: Schedule

  /// n; the dummy is the step after these.
  let moving: Int

  let gradientNorms: GradientNorms

  /// Returns the tightest h within 10⁻¹⁴, up to a million times S, at a fixed D/γ or with γ tuned as well.
  ///
  /// - Complexity: O(n) for each of about 20 evaluations; O(1) memory.
  func tightest(fixed: Double? = nil) -> Double {
    var sum = CompensatedSum()
    schedule.forEachBlockFromEnd(in: 0..<moving, length: BoundTerms.blockLength) { _, block in
      sum.add(block.reduce(0, +))
    }
    // Norms matter relative to the dummy's, and D/γ in their units.
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
    // Without noise in the last step that moves, the smaller the better.
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
  /// Returns S and V with the last multiplier chosen so that the bound is tightest.
  ///
  /// It is tight at the base learning rate γ, or without one where γ is tuned as well (Ω*). The terms of
  /// a single step are returned as they are.
  ///
  /// - Throws: `InputError` where γ, D or the norms are out of range.
  /// - Complexity: O(T) for each of about 20 evaluations; O(1) memory.
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

  /// How many steps count, and the multiplier of the last of them: that of the schedule, or where it ends in
  /// zeros the tightest dummy after the last that moves.
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

  /// The steps up to the last one that is not zero, after a check that the norms fit the schedule.
  static func movingSteps(of schedule: Schedule, gradientNorms: GradientNorms)
    throws(InputError) -> Int
  {
    try gradientNorms.check(steps: schedule.steps)
    let moving = schedule.steps - schedule.trailingZeros
    // Without noise where the schedule moves there is nothing to balance.
    if case .perStep(let norms) = gradientNorms.storage, norms[..<moving].allSatisfy({ $0 == 0 }) {
      throw InputError.zeroGradientNorms
    }
    return moving
  }
}
