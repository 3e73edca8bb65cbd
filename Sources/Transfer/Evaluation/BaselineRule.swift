import Glibc
import Schedules

/// A transfer rule or simple baseline that predicts one cell's tuned base learning rate from another's.
public enum BaselineRule: String, CaseIterable, Sendable {
  /// The same learning rate.
  case same

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

  /// The default rule: the bound's shape and T^−1/3.
  case standard = "default"

  /// Exponents fitted to all cells but the target.
  case calibrated

  /// The rule's name in a table.
  public var title: String {
    switch self {
    case .same: return "same LR"
    case .halfPower: return "T^-1/2"
    case .thirdPower: return "T^-1/3"
    case .halfOfCosine: return "half of cosine"
    case .meanRate: return "mean LR"
    case .meanRateThirdPower: return "mean LR, T^-1/3"
    case .bound: return "bound"
    case .standard: return "default: bound's shape, T^-1/3"
    case .calibrated: return "calibrated without the target"
    }
  }

  /// The corresponding transfer rule; nil for baselines, and if the cells cannot be calibrated.
  func transferRule(calibratedOn cells: [TunedCell]) -> TransferRule? {
    switch self {
    case .bound: return .bound
    case .standard: return .standard()
    case .calibrated: return (try? Calibration(of: cells)).map { .calibrated($0) }
    default: return nil
    }
  }

  /// γ_to/γ_from by a baseline; nil for transfer rules and pairs that it cannot predict.
  func simpleRatio(from source: TunedCell, to target: TunedCell) -> Double? {
    let lengthening = Double(target.cell.steps) / Double(source.cell.steps)
    let meanRatio = source.terms.stepSum / target.terms.stepSum * lengthening
    switch self {
    case .same: return 1
    case .halfPower: return 1 / lengthening.squareRoot()
    case .thirdPower: return 1 / cbrt(lengthening)
    case .meanRate: return meanRatio
    case .meanRateThirdPower: return meanRatio / cbrt(lengthening)
    case .halfOfCosine:
      switch (source.cell.spec.family, target.cell.spec.family) {
      case (is CosineFamily, is WSDFamily): return 0.5
      case (is WSDFamily, is CosineFamily): return 2
      default: return nil
      }
    case .bound, .standard, .calibrated: return nil
    }
  }
}
