import Numerics
import Schedules

extension BoundTerms {
  /// S and V of the standard bound on the average iterate, (D² + γ² Σ η² G²)/(2γ Σ η): V is Σ η² G²/Σ η.
  ///
  /// An ablation: it does not see the order of the steps, so it shows no gain from a cooldown and puts
  /// γ*(cosine)/γ*(wsd20) at 1.52 where the last-iterate bound has 1.9 (2501.18965).
  ///
  /// - Parameters:
  ///   - schedule: any schedule.
  ///   - gradientNorms: G, or G_1 … G_T.
  /// - Returns: S and V.
  /// - Throws: ``BoundError/normCount(norms:steps:)``, ``BoundError/normsAllZero``.
  /// - Complexity: O(T) time, O(1) memory.
  public static func averageIterate(of schedule: Schedule, gradientNorms: GradientNorms = .one)
    throws(BoundError) -> BoundTerms
  {
    let steps = try movingSteps(of: schedule, gradientNorms: gradientNorms)
    var sum = CompensatedSum()
    var squares = CompensatedSum()
    schedule.forEachBlockFromEnd(in: 0..<steps, length: 256) { start, block in
      var blockSum = 0.0
      var blockSquares = 0.0
      for (index, multiplier) in block.enumerated() {
        let norm = gradientNorms.norm(at: start + index)
        blockSum += multiplier
        blockSquares += (multiplier * norm) * (multiplier * norm)
      }
      sum.add(blockSum)
      squares.add(blockSquares)
    }
    guard squares.value > 0 else { throw BoundError.normsAllZero }
    return BoundTerms(
      stepSum: sum.value, noiseSum: squares.value / sum.value, steps: steps,
      trimmedSteps: schedule.steps - steps)
  }
}
