import Numerics
import Schedules

extension BoundTerms {
  /// Returns S and V of the last-iterate bound in O(1) for `constant`, `linear` and `wsd` with a linear
  /// cooldown, without warmup or floor, at G = 1; nil for other specs and beyond 10⁹ steps.
  ///
  /// With n cooldown steps, T₀ = T + 1 − n, H the harmonic numbers and ψ the digamma function: constant S =
  /// T, V = 1 + H_{T−1}; linear S = (T + 1)/2, V = (2T − 1 + 2H_{T−1})/T; wsd S = (T + T₀)/2, V = (2n − 1 +
  /// 2H_{n−1})/n + ψ(S) − ψ((n + 1)/2).
  public static func closedForm(of spec: ScheduleSpec, steps: Int) -> BoundTerms? {
    guard (1...ScheduleSpec.mostSteps).contains(steps), spec.floor == nil, spec.warmup == nil else {
      return nil
    }
    switch spec.family {
    case is ConstantFamily: return closedForm(steps: steps, cooldown: 0)
    case is LinearFamily: return closedForm(steps: steps, cooldown: steps)
    case let wsd as WSDFamily where wsd.decay == .linear:
      let count = wsd.length.steps(of: steps)
      return count <= steps ? closedForm(steps: steps, cooldown: count) : nil
    default: return nil
    }
  }

  /// S and V of a plateau and a linear cooldown of n steps: n = 0 for `constant`, T for `linear`.
  package static func closedForm(steps: Int, cooldown: Int) -> BoundTerms {
    let total = Double(steps)
    guard cooldown > 0 else {
      return BoundTerms(
        stepSum: total, noiseSum: 1 + harmonicNumber(steps - 1), steps: steps)
    }
    let n = Double(cooldown)
    let sum = (total + (total + 1 - n)) / 2
    let ofCooldown = (2 * n - 1 + 2 * harmonicNumber(cooldown - 1)) / n
    // On the plateau suffix sums are one apart, so that Σ 1/(suffix sum) is ψ(S) − ψ((n + 1)/2).
    let ofPlateau = digamma(sum) - digamma((n + 1) / 2)
    return BoundTerms(stepSum: sum, noiseSum: ofCooldown + ofPlateau, steps: steps)
  }
}
