import Glibc
import Schedules
import Support

/// The plain way to a better answer: a small sweep of the target's own schedule and batch at a short length.
///
/// Five learning rates a factor 2 apart, extended while the best is at an edge; fitted; transferred to the
/// target. Their length is the shortest of T/64, T/32, …, T from 3000 steps on at which the sweep leaves at most
/// half of the answer's regret: what the horizon adds can otherwise be more than what the sweep removes.
public struct TransferRecipe: Sendable {
  /// The short run.
  public let run: TrainingRun

  /// Its five base learning rates, around the one transferred to it, to two digits.
  public let baseLearningRates: [Double]

  /// The cost of the five runs, in target runs.
  public let cost: Double

  /// The loss to expect in excess of the tuned one, in nats: ½·curvature·σ².
  public let regret: Double

  /// The same without the sweep.
  public let regretOfAnswer: Double

  /// d²L/d(ln γ)² in nats where no sweep tells.
  public static let usualCurvature = 0.05

  /// T/64 is the shortest run.
  private static let mostHalvings = 6

  private static let leastSteps = 3000

  /// From this standard deviation of horizon and batch on, a source is far from its target.
  private static let farDeviation = 0.35

  /// The recipe beside an answer; nil if its source is near and swept, or its schedule has no shorter form.
  ///
  /// Takes O(T) at most.
  public init?(for question: TransferQuestion, answer: TransferAnswer) {
    let uncertainty = answer.uncertainty
    let distance = hypot(uncertainty.horizon, uncertainty.batch)
    switch question.source {
    case .unknown: return nil
    case .swept where distance < Self.farDeviation: return nil
    case .given, .tuned, .swept: break
    }
    let target = question.to
    guard let spec = target.spec, question.from != target else { return nil }
    var curvature = Self.usualCurvature
    if case .swept(let optimum) = question.source { curvature = optimum.curvature ?? curvature }
    let now = uncertainty.regret(curvature: curvature)
    let lengths = stride(from: Self.mostHalvings, through: 0, by: -1).map { target.steps >> $0 }
      .filter { $0 >= min(Self.leastSteps, target.steps) }
    let steps =
      lengths.first { Self.regret(from: $0, to: target, curvature) <= now / 2 } ?? target.steps
    regret = Self.regret(from: steps, to: target, curvature)
    regretOfAnswer = now
    cost = 5 * Double(steps) / Double(target.steps)
    run = TrainingRun(spec, steps: steps, batchTokens: target.batchTokens)
    guard
      let centre = try? TransferQuestion(
        from: question.from, to: run, source: question.source, rule: question.rule
      ).carriedBaseLearningRate(),
      // Lengths in steps make another shape of a shorter run.
      (try? run.hasSameShape(as: target, baseLearningRates: (centre, centre))) == true
    else { return nil }
    baseLearningRates = (-2...2).map { rounded(centre * exp2(Double($0)), digits: 2) }
  }

  /// The regret to expect after a sweep at fewer steps.
  private static func regret(from steps: Int, to target: TrainingRun, _ curvature: Double) -> Double
  {
    var after = TransferUncertainty()
    after.source = (SweepOptimum.leastDeviation, SweepOptimum.leastDeviation)
    after.setHorizon(
      from: Horizon(steps: steps, batchTokens: target.batchTokens), to: target.horizon)
    after.addRest()
    return after.regret(curvature: curvature)
  }
}

extension TransferUncertainty {
  /// The loss to expect in excess of the tuned one, in nats: ½·curvature·σ², the mean of both sides.
  fileprivate func regret(curvature: Double) -> Double {
    let (below, above) = total
    return curvature * (below * below + above * above) / 4
  }
}
