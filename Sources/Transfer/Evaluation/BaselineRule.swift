import Glibc
import Schedules

/// A way to predict the tuned base learning rate of one cell of a sweep from that of another.
///
/// These are the package's transfer rules and the simple rules that they have to beat.
public enum BaselineRule: String, CaseIterable, Sendable {
  /// The source's own.
  case same

  /// T^−1/2, whatever the shape.
  case halfPower = "t-1/2"

  /// T^−1/3, whatever the shape.
  case thirdPower = "t-1/3"

  /// A wsd schedule has half the learning rate of a cosine; no other pair is predicted.
  case halfOfCosine = "half-of-cosine"

  /// γ times the mean of the multipliers stays the same.
  case meanRate = "mean-lr"

  /// The same, and T^−1/3.
  case meanRateThirdPower = "mean-lr-t-1/3"

  /// The plain bound.
  case bound

  /// The bound's shape and T^−1/3.
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

  /// The transfer rule that this one is; nil for the simple ones, and for a calibration on cells that are
  /// too few or too much alike.
  func transferRule(calibratedOn cells: [TunedCell]) -> TransferRule? {
    switch self {
    case .bound: return .bound
    case .standard: return .standard()
    case .calibrated: return (try? Calibration(of: cells)).map { .calibrated($0) }
    default: return nil
    }
  }

  /// γ_to/γ_from by a simple rule; nil for the transfer rules, and for a pair that half of cosine does not
  /// predict.
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
