import Glibc
import Support

extension TransferRule {
  /// Caveats on carrying a learning rate between two horizons: an unknown batch, too few tokens, too far.
  func horizonCaveats(from: Horizon, to: Horizon) -> [Diagnostic] {
    guard let tokens = from.tokens, let toTokens = to.tokens else {
      return stepCaveats(lengthening: Double(to.steps) / Double(from.steps), at: from)
    }
    guard self != .bound else { return [] }
    var caveats: [Diagnostic] = []
    if from.batchTokens != to.batchTokens, !isBatchFitted,
      min(tokens, toTokens) < HorizonBatchLaw.leastTokens
    {
      caveats.append(
        Diagnostic(
          code: "few-tokens",
          message:
            "below 10⁹ tokens the critical batch is not known: the batch's part of the answer is an order of magnitude"
        ))
    }
    if abs(log(toTokens / tokens)) > log(64) {
      caveats.append(
        Diagnostic(
          code: "far-horizon",
          message:
            "the runs differ by more than a factor of 64 in tokens; tune again at a horizon between them"
        ))
    }
    return caveats
  }

  /// Caveats where the batch is unknown.
  private func stepCaveats(lengthening: Double, at horizon: Horizon) -> [Diagnostic] {
    var caveats: [Diagnostic] = []
    if lengthening != 1, case .standard = self {
      let factors = HorizonBatchLaw.regimes.map {
        "\(significant($0.ratio(lengthening), 3)) \($0.name)"
      }
      caveats.append(
        Diagnostic(
          code: "batch-unknown",
          message:
            "the batch is unknown, and decides how the learning rate moves with the horizon: × \(factors.joined(separator: ", × ")); the first is used"
        ))
    }
    if lengthening != 1, case .calibrated(let calibration) = self,
      let batch = calibration.sharedBatch
    {
      caveats.append(
        Diagnostic(
          code: "calibration-batch",
          message:
            "the batch is unknown; it is taken to be that of the calibration's cells, \(grouped(batch)) tokens"
        ))
    }
    if abs(log(lengthening)) > log(8) {
      caveats.append(
        Diagnostic(
          code: "far-horizon",
          message:
            "the horizons differ by more than a factor of 8, beyond the range that supports the exponent \(exponentText(at: horizon)); tune again at a horizon between them"
        ))
    }
    return caveats
  }
}
