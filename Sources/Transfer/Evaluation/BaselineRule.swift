import Glibc
import Schedules

/// A transfer rule or simple baseline that predicts one cell's tuned base learning rate from another's.
public enum BaselineRule: String, CaseIterable, Sendable {
  /// The same learning rate.
  case same

  /// √B at any shape and length; predicts nothing without batches.
  case rootBatch = "sqrt-b"

  /// T^−1/2 at any shape.
  case halfPower = "t-1/2"

  /// T^−1/3 at any shape.
  case thirdPower = "t-1/3"

  /// Half of cosine's learning rate for wsd; predicts no other pair.
  case halfOfCosine = "half-of-cosine"

  /// γ times the mean multiplier stays the same.
  case meanRate = "mean-lr"

  /// `meanRate` times T^−1/3.
  case meanRateThirdPower = "mean-lr-t-1/3"

  /// The plain bound.
  case bound

  /// The default rule: the bound's shape, with horizon and batch by ``HorizonBatchLaw``.
  case law

  /// Exponents fitted to all cells but the target.
  case calibrated

  /// The rule's name in a table.
  public var title: String {
    switch self {
    case .same: return "same LR"
    case .rootBatch: return "√B"
    case .halfPower: return "T^-1/2"
    case .thirdPower: return "T^-1/3"
    case .halfOfCosine: return "half of cosine"
    case .meanRate: return "mean LR"
    case .meanRateThirdPower: return "mean LR, T^-1/3"
    case .bound: return "bound"
    case .law: return "law"
    case .calibrated: return "calibrated"
    }
  }

  /// What a rule does that its title does not say; nil for most.
  public var explanation: String? {
    switch self {
    case .meanRate: return "keeps γ times the mean multiplier"
    case .law: return TransferRule.standard().explanation(at: Horizon(steps: 1, batchTokens: 1))
    case .calibrated: return "exponents fitted to all cells but the target"
    default: return nil
    }
  }

  /// The corresponding transfer rule; nil for baselines, and if the cells cannot be calibrated.
  func transferRule(calibratedOn cells: [MeasuredOptimum]) -> TransferRule? {
    switch self {
    case .bound: return .bound
    case .law: return .standard()
    case .calibrated:
      return (try? Calibration(of: cells.compactMap(\.swept))).map { .calibrated($0) }
    default: return nil
    }
  }

  /// γ_to/γ_from by a baseline; nil for transfer rules and pairs that it cannot predict.
  func simpleRatio(from source: MeasuredOptimum, to target: MeasuredOptimum) -> Double? {
    let lengthening = Double(target.run.steps) / Double(source.run.steps)
    let meanRatio = source.terms.stepSum / target.terms.stepSum * lengthening
    switch self {
    case .same: return 1
    case .rootBatch:
      guard let first = source.run.batchTokens, let second = target.run.batchTokens else {
        return nil
      }
      return (Double(second) / Double(first)).squareRoot()
    case .halfPower: return 1 / lengthening.squareRoot()
    case .thirdPower: return 1 / cbrt(lengthening)
    case .meanRate: return meanRatio
    case .meanRateThirdPower: return meanRatio / cbrt(lengthening)
    case .halfOfCosine:
      switch (source.run.spec?.family, target.run.spec?.family) {
      case (is CosineFamily, is WSDFamily): return 0.5
      case (is WSDFamily, is CosineFamily): return 2
      default: return nil
      }
    case .bound, .law, .calibrated: return nil
    }
  }
}
